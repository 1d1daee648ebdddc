import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currentContext } from '../../../core/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { temporaryFolder } from '../../../store/sqlite/fixtures/temporary-store.ts'
import { embeddedFixture } from '../../../testing/transport-contract/fixtures/embedded-fixture.ts'
import type { TransportFixture } from '../../../testing/transport-contract/transport-case.ts'
import {
  deadLetters,
  gate,
  indexOf,
  range,
  series,
  turns,
  until,
} from '../../../testing/transport-contract/transport-steps.ts'
import type { BatchContext, DeliveryOptions } from '../../index.ts'
import { DeliverySubscription, PermanentError } from '../../index.ts'

const memory = () => embeddedFixture(createMemoryStore())

type Options = Partial<Omit<DeliveryOptions, 'handleBatch'>> & {
  readonly handleBatch?: (indexes: readonly number[], context: BatchContext) => void | Promise<void>
}

/** Subscribes with a handler of batches that notes what it is given and what it did. */
function followBatches(fixture: TransportFixture, { handleBatch, ...options }: Options = {}) {
  const calls: (readonly number[])[] = []
  const done: number[] = []
  const subscription = new DeliverySubscription(
    fixture.open().transport,
    {
      name: 'contract',
      retry: { attempts: 3, backoff: 'fixed', delay: 1_000 },
      breaker: false,
      concurrency: 1,
      batchSize: 10,
      ...options,
      async handleBatch(events, context) {
        const indexes = events.map(indexOf)
        calls.push(indexes)
        await handleBatch?.(indexes, context)
        done.push(...indexes)
      },
    },
    { alarm: fixture.alarm, random: () => 0.5 },
  )
  subscription.start()
  return { subscription, calls, done }
}

describe('the options of a batch', () => {
  const { transport } = memory().open()
  const handleBatch = () => undefined

  it.each([
    [{ handleBatch, handle: () => undefined }, '/handleBatch'],
    [{ handleBatch, middleware: [] }, '/middleware'],
    [{ handleBatch: 1 }, '/handleBatch'],
    [{}, '/handle'],
  ])('are refused: %j', (options, pointer) => {
    const whole = { name: 'n', ...options } as DeliveryOptions
    expect(() => new DeliverySubscription(transport, whole)).toThrow(
      expect.objectContaining({ details: { faults: [expect.objectContaining({ pointer })] } }),
    )
  })
})

