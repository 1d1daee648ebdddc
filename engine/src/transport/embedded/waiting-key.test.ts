import { describe, expect, it } from 'vitest'
import { DeliverySubscription } from '../../bus/index.ts'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { embeddedFixture } from '../../testing/transport-contract/fixtures/embedded-fixture.ts'
import type { EventToSend } from '../../testing/transport-contract/transport-case.ts'
import {
  addEffect,
  effects,
  follow,
  indexOf,
  range,
  series,
  turns,
  until,
  untilWaiting,
} from '../../testing/transport-contract/transport-steps.ts'

const inOrder = (indexes: readonly number[]) => indexes.toSorted((a, b) => a - b)

/** What is the owner's, of the one partition there is. */
async function progressOf(store: EventStore) {
  const found = await store.document('platform', 'delivery-owner', 'delivery/contract#0')
  return found?.value as { open?: number[]; shelved?: [string, number][] }
}

describe('a key that waits', () => {
  it('lets the other keys of its tenant go on, and has its effects once and in order, across crashes', async () => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    const bad = series(400, ['bad'])
    const good = series(400, ['a', 'b', 'c'], 400)
    await fixture.publish(bad.flatMap((event, at) => [event, good[at] ?? event]))
    const isBad = (index: number) => index < 400
    let isDown = true
    const handled: number[] = []
    const begin = () =>
      follow(fixture, {
        window: 16,
        concurrency: 4,
        retry: { attempts: 50, backoff: 'fixed', delay: 1_000 },
        async handle(index, context) {
          if (isDown && index === 0) throw new Error('not yet')
          await turns(1)
          addEffect(context)
          handled.push(index)
        },
      })
    for (const crashAt of [100, 250]) {
      const one = begin()
      await until(() => handled.length >= crashAt, `event ${crashAt}`)
      one.process.crash()
      await turns()
      fixture.alarm.advance(fixture.leaseTime)
    }
    const two = begin()
    await until(async () => (await effects(fixture)).length === 400, 'all of the other keys')
    await untilWaiting(two, 1)
    const { open = [], shelved = [] } = await progressOf(store)
    // What is shelved is said by where it begins.
    expect([open.length <= 3 * 16, shelved.length]).toEqual([true, 1])
    isDown = false
    fixture.alarm.advance(1_000)
    await until(() => two.done.filter(isBad).length >= 100, 'the first of the key')
    two.process.crash()
    await turns()
    fixture.alarm.advance(fixture.leaseTime)
    const last = begin()
    await until(async () => (await effects(fixture)).length === 800, 'all events')
    await last.subscription.drain()
    expect(await effects(fixture)).toEqual(Array(800).fill(1))
    for (const key of [isBad, ...range(3).map(at => (index: number) => !isBad(index) && index % 3 === at)]) {
      // Of what was in hand at a crash the handler is called again.
      const firsts = [...new Set(handled.filter(key))]
      expect(firsts).toEqual(inOrder(firsts))
    }
    expect(await progressOf(store)).not.toHaveProperty('shelved')
    await store.close()
  })

  it('lets the other keys go on in batches too, and keeps its order', async () => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    await fixture.publish([...series(300, ['bad']), ...series(300, ['a', 'b'], 300)])
    const done: number[] = []
    let isDown = true
    const one = new DeliverySubscription(
      fixture.open().transport,
      {
        name: 'contract',
        window: 40,
        batchSize: 10,
        retry: { attempts: 9, backoff: 'fixed', delay: 1_000 },
        breaker: false,
        async handleBatch(events) {
          const indexes = events.map(indexOf)
          if (isDown && indexes.includes(0)) throw new Error('not yet')
          await turns(1)
          done.push(...indexes)
        },
      },
      { alarm: fixture.alarm, random: () => 0.5 },
    )
    one.start()
    await until(() => done.length === 300, 'the other keys')
    expect(inOrder(done)).toEqual(range(300, 300))
    isDown = false
    await until(() => {
      fixture.alarm.advance(500)
      return done.length >= 600
    }, 'all events')
    expect(done.slice(300)).toEqual(range(300))
    await one.drain()
    expect(await store.checkpoint('delivery/contract#0')).toBe(600)
    await store.close()
  })

  it('is not lost where the next process has other keys', async () => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    await fixture.publish([...series(100, ['bad']), ...series(100, ['good'], 100)])
    const common = { window: 16, retry: { attempts: 9, backoff: 'fixed', delay: 1_000 } } as const
    const one = follow(fixture, {
      ...common,
      handle(index) {
        if (index === 0) throw new Error('not yet')
      },
    })
    await until(() => one.done.length === 100, 'the other key')
    await turns()
    one.process.crash()
    fixture.alarm.advance(fixture.leaseTime)
    const two = follow(fixture, { ...common, orderingKey: ({ eventId }) => eventId })
    await until(() => new Set(two.done).size >= 100, 'the key that waited')
    expect(inOrder([...new Set(two.done)].filter(index => index < 100))).toEqual(range(100))
    await two.subscription.close()
    await store.close()
  })

  it('lets the other keys go on though it fails again amidst what was shelved', async () => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    await fixture.publish([...series(300, ['bad']), ...series(100, ['good'], 300)])
    const failing = new Set([0, 3, 40, 41, 299])
    const one = follow(fixture, {
      window: 24,
      handle(index, { attempt }) {
        if (failing.has(index) && attempt < 3) throw new Error('not yet')
      },
    })
    await until(() => one.done.length === 100, 'the other key')
    await until(() => {
      fixture.alarm.advance(1_000)
      return one.done.length === 400
    }, 'all events')
    expect(one.done).toEqual([...range(100, 300), ...range(300)])
    expect(one.calls).toHaveLength(400 + 2 * failing.size)
    await one.subscription.drain()
    expect(await store.checkpoint('delivery/contract#0')).toBe(400)
    await store.close()
  })

  it('stops neither its tenant, that was left behind, nor the others', async () => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    const of = (tenantId: string, events: EventToSend[]) => events.map(event => ({ ...event, tenantId }))
    await fixture.publish([
      ...of('flood', series(500, ['bad'])),
      ...of('flood', series(500, ['good'], 500)),
      ...of('calm', series(50, ['bad', 'own'], 1_000)),
    ])
    let isDown = true
    const one = follow(fixture, {
      window: 40,
      batchSize: 10,
      retry: { attempts: 3, backoff: 'fixed', delay: 1_000 },
      handle(index) {
        if (isDown && index === 0) throw new Error('not yet')
      },
    })
    await until(() => one.done.length === 550, 'all but the key that waits')
    expect(one.done.every(index => index >= 500)).toBe(true)
    isDown = false
    await untilWaiting(one, 1)
    fixture.alarm.advance(1_000)
    await until(() => one.done.length === 1_050, 'all events')
    expect(one.done.slice(550)).toEqual(range(500))
    expect(inOrder(one.done)).toEqual(range(1_050))
    await one.subscription.close()
    await store.close()
  })

  it('takes back what is for later, and what was removed meanwhile is passed over', async () => {
    const store = createMemoryStore()
    const port = portOf(store)
    const fixture = embeddedFixture({
      ...port,
      readPositions: async (...asked) =>
        (await port.readPositions(...asked)).filter(({ position }) => position !== 41),
    })
    const deliverAt = new Date(fixture.alarm.now() + 60_000).toISOString()
    const bad = series(60, ['bad'])
    await fixture.publish(bad.map((event, at) => (at === 50 ? { ...event, deliverAt } : event)))
    let isDown = true
    const one = follow(fixture, {
      window: 8,
      handle(index) {
        if (isDown && index === 0) throw new Error('not yet')
      },
    })
    await untilWaiting(one, 1)
    await until(async () => (await store.head({ tenantId: 'acme' })) === 60, 'all of the log')
    await turns()
    isDown = false
    fixture.alarm.advance(1_000)
    await until(() => one.done.length === 58, 'all that is due')
    expect(one.done).toEqual(range(60).filter(index => index !== 40 && index !== 50))
    fixture.alarm.advance(60_000)
    await until(() => one.done.length === 59, 'what was for later')
    expect(one.done.at(-1)).toBe(50)
    await one.subscription.drain()
    expect(await store.checkpoint('delivery/contract#0')).toBe(60)
    await store.close()
  })
})
