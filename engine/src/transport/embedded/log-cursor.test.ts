import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeelsonError } from '../../core/index.ts'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventFilter, EventStore, Scope } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { until } from '../../testing/transport-contract/transport-steps.ts'
import { LogCursor } from './log-cursor.ts'
import { LogHubs } from './log-hubs.ts'

const everyTenant: Scope = { tenantId: 'every tenant' }
const tenants = ['acme', 'zeta']
const types = ['SampleHappened', 'OtherHappened']

/** Events with a tenant and a type each, in the order of the log. */
async function append(store: EventStore, kinds: readonly (readonly [tenant: number, type: number])[]) {
  for (const [tenant, type] of kinds) {
    const tenantId = tenants[tenant] as string
    const event = sampleEvent(tenantId, { eventType: types[type] as string })
    await store.append(tenantId, [{ stream: 's', expected: 'any', events: [event] }])
  }
}

/** A cursor that notes what it was given; `step` takes at most so many, and waits for more where there is nothing. */
function follow(hubs: LogHubs, after: number, scope = everyTenant, filter?: EventFilter) {
  let isAsked = false
  const positions: number[] = []
  const onMore = () => {
    isAsked = false
  }
  const cursor = new LogCursor(hubs, { scope, partition: 0, after, filter, onMore })
  const step = (max: number) => {
    const taken = cursor.take(max)
    positions.push(...taken.map(({ position }) => position))
    if (taken.length > 0 || isAsked) return
    isAsked = true
    cursor.fetch()
  }
  return { cursor, positions, step }
}

const small = { events: 4, bytes: 1_000_000 }
const kind = fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 1 }))
const rounds = fc.array(
  fc.record({ kinds: fc.array(kind, { maxLength: 9 }), steps: fc.array(fc.integer({ min: 0, max: 3 })) }),
  { minLength: 3, maxLength: 12 },
)

describe('cursors that share a hub', () => {
  it('each have all of their own, once and in order, however fast they are', async () => {
    await fc.assert(
      fc.asyncProperty(rounds, fc.array(kind, { maxLength: 12 }), async (plan, before) => {
        const store = createMemoryStore()
        await append(store, before)
        const hubs = new LogHubs(store, small)
        const followers = [
          { own: follow(hubs, 0), wants: () => true },
          { own: follow(hubs, before.length), wants: (at: number) => at > before.length },
          {
            own: follow(hubs, 0, { tenantId: 'zeta' }),
            wants: (_: number, [tenant]: readonly [number, number]) => tenant === 1,
          },
          {
            own: follow(hubs, 0, everyTenant, { types: ['OtherHappened'] }),
            wants: (_: number, [, type]: readonly [number, number]) => type === 1,
          },
        ]
        const all = [...before]
        for (const { kinds, steps } of plan) {
          await append(store, kinds)
          all.push(...kinds)
          for (const which of steps) {
            followers[which]?.own.step(which + 1)
            if (which % 2 === 0) await setImmediate()
          }
        }
        for (const { own, wants } of followers) {
          const expected = all.flatMap((one, at) => (wants(at + 1, one) ? at + 1 : []))
          await until(() => {
            own.step(3)
            return own.positions.length >= expected.length
          }, 'all events')
          expect(own.positions).toEqual(expected)
          await own.cursor.close()
        }
        await store.close()
      }),
      { numRuns: 60 },
    )
  })

  it('read what comes once for all of them', async () => {
    const store = createMemoryStore()
    let tails = 0
    let reads = 0
    const port = portOf(store)
    const counted: EventStore = {
      ...port,
      tail: (...args) => {
        tails += 1
        return port.tail(...args)
      },
      readAll: (...args) => {
        reads += 1
        return port.readAll(...args)
      },
    }
    const hubs = new LogHubs(counted)
    const followers = Array.from({ length: 20 }, () => follow(hubs, 0))
    for (let index = 0; index < 30; index += 1) {
      await append(store, [[0, 0]])
      await until(() => {
        for (const { step } of followers) step(10)
        return followers.every(({ positions }) => positions.length === index + 1)
      }, 'the event')
    }
    expect(tails).toBe(1)
    // Each but for the first time, when the hub is not there yet.
    expect(reads).toBeLessThanOrEqual(20)
    for (const { cursor } of followers) await cursor.close()
  })

  it('read on while the last of a portion are in hand, and go over to the hub without a gap', async () => {
    const store = createMemoryStore()
    const port = portOf(store)
    let reads = 0
    const counted: EventStore = {
      ...port,
      readAll: (...args) => {
        reads += 1
        return port.readAll(...args)
      },
    }
    const events = Array.from({ length: 2_300 }, () => sampleEvent('acme'))
    await store.append('acme', [{ stream: 's', expected: 'any', events }])
    const { cursor, positions, step } = follow(new LogHubs(counted, small), 0)
    const toTake = (count: number) =>
      until(() => {
        step(Math.min(300, count - positions.length))
        return positions.length === count
      }, `${count} events`)
    await toTake(1_000)
    // Nothing more was asked for.
    await until(() => reads === 2, 'the next portion')
    await toTake(1_700)
    expect(reads).toBe(2)
    await append(store, [[0, 0]])
    await toTake(2_301)
    await append(store, [[0, 0]])
    await toTake(2_302)
    expect(positions).toEqual(Array.from({ length: 2_302 }, (_, at) => at + 1))
    await cursor.close()
  })

  it('take nothing from the hub while they read by themselves: it would come twice', async () => {
    const store = createMemoryStore()
    const port = portOf(store)
    const gate = Promise.withResolvers<void>()
    let isReading = false
    const gated: EventStore = {
      ...port,
      async *readAll(...args) {
        isReading = true
        await gate.promise
        yield* port.readAll(...args)
      },
    }
    const hubs = new LogHubs(gated, small)
    const { hub, release } = hubs.take(0, undefined)
    const { cursor, positions, step } = follow(hubs, 0)
    step(1)
    await until(() => isReading, 'the read')
    hub.wait({ onPage: () => true, onEnd: () => undefined })
    await append(store, [[0, 0]])
    await until(() => hub.to === 1, 'the hub')
    step(1)
    gate.resolve()
    await append(store, [[0, 0]])
    await until(() => {
      step(1)
      return positions.at(-1) === 2
    }, 'both')
    expect(positions).toEqual([1, 2])
    await cursor.close()
    await release()
  })

  it('go on behind what they had when the database was away', async () => {
    const store = createMemoryStore()
    await append(store, [[0, 0]])
    let isAway = true
    const port = portOf(store)
    const failing: EventStore = {
      ...port,
      async *tail(...args) {
        for await (const page of port.tail(...args)) {
          if (isAway) throw new KeelsonError('store_unreachable')
          yield page
        }
      },
    }
    const { cursor, positions, step } = follow(new LogHubs(failing), 0)
    await until(() => {
      step(1)
      return positions.length === 1
    }, 'what was there')
    await append(store, [[0, 0]])
    await expect(
      until(() => {
        step(1)
        return false
      }, 'never'),
    ).rejects.toThrow('database')
    isAway = false
    await until(() => {
      step(1)
      return positions.length === 2
    }, 'the next event')
    expect(positions).toEqual([1, 2])
    await cursor.close()
  })
})
