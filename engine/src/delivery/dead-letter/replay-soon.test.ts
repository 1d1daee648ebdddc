import { expect, it } from 'vitest'
import { createMemoryStore } from '../../store/memory/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { ManualAlarm } from '../../testing/transport-contract/manual-alarm.ts'
import { turns } from '../../testing/transport-contract/transport-steps.ts'
import { createEmbeddedTransport } from '../../transport/embedded/index.ts'
import { replayDeadLetters } from './index.ts'

const query = { subscription: 'own', scope: { tenantId: 'acme' } } as const

it('comes to a receiver of the same process at once, and not only at its next look', async () => {
  const store = createMemoryStore()
  const alarm = new ManualAlarm()
  const events = [0, 1, 2].map(index => sampleEvent('acme', { payload: { index } }))
  await store.append('acme', [{ stream: 's', expected: 'any', events }])
  const transport = createEmbeddedTransport(store, { alarm, pollEvery: 5_000 })
  const receiver = transport.receive({ subscription: 'own', start: 'beginning', window: 10 })
  const { signal } = new AbortController()
  const attempt = { at: alarm.now(), name: 'Error', message: 'no', fingerprint: 'f' }
  for (const delivery of await receiver.pull(10, signal))
    await receiver.setAside(delivery, 'permanent', { attempt })
  const pulling = receiver.pull(10, signal)
  await turns()
  const begun = alarm.now()
  expect(await replayDeadLetters(store, query, { alarm })).toMatchObject({ replayed: 3 })
  alarm.advance(50)
  const deliveries = await pulling
  expect(deliveries.map(({ position }) => position)).toEqual([1, 2, 3])
  expect(alarm.now() - begun).toBe(50)
  await receiver.complete(deliveries)
  await receiver.close()
  await store.close()
})
