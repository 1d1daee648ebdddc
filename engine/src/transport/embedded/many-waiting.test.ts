import { describe, expect, it } from 'vitest'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { ManualAlarm } from '../../testing/transport-contract/manual-alarm.ts'
import { turns } from '../../testing/transport-contract/transport-steps.ts'
import { createEmbeddedTransport } from './index.ts'

const count = 2_500
const spec = { subscription: 'own', start: 'beginning', window: 20_000 } as const
const attempt = { at: 0, name: 'Error', message: 'no', fingerprint: 'f' }

/** One more event of each key. */
async function appendEach(store: EventStore): Promise<void> {
  const writes = Array.from({ length: count }, (_, index) => ({
    stream: `s-${index}`,
    expected: 'any' as const,
    events: [sampleEvent('acme', { aggregateId: `key-${index}` })],
  }))
  for (let at = 0; at < count; at += 500) await store.append('acme', writes.slice(at, at + 500))
}

/** A log of which the first event of each key waits for another try, due one after another. */
async function open() {
  const store = createMemoryStore()
  const alarm = new ManualAlarm()
  await appendEach(store)
  const transport = createEmbeddedTransport(store, { alarm })
  const { signal } = new AbortController()
  const first = transport.receive(spec)
  for (let left = count; left > 0; ) {
    const deliveries = await first.pull(500, signal)
    const due = alarm.now() + 60_000
    await Promise.all(deliveries.map(one => first.postpone(one, due + one.position, attempt)))
    left -= deliveries.length
  }
  await first.close()
  return { store, alarm, signal, receiver: transport.receive(spec) }
}

describe('more that waits than is loaded', () => {
  it('goes ahead of later events of its keys, when the next owner takes over', async () => {
    const { store, signal, receiver } = await open()
    await appendEach(store)
    const tried = new Set<string | undefined>()
    const seen: number[] = []
    while (seen.length < 2 * count) {
      const deliveries = await receiver.pull(100, signal)
      expect(deliveries.length).toBeLessThanOrEqual(100)
      for (const { position, orderingKey, attempts } of deliveries) {
        seen.push(position)
        if (attempts.length > 0) tried.add(orderingKey)
        else expect(tried.has(orderingKey)).toBe(true)
      }
    }
    expect(new Set(seen).size).toBe(2 * count)
    await receiver.close()
  })

  it('comes as fast as it is done, once it is due, and is counted', async () => {
    const { alarm, signal, receiver } = await open()
    alarm.advance(120_000)
    await turns()
    const seen = new Set<number>()
    while (seen.size < count) {
      const deliveries = await receiver.pull(100, signal)
      if (seen.size === 0) expect((await receiver.status()).waiting).toBe(1_000)
      for (const { position } of deliveries) seen.add(position)
      await receiver.complete(deliveries)
    }
    expect((await receiver.status()).waiting).toBe(0)
    await receiver.close()
  })
})