describe('a handler of batches', () => {
  it('gets what there is, up to the size, each key in its order', async () => {
    const fixture = memory()
    await fixture.publish(series(25, ['a', 'b', 'c']))
    const one = followBatches(fixture)
    await until(() => one.done.length === 25, 'all events')
    expect(one.calls.every(({ length }) => length <= 10)).toBe(true)
    expect(one.calls.length).toBeLessThanOrEqual(4)
    for (const rest of range(3)) {
      const own = one.done.filter(index => index % 3 === rest)
      expect(own).toEqual(own.toSorted((a, b) => a - b))
    }
    await one.subscription.close()
    expect((await one.subscription.status()).handled).toBe(25)
  })

  it('gets events of one tenant at a time, in its context, and can write for it alone', async () => {
    const fixture = memory()
    const tenants = ['acme', 'globex', 'initech']
    await fixture.publish(
      range(30).map(index => ({ index, key: `${index}`, tenantId: tenants[index % 3] as string })),
    )
    const seen: unknown[] = []
    const one = followBatches(fixture, {
      handleBatch(indexes, { tenantId, deliveries, unit }) {
        expect(new Set(indexes.map(index => tenants[index % 3]))).toEqual(new Set([tenantId]))
        expect(deliveries.map(({ position }) => position)).toEqual(indexes.map(index => index + 1))
        expect(currentContext()).toMatchObject({ tenantId, hops: 0 })
        seen.push(tenantId)
        const foreign = [{ tenantId: 'other', collection: 'c', id: 'x', value: 1 }]
        expect(() => unit.add({ documents: foreign })).toThrow(
          expect.objectContaining({ code: 'tenant_mismatch' }),
        )
      },
    })
    await until(() => one.done.length === 30, 'all events')
    expect(new Set(seen)).toEqual(new Set(tenants))
    expect(one.calls.length).toBeLessThan(20)
    await one.subscription.close()
  })

  it('writes once for all, on SQLite, also over a crash', async () => {
    await using folder = temporaryFolder()
    const fixture = embeddedFixture(await folder.open())
    await fixture.publish(series(50, ['a', 'b', 'c', 'd']))
    let calls = 0
    const handleBatch = (indexes: readonly number[], { unit, tenantId }: BatchContext) => {
      calls += 1
      const documents = indexes.map(index => ({ tenantId, collection: 'effect', id: `${index}`, value: 1 }))
      unit.add({ documents })
      if (calls === 3) throw new Error('not yet')
    }
    const first = followBatches(fixture, { handleBatch })
    await until(() => first.done.length >= 20, 'some of them')
    await first.subscription.close()
    fixture.alarm.advance(fixture.leaseTime)
    const second = followBatches(fixture, { handleBatch })
    await until(async () => {
      fixture.alarm.advance(1_000)
      return (await fixture.store.documents({ tenantId: 'acme' }, 'effect', { limit: 100 })).length === 50
    }, 'all effects')
    const effects = await fixture.store.documents({ tenantId: 'acme' }, 'effect', { limit: 100 })
    expect(effects.every(({ revision }) => revision === 1)).toBe(true)
    await second.subscription.close()
  })

  it('does not let one bad event take its neighbours with it', async () => {
    const fixture = memory()
    await fixture.publish(series(10, range(10).map(String)))
    const one = followBatches(fixture, {
      handleBatch(indexes) {
        if (indexes.includes(4)) throw new PermanentError('never')
      },
    })
    await until(async () => (await deadLetters(fixture)).length === 1, 'the dead letter')
    await until(() => one.done.length === 9, 'the others')
    const [letter] = await deadLetters(fixture)
    expect(letter).toMatchObject({ position: 5, reason: 'permanent' })
    expect(letter?.attempts).toHaveLength(1)
    // Ten, then halves: [0-4] [3,4] [4] and what is left of each.
    expect(one.calls.length).toBeLessThanOrEqual(8)
    expect((await one.subscription.status()).failed).toBe(1)
    await one.subscription.close()
  })

  it('has the order of a key through retries, which come alone', async () => {
    const fixture = memory()
    await fixture.publish(series(6, ['a']))
    let failures = 0
    const one = followBatches(fixture, {
      handleBatch(indexes) {
        if (!indexes.includes(2) || failures === 4) return
        failures += 1
        throw new Error('not yet')
      },
    })
    await until(() => one.done.length === 2, 'those before it')
    await turns()
    expect(one.done).toEqual([0, 1])
    await until(() => {
      fixture.alarm.advance(500)
      return one.done.length === 6
    }, 'the rest')
    expect(one.done).toEqual([0, 1, 2, 3, 4, 5])
    expect(one.calls.filter(call => call.includes(2)).at(-1)).toEqual([2])
    await one.subscription.close()
  })

  it('is given up when it takes too long, all of it together', async () => {
    const fixture = memory()
    await fixture.publish(series(4))
    const signals: AbortSignal[] = []
    let isStuck = true
    const one = followBatches(fixture, {
      timeout: 100,
      async handleBatch(_, { signal }) {
        signals.push(signal)
        if (isStuck) await new Promise(() => undefined)
      },
    })
    await until(() => signals.length === 1, 'the call')
    isStuck = false
    fixture.alarm.advance(100)
    await until(() => one.done.length === 4, 'all of it')
    expect(signals[0]?.aborted).toBe(true)
    expect(one.calls).toEqual([
      [0, 1, 2, 3],
      [0, 1],
      [2, 3],
    ])
    await one.subscription.close()
  })

  it('gets one event alone from a breaker that is not sure', async () => {
    const fixture = memory()
    await fixture.publish(series(9, range(9).map(String)))
    let isDown = true
    const one = followBatches(fixture, {
      breaker: { failuresInRow: 1, cooling: 1_000 },
      handleBatch() {
        if (isDown) throw new Error('down')
      },
    })
    await until(async () => (await one.subscription.status()).breaker === 'open', 'the breaker')
    isDown = false
    one.calls.length = 0
    await until(() => {
      fixture.alarm.advance(100)
      return one.done.length === 9
    }, 'all of them')
    expect(one.calls[0]).toHaveLength(1)
    await one.subscription.close()
  })

  it('keeps a rate of events, whatever a batch takes at once', async () => {
    const fixture = memory()
    await fixture.publish(series(60, range(60).map(String)))
    const started = fixture.alarm.now()
    const one = followBatches(fixture, { rateLimit: { perSecond: 10, burst: 1 }, batchSize: 8 })
    await until(() => {
      const seconds = (fixture.alarm.now() - started) / 1_000
      expect(one.done.length).toBeLessThanOrEqual(8 + 10 * seconds)
      fixture.alarm.advance(50)
      return one.done.length === 60
    }, 'all of them')
    await one.subscription.close()
  })

  it('leaves what was already handled when the subscription ends amidst it', async () => {
    const fixture = memory()
    await fixture.publish(series(4))
    const hold = gate()
    const one = followBatches(fixture, { grace: 0, handleBatch: () => hold.opened })
    await until(() => one.calls.length === 1, 'the call')
    const closed = one.subscription.close()
    fixture.alarm.advance(0)
    await closed
    hold.open()
    const again = followBatches(fixture)
    await until(() => again.done.length === 4, 'all of it again')
    await again.subscription.close()
  })
})

describe('whatever fails among batches', () => {
  it('each event is done or a dead letter, in the order of its key, and only what is at fault has tries', async () => {
    const event = fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      becomes: fc.constantFrom('good', 'good', 'good', 'good', 'late', 'bad', 'never'),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 3 }),
        async (events, batchSize, concurrency) => {
          const fixture = memory()
          await fixture.publish(events.map(({ key }, index) => ({ key, index })))
          const tries = new Map<number, number>()
          const one = followBatches(fixture, {
            batchSize,
            concurrency,
            handleBatch(indexes) {
              for (const index of indexes) {
                const becomes = events[index]?.becomes
                if (becomes === 'never') throw new PermanentError('never')
                if (becomes === 'bad') throw new Error('bad')
                if (becomes !== 'late' || indexes.length > 1) continue
                tries.set(index, (tries.get(index) ?? 0) + 1)
                if (tries.get(index) === 1) throw new Error('late')
              }
            },
          })
          const isLost = ({ becomes }: (typeof events)[number]) => becomes === 'bad' || becomes === 'never'
          const lost = events.filter(isLost).length
          await until(async () => {
            fixture.alarm.advance(500)
            return one.done.length + (await deadLetters(fixture)).length === events.length
          }, 'all of them')
          expect(new Set(one.done).size).toBe(one.done.length)
          for (const key of ['a', 'b', 'c']) {
            const own = one.done.filter(index => events[index]?.key === key)
            expect(own).toEqual(own.toSorted((a, b) => a - b))
          }
          const letters = await deadLetters(fixture)
          expect(letters.length).toBe(lost)
          for (const { position, attempts } of letters)
            expect(attempts.length).toBe(events[position - 1]?.becomes === 'bad' ? 3 : 1)
          await one.subscription.close()
        },
      ),
      { numRuns: 60 },
    )
  })
})
