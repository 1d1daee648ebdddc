import { describe, expect, it } from 'vitest'
import { listDeadLetters } from '../../delivery/index.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { embeddedFixture } from '../../testing/transport-contract/fixtures/embedded-fixture.ts'
import type { Following } from '../../testing/transport-contract/transport-steps.ts'
import { addEffect, follow, range, turns, until } from '../../testing/transport-contract/transport-steps.ts'
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

/** Events, and how often with another seed; once where there are many. */
const count = Number(process.env['KEELSON_CHAOS_EVENTS'] ?? 600)
const first = Number(process.env['KEELSON_CHAOS_SEED'] ?? 1)
const seeds = count <= 600 ? 20 : 1
/** Real milliseconds that it may take. */
const longest = Math.max(20_000, count * 50)
const keys = 17
const isPoison = (index: number) => index % 83 === 82

/** How often each event has taken effect, and the positions of dead letters, however many there are. */
async function outcomesOf(store: EventStore) {
  const effects: number[] = []
  for (let after: string | undefined; ; ) {
    const query = { limit: 1_000, ...(after === undefined ? {} : { after }) }
    const page = await store.documents({ tenantId: 'acme' }, 'effect', query)
    effects.push(...page.map(({ revision }) => revision))
    after = page.at(-1)?.id
    if (page.length < 1_000) break
  }
  const positions: number[] = []
  for (let after: string | undefined; ; ) {
    const query = { subscription: 'contract', scope: { tenantId: 'acme' } } as const
    const page = await listDeadLetters(store, query, {
      limit: 500,
      ...(after === undefined ? {} : { after }),
    })
    positions.push(...page.letters.map(({ position }) => position))
    after = page.next
    if (after === undefined) break
  }
  return { effects, positions }
}

describe.each(range(seeds, first))('processes that die and fail at random, seed %i', seed => {
  it(
    'have every effect once, in the order of each key, and the dead letters that should be',
    async () => {
      const random = randomOf(seed)
      const store = createMemoryStore()
      const fixture = embeddedFixture(store)
      const handled: number[] = []
      const start = () =>
        follow(fixture, {
          // So few that keys that wait take up more than half of it, and what stands behind them is shelved.
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
      let processCount = 2
      const publishing = fixture.publish(range(count).map(index => ({ index, key: `k-${index % keys}` })))
      const poison = range(count).filter(isPoison)
      let isAll = false
      await until(
        async () => {
          fixture.alarm.advance(Math.floor(random() * 1_500))
          await turns(2)
          if (random() < 0.08) {
            const [victim, ...rest] = random() < 0.5 ? processes : processes.toReversed()
            if (random() < 0.5) victim?.process.crash()
            else void victim?.subscription.close()
            processes = [...rest, start()]
            processCount += 1
          }
          isAll ||= new Set(handled).size === count - poison.length
          if (!isAll) return false
          const found = await outcomesOf(store)
          return found.effects.length === count - poison.length && found.positions.length === poison.length
        },
        'all effects and dead letters',
        longest,
      )
      await publishing
      const { effects, positions } = await outcomesOf(store)
      expect(new Set(effects)).toEqual(new Set([1]))
      expect(positions.map(position => position - 1)).toEqual(poison)
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
      if (count > 600)
        process.stdout.write(
          `${count} events, ${processCount} processes, ${handled.length} calls that went well\n`,
        )
    },
    longest + 40_000,
  )
})
