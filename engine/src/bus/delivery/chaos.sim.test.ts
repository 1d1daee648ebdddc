import { describe, expect, it } from 'vitest'
import { listDeadLetters } from '../../delivery/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { embeddedFixture } from '../../testing/transport-contract/fixtures/embedded-fixture.ts'
import type { Following } from '../../testing/transport-contract/transport-steps.ts'
import {
  addEffect,
  effects,
  follow,
  range,
  turns,
  until,
} from '../../testing/transport-contract/transport-steps.ts'
import { PermanentError } from '../index.ts'

/** Numbers from 0 up to, but not, 1; the same ones for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const count = 600
const keys = 17
const isPoison = (index: number) => index % 83 === 82

describe.each(range(20, 1))('processes that die and fail at random, seed %i', seed => {
  it('have every effect once, in the order of each key, and the dead letters that should be', async () => {
    const random = randomOf(seed)
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    const handled: number[] = []
    const start = () =>
      follow(fixture, {
        window: 50,
        concurrency: 8,
        batchSize: 20,
        retry: { attempts: 30, backoff: 'exponential', initialDelay: 20, maxDelay: 500, jitter: 'full' },
        async handle(index, context) {
          addEffect(context)
          await turns(Math.floor(random() * 4))
          if (isPoison(index)) throw new PermanentError('poison')
          if (random() < 0.15) throw new Error('not yet')
          if (random() < 0.2) context.signal.throwIfAborted()
          handled.push(index)
        },
      })
    let processes: Following[] = [start(), start()]
    const publishing = fixture.publish(range(count).map(index => ({ index, key: `k-${index % keys}` })))
    const poison = range(count).filter(isPoison)
    const letters = async () =>
      (await listDeadLetters(store, { subscription: 'contract', scope: { tenantId: 'acme' } })).letters
    await until(async () => {
      fixture.alarm.advance(Math.floor(random() * 1_500))
      await turns(2)
      if (random() < 0.08) {
        const [victim, ...rest] = random() < 0.5 ? processes : processes.toReversed()
        if (random() < 0.5) victim?.process.crash()
        else void victim?.subscription.close()
        processes = [...rest, start()]
      }
      return (
        (await effects(fixture)).length === count - poison.length &&
        (await letters()).length === poison.length
      )
    }, 'all effects and dead letters')
    await publishing
    expect(new Set(await effects(fixture))).toEqual(new Set([1]))
    expect((await letters()).map(({ position }) => position - 1)).toEqual(poison)
    for (const key of range(keys)) {
      const firsts = [...new Set(handled.filter(index => index % keys === key))]
      expect(firsts).toEqual(firsts.toSorted((a, b) => a - b))
    }
    const waiting = await store.documents({ tenantId: 'acme' }, 'delivery-waiting/contract#0')
    await until(async () => {
      fixture.alarm.advance(100)
      return (await store.checkpoint('delivery/contract#0')) === count
    }, 'the checkpoint at the end')
    expect(waiting).toEqual([])
  }, 60_000)
})
