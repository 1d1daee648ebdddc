import { describe, expect, it } from 'vitest'
import { DeliverySubscription } from '../../bus/index.ts'
import type { JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { embeddedFixture } from '../../testing/transport-contract/fixtures/embedded-fixture.ts'
import { ManualAlarm } from '../../testing/transport-contract/manual-alarm.ts'
import {
  addEffect,
  effects,
  follow,
  range,
  series,
  turns,
  until,
} from '../../testing/transport-contract/transport-steps.ts'
import { createEmbeddedTransport } from './index.ts'

let next = 0
/** Appends events of a tenant, each of a key of its own. */
async function append(store: EventStore, tenantId: string, count: number, at: number) {
  next += 1
  const events = Array.from({ length: count }, (_, index) => ({
    stream: `s-${next}-${index}`,
    expected: 'any' as const,
    events: [sampleEvent(tenantId, { payload: { at } })],
  }))
  await store.append(tenantId, events)
}

/** Milliseconds that events of the calm tenant took to their handlers' end, while another floods or not. */
async function latencies(floodPerEvent: number): Promise<readonly number[]> {
  const store = createMemoryStore()
  const alarm = new ManualAlarm()
  const transport = createEmbeddedTransport(store, { alarm })
  const taken: number[] = []
  let running = 0
  const subscription = new DeliverySubscription(
    transport,
    {
      name: 'own',
      concurrency: 8,
      window: 40,
      async handle({ payload }, { delivery, signal }) {
        running += 1
        await alarm.wait(10, signal)
        running -= 1
        if (delivery.tenantId === 'calm') taken.push(alarm.now() - numberOf(payload, 'at'))
      },
    },
    { alarm },
  )
  subscription.start()
  for (let event = 0; event < 30; event += 1) {
    if (floodPerEvent > 0) await append(store, 'flood', floodPerEvent, alarm.now())
    await append(store, 'calm', 1, alarm.now())
    for (let time = 0; time < 20; time += 1) {
      await turns(12)
      alarm.advance(1)
    }
  }
  await until(() => {
    alarm.advance(1)
    return taken.length === 30 && (floodPerEvent === 0 || running > 0)
  }, 'all of the calm tenant')
  let isClosed = false
  const closed = subscription.close().then(() => {
    isClosed = true
  })
  await until(() => {
    alarm.advance(10)
    return isClosed
  }, 'the end')
  await closed
  await store.close()
  return taken
}

describe('the flood of one tenant', () => {
  it('of a hundred times as many events costs another a handler once, and no time after that', async () => {
    const calm = Math.max(...(await latencies(0)))
    const [first = 0, ...others] = await latencies(100)
    expect(calm).toBeGreaterThanOrEqual(10)
    // A millisecond is the step of the clock.
    expect(first).toBeLessThanOrEqual(2 * calm + 1)
    expect(Math.max(...others)).toBeLessThanOrEqual(calm + 1)
  })

  it('leaves an eighth of the handlers to whoever was there of late, and takes all of them else', async () => {
    const store = createMemoryStore()
    const begun: string[] = []
    const count = (tenantId: string) => begun.filter(one => one === tenantId).length
    const { promise: end, resolve } = Promise.withResolvers<void>()
    const subscription = new DeliverySubscription(createEmbeddedTransport(store), {
      name: 'own',
      concurrency: 16,
      handle(_, { delivery }) {
        begun.push(delivery.tenantId)
        return delivery.tenantId === 'calm' ? undefined : end
      },
    })
    subscription.start()
    await append(store, 'calm', 1, 0)
    await until(() => count('calm') === 1, 'the first')
    await append(store, 'flood', 100, 0)
    await until(() => count('flood') >= 14, 'the flood')
    await append(store, 'calm', 10, 0)
    await until(() => count('calm') === 11, 'all of the calm tenant, beside handlers that do not end')
    expect(count('flood')).toBe(14)
    await append(store, 'another', 100, 0)
    await until(() => count('another') >= 2, 'what is left')
    await turns(50)
    expect([count('flood'), count('another')]).toEqual([14, 2])
    resolve()
    await until(() => begun.length === 211, 'all')
    await subscription.close()
    await store.close()
  })

  it.each([
    [
      'as many handlers as a limit that is found out by trying lets it',
      { isAdaptive: true, concurrency: 20 },
      10,
      17,
    ],
    [
      'all handlers when nobody else was there for a minute, also where none ends',
      { concurrency: 8 },
      1e6,
      8,
    ],
  ])('gets %s', async (_, options, takes, most) => {
    const store = createMemoryStore()
    const alarm = new ManualAlarm()
    let running = 0
    let begun = 0
    let busiest = 0
    const subscription = new DeliverySubscription(
      createEmbeddedTransport(store, { alarm }),
      {
        ...options,
        name: 'own',
        window: 200,
        timeout: 3_600_000,
        async handle(_event, { delivery, signal }) {
          running += 1
          begun += 1
          busiest = Math.max(busiest, running)
          await alarm.wait(delivery.tenantId === 'calm' ? 10 : takes, signal)
          running -= 1
        },
      },
      { alarm },
    )
    const pass = async (milliseconds: number) => {
      await turns(8)
      alarm.advance(milliseconds)
    }
    subscription.start()
    await append(store, 'calm', 1, 0)
    while (begun === 0 || running > 0) await pass(10)
    for (let second = 0, sent = 1; second < 70; second += 1) {
      for (; sent < begun + 60; sent += 100) await append(store, 'flood', 100, 0)
      for (let step = 0; step < 10; step += 1) await pass(10)
      if (takes > 10) await pass(900)
    }
    expect(busiest).toBeGreaterThanOrEqual(most)
    void subscription.close()
    await store.close()
  })

  it('goes by turns with another where one handler runs at a time', async () => {
    const store = createMemoryStore()
    const begun: string[] = []
    const { promise: end, resolve } = Promise.withResolvers<void>()
    const subscription = new DeliverySubscription(createEmbeddedTransport(store), {
      name: 'own',
      concurrency: 1,
      handle(_, { delivery }) {
        begun.push(delivery.tenantId)
        return begun.length === 2 ? end : undefined
      },
    })
    await append(store, 'calm', 1, 0)
    await append(store, 'flood', 10, 0)
    await append(store, 'calm', 1, 0)
    subscription.start()
    await until(() => begun.length === 2, 'the flood')
    await turns(50)
    resolve()
    await until(() => begun.length === 12, 'all')
    expect([begun.slice(0, 2), begun.indexOf('calm', 1)]).toEqual([['calm', 'flood'], 2])
    await subscription.close()
    await store.close()
  })

  it('is read once where nobody else has anything behind it', async () => {
    const store = createMemoryStore()
    await append(store, 'flood', 300, 0)
    const apart: unknown[] = []
    const port = portOf(store)
    const counted: EventStore = {
      ...port,
      readAll: (scope, options) => {
        if (scope.tenantId === 'flood') apart.push(options?.after)
        return port.readAll(scope, options)
      },
    }
    const handled: number[] = []
    const options = { concurrency: 4, window: 24 }
    const subscription = new DeliverySubscription(createEmbeddedTransport(counted), {
      name: 'own',
      ...options,
      handle: (_, { delivery }) => void handled.push(delivery.position),
    })
    subscription.start()
    await until(() => handled.length === 300, 'all of them')
    expect(handled.toSorted((a, b) => a - b)).toEqual(range(300).map(at => at + 1))
    expect(apart).toEqual([])
    await subscription.close()
    await store.close()
  })

  it('is overtaken by what others append while it waits, also where none of it gets done', async () => {
    const store = createMemoryStore()
    await append(store, 'flood', 300, 0)
    const alarm = new ManualAlarm()
    const begun: string[] = []
    const { promise: end, resolve } = Promise.withResolvers<void>()
    const subscription = new DeliverySubscription(
      createEmbeddedTransport(store, { alarm }),
      {
        name: 'own',
        concurrency: 64,
        window: 24,
        handle(_, { delivery }) {
          begun.push(delivery.tenantId)
          return delivery.tenantId === 'flood' ? end : undefined
        },
      },
      { alarm },
    )
    subscription.start()
    await until(() => begun.length === 18, 'its share of the window')
    await turns(50)
    expect(begun).toEqual(Array(18).fill('flood'))
    await append(store, 'calm', 1, 0)
    let waited = 0
    await until(async () => {
      await turns(20)
      if (begun.length === 18) {
        alarm.advance(1)
        waited += 1
      }
      return begun.length > 18
    }, 'the other')
    expect(begun.at(-1)).toBe('calm')
    expect(waited).toBeLessThanOrEqual(5)
    resolve()
    await until(() => begun.length === 301, 'all')
    await subscription.drain()
    await subscription.close()
    await store.close()
  })

  it('is all handled itself, in its order, and has its effects once, across a crash', async () => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    const flood = series(400, range(40).map(String)).map(event => ({ ...event, tenantId: 'flood' }))
    const calm = series(40, ['a', 'b'], 400).map(event => ({ ...event, tenantId: 'calm' }))
    await fixture.publish(
      flood.flatMap((event, at) => (at % 10 === 9 ? [event, calm[(at - 9) / 10] ?? event] : event)),
    )
    const options = { concurrency: 4, window: 24 }
    const first = follow(fixture, {
      ...options,
      async handle(_, context) {
        addEffect(context)
        await turns(1)
        if (first.calls.length === 150) first.process.crash()
      },
    })
    await until(() => first.calls.length >= 150, 'the event at which it crashes')
    await turns()
    fixture.alarm.advance(fixture.leaseTime)
    const second = follow(fixture, { ...options, handle: (_, context) => addEffect(context) })
    const all = async () => [...(await effects(fixture, 'flood')), ...(await effects(fixture, 'calm'))]
    await until(async () => (await all()).length === 440, 'all effects')
    await second.subscription.drain()
    expect(await all()).toEqual(Array(440).fill(1))
    // Of what the first had done and could say so, nothing comes again; the rest was in hand.
    expect(second.calls.length).toBeLessThanOrEqual(440 - 150 + 24)
    for (const key of range(40)) {
      const own = second.done.filter(index => index < 400 && index % 40 === key)
      expect(own).toEqual(own.toSorted((a, b) => a - b))
    }
    await store.close()
  })
})

const numberOf = (payload: JsonValue, name: string): number =>
  isJsonObject(payload) ? Number(payload[name]) : Number.NaN
