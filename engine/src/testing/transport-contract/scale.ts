import { messageOf, parseFilter } from '../../transport/index.ts'
import { expectEqual } from '../contract-case.ts'
import type { EventToSend, TransportContractCase } from './transport-case.ts'
import { follow, gate, indexOf, range, series, turns, until } from './transport-steps.ts'

export const scaleCases: readonly TransportContractCase[] = [
  {
    name: 'a thousand keys go on beside each other, each in its order, through retries',
    needs: ['order'],
    async run(fixture) {
      const keys = range(1_000).map(String)
      await fixture.publish(series(3_000, keys))
      const one = follow(fixture, {
        concurrency: 50,
        async handle(index, { attempt }) {
          if (index % 100 === 7 && attempt === 1) throw new Error('not yet')
          if (index % 10 === 0) await turns(1)
        },
      })
      await until(() => {
        fixture.alarm.advance(100)
        return one.done.length === 3_000
      }, 'all events')
      const last = new Map<number, number>()
      const broken = one.done.filter(index => {
        const before = last.get(index % 1_000) ?? -1
        last.set(index % 1_000, index)
        return index < before
      })
      expectEqual([broken, new Set(one.done).size], [[], 3_000], 'events out of order, and events')
      await one.subscription.close()
    },
  },
  {
    name: 'a filter picks out what it matches in memory',
    needs: ['filters'],
    async run(fixture) {
      const sent = range(60).map(picture)
      await fixture.publish(sent)
      const all = follow(fixture, { name: 'all', handle: (_, __, event) => void seen.push(event) })
      const seen: Parameters<typeof indexOf>[0][] = []
      const own = filters.map((filter, at) => follow(fixture, { name: `own-${at}`, filter }))
      await until(() => all.done.length === sent.length, 'all events')
      for (const [at, { done, subscription }] of own.entries()) {
        const filter = parseFilter(filters[at] as string)
        const expected = seen.filter(event => filter.matches(messageOf(event))).map(indexOf)
        await until(() => done.length >= expected.length, `what matches ${filters[at]}`)
        await until(async () => (await subscription.status()).lag.events === 0, 'the end of the log')
        expectEqual(done.toSorted(ascending), expected.toSorted(ascending), `events of ${filters[at]}`)
      }
      await Promise.all([all, ...own].map(({ subscription }) => subscription.close()))
    },
  },
  {
    name: 'an event that is published twice comes once',
    needs: ['duplicates'],
    async run(fixture) {
      const eventId = 'evt-01ARZ3NDEKTSV4RRFFQ69G5FAV'
      await fixture.publish([{ index: 0, eventId }])
      await fixture.publish([{ index: 0, eventId }, { index: 1 }])
      const one = follow(fixture)
      await until(() => one.done.includes(1), 'the event after it')
      expectEqual(one.calls, [0, 1], 'calls')
      await one.subscription.close()
    },
  },
  {
    name: 'a slow subscription holds no other up, and loses nothing',
    async run(fixture) {
      await fixture.publish(series(200, range(20).map(String)))
      const hold = gate()
      const slow = follow(fixture, { name: 'slow', window: 10, handle: () => hold.opened })
      const fast = follow(fixture, { name: 'fast' })
      await until(() => fast.done.length === 200 && slow.calls.length > 0, 'all events of the fast one')
      await fixture.publish(series(50, range(20).map(String), 200))
      await until(() => fast.done.length === 250, 'what came later')
      expectEqual(slow.done, [], 'events of the slow one')
      hold.open()
      await until(() => slow.done.length === 250, 'all events of the slow one')
      expectEqual(slow.calls.length, 250, 'calls of the slow one')
      await Promise.all([slow.subscription.close(), fast.subscription.close()])
    },
  },
  {
    name: "one tenant's flood holds up another tenant by what is in hand at the most",
    needs: ['fairness'],
    async run(fixture) {
      const flood = series(600, range(600).map(String)).map(event => ({ ...event, tenantId: 'flood' }))
      await fixture.publish([...flood, { index: 600, tenantId: 'calm' }])
      // Where a relay brings them, what is not there yet cannot have its turn: first all are.
      const scout = follow(fixture, { name: 'scout', window: 1_000 })
      await until(() => scout.done.length === 601, 'all events for the first time')
      await scout.subscription.close()
      const window = 40
      const one = follow(fixture, { window, batchSize: 10, concurrency: 1, handle: () => turns(4) })
      await until(() => one.done.includes(600), 'the event of the other tenant')
      const before = one.calls.indexOf(600)
      if (before > 2 * window) throw new Error(`${before} events of the flood went before it`)
      await until(() => one.done.length === 601, 'all events')
      expectEqual(one.done.toSorted(ascending), range(601), 'events, each once')
      await one.subscription.close()
    },
  },
]

const ascending = (a: number, b: number): number => a - b

const colours = ['red', 'green', undefined]

/** Events that differ in what filters ask for. */
const picture = (index: number): EventToSend => {
  const colour = colours[index % 3]
  return {
    index,
    key: String(index % 7),
    type: index % 5 === 0 ? 'OtherHappened' : 'SampleHappened',
    properties: { weight: index * 1.5, text: `no ${index}%`, ...(colour === undefined ? {} : { colour }) },
  }
}

const filters = [
  "payload.colour = 'red'",
  "payload.colour <> 'red'",
  "NOT (payload.colour = 'red')",
  'payload.colour IS NULL',
  "payload.colour IN ('red', 'green') AND payload.weight BETWEEN 10 AND 50",
  "eventType = 'OtherHappened' OR payload.weight > 80",
  "payload.text LIKE 'no 1_!%' ESCAPE '!'",
  'payload.weight * 2 - 1 >= payload.index + 20',
  "eventType LIKE 'Other%' AND NOT payload.index < 30",
]
