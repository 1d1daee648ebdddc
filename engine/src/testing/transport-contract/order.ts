import { expectEqual } from '../contract-case.ts'
import type { TransportContractCase } from './transport-case.ts'
import { follow, gate, range, series, turns, until, untilWaiting } from './transport-steps.ts'

export const orderCases: readonly TransportContractCase[] = [
  {
    name: 'every event comes to every subscription, those there are and those to come',
    async run(fixture) {
      await fixture.publish(series(30, ['a', 'b', 'c']))
      const [one, two] = [follow(fixture), follow(fixture, { name: 'other' })]
      await until(() => one.done.length === 30 && two.done.length === 30, 'what was there')
      await fixture.publish(series(30, ['a', 'b', 'c'], 30))
      await until(() => one.done.length === 60 && two.done.length === 60, 'what came later')
      expectEqual(
        one.done.toSorted((a, b) => a - b),
        range(60),
        'events of the one',
      )
      expectEqual(
        two.done.toSorted((a, b) => a - b),
        range(60),
        'events of the other',
      )
      await Promise.all([one.subscription.close(), two.subscription.close()])
    },
  },
  {
    name: 'events of one key come one after another, while keys go on beside each other',
    async run(fixture) {
      await fixture.publish(series(40, ['a', 'b', 'c', 'd']))
      const running = new Set<number>()
      let most = 0
      let clashes = 0
      const together = gate()
      const one = follow(fixture, {
        async handle(index) {
          if (running.has(index % 4)) clashes += 1
          running.add(index % 4)
          most = Math.max(most, running.size)
          // Keys come when the transport has them; each waits for the last one to come.
          if (most === 4) together.open()
          await together.opened
          await turns(2)
          running.delete(index % 4)
        },
      })
      await until(() => one.done.length === 40, 'all events')
      expectEqual(clashes, 0, 'handlers of one key at a time')
      expectEqual(most, 4, 'keys that went on beside each other')
      for (const key of range(4)) {
        const own = one.done.filter(index => index % 4 === key)
        expectEqual(
          own,
          own.toSorted((a, b) => a - b),
          `order of key ${key}`,
        )
      }
      await one.subscription.close()
    },
  },
  {
    name: 'a key waits while its event is tried again, and the other keys go on',
    needs: ['order'],
    async run(fixture) {
      await fixture.publish(series(20, ['a', 'b']))
      let fails = 2
      const one = follow(fixture, {
        handle(index) {
          if (index === 0 && fails-- > 0) throw new Error('not yet')
        },
      })
      await until(() => one.done.length === 10, 'the other key')
      await untilWaiting(one, 1)
      expectEqual(
        one.calls.filter(index => index % 2 === 0),
        [0],
        'calls of the key that waits',
      )
      fixture.alarm.advance(999)
      await turns()
      expectEqual(one.calls.length, 11, 'calls before the delay is over')
      fixture.alarm.advance(1)
      await until(() => one.calls.length === 12, 'the second try')
      await untilWaiting(one, 1)
      fixture.alarm.advance(1_000)
      await until(() => one.done.length === 20, 'all events')
      expectEqual(
        one.done.filter(index => index % 2 === 0),
        range(10).map(at => at * 2),
        'order of the key',
      )
      await one.subscription.close()
    },
  },
  {
    name: 'a key that waits with thousands of events behind it stops no other, and is in order in the end',
    needs: ['order'],
    async run(fixture) {
      const own = 3_000
      // All of the one key stand before all of the other, and each is more than the window holds.
      await fixture.publish([...series(own + 1, ['bad']), ...series(own, ['good'], own + 1)])
      let fails = 3
      const one = follow(fixture, {
        retry: { attempts: 5, backoff: 'fixed', delay: 1_000 },
        handle(index) {
          if (index === 0 && fails-- > 0) throw new Error('not yet')
        },
      })
      await until(() => one.done.length === own, 'the other key')
      expectEqual(one.done, range(own, own + 1), 'order of the other key')
      for (const tries of [2, 3, 4]) {
        await untilWaiting(one, 1)
        fixture.alarm.advance(1_000)
        await until(() => one.calls.length >= own + tries, `try ${tries}`)
      }
      await until(() => one.done.length === 2 * own + 1, 'all events')
      expectEqual(one.done.slice(own), range(own + 1), 'order of the key that waited')
      await until(async () => (await one.subscription.status()).lag.events === 0, 'the end of the log')
      await one.subscription.close()
    },
  },
  {
    name: 'an ordering key that the subscription names takes the place of the stream',
    needs: ['order', 'orderingKeys'],
    async run(fixture) {
      await fixture.publish(series(6, ['a', 'b', 'c']))
      const one = follow(fixture, { orderingKey: () => 'one for all', handle: () => turns(2) })
      await until(() => one.done.length === 6, 'all events')
      expectEqual(one.done, range(6), 'order')
      await one.subscription.close()
    },
  },
  {
    name: 'what a filter does not match is passed over, and nothing else',
    needs: ['filters'],
    async run(fixture) {
      await fixture.publish([...series(10), { type: 'OtherHappened', index: 10 }])
      const one = follow(fixture, { filter: 'payload.index >= 4 AND payload.index < 7' })
      const two = follow(fixture, { name: 'other', types: ['OtherHappened'] })
      await until(() => one.done.length === 3 && two.done.length === 1, 'what matches')
      await turns()
      expectEqual([one.done, two.done], [[4, 5, 6], [10]], 'events')
      await Promise.all([one.subscription.close(), two.subscription.close()])
    },
  },
]
