import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventStore, RecordedEvent } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { createEmbeddedTransport } from '../embedded/index.ts'
import { startPosition } from './start-position.ts'

const scope = { tenantId: 'every tenant' } as const

/** A log whose events were recorded at these times, in milliseconds since the epoch; some positions are another's. */
function logOf(times: readonly number[]): EventStore {
  const events = times.map((time, index) => ({
    position: index * 2 + 1,
    recordedAt: new Date(time).toISOString(),
  }))
  return {
    ...portOf(createMemoryStore()),
    head: async () => events.at(-1)?.position ?? 0,
    async *readAll(_, { after = 0 } = {}) {
      for (const event of events) if (event.position > after) yield event as RecordedEvent
    },
  }
}

describe('where a subscription starts', () => {
  it('by time is before the first event of that time or later', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 30 }),
        fc.integer({ min: -1, max: 22 }),
        async (steps, at) => {
          const times = steps.toSorted((a, b) => a - b).map(step => Date.UTC(2026, 0, 1) + step * 1_000)
          const time = Date.UTC(2026, 0, 1) + at * 1_000
          const store = logOf(times)
          const start = await startPosition(store, scope, { time: new Date(time).toISOString() })
          const rest = await Array.fromAsync(store.readAll(scope, { after: start }))
          expect(rest.map(({ recordedAt }) => Date.parse(recordedAt))).toEqual(
            times.filter(one => one >= time),
          )
        },
      ),
    )
  })

  it('is refused where it is no place', async () => {
    const store = createMemoryStore()
    for (const start of [{ position: -1 }, { position: 1.5 }, { time: 'yesterday' }])
      await expect(startPosition(store, scope, start)).rejects.toMatchObject({
        code: 'delivery_options_invalid',
      })
    await expect(startPosition(store, scope, { position: 1 })).rejects.toMatchObject({
      code: 'position_unknown',
    })
  })

  it('is refused before anything of the subscription is stored, and its status can be asked for', async () => {
    const store = createMemoryStore()
    const spec = { subscription: 'own', start: { position: 99 }, window: 10 }
    const receiver = createEmbeddedTransport(store).receive(spec)
    const { signal } = new AbortController()
    await expect(receiver.pull(1, signal)).rejects.toMatchObject({ code: 'position_unknown' })
    expect(await store.checkpoint('delivery/own#0')).toBe(0)
    expect(await store.documents({ tenantId: 'platform' }, 'delivery-owner')).toEqual([])
    expect(await receiver.status()).toMatchObject({ isOwner: false, lag: { events: 0 } })
    await receiver.close()
    const moved = { name: 'delivery/own#0', from: 0, to: 99 }
    await store.commit({ scope, checkpoint: moved })
    const later = createEmbeddedTransport(store).receive(spec)
    expect(await later.status()).toMatchObject({ position: 99, lag: { events: 0 } })
    await later.close()
  })
})
