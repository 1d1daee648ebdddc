import { describe, expect, it } from 'vitest'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { ManualAlarm } from '../../testing/transport-contract/manual-alarm.ts'
import { turns } from '../../testing/transport-contract/transport-steps.ts'
import type { Delivery } from '../index.ts'
import { createEmbeddedTransport } from './index.ts'

const spec = { subscription: 'own', start: 'beginning', window: 500 } as const
const attempt = { at: 0, name: 'Error', message: 'no', fingerprint: 'f' }

/** A log whose events are all due in a moment. */
async function scheduled(count: number, due: number): Promise<EventStore> {
  const store = createMemoryStore()
  const deliverAt = new Date(due).toISOString()
  const events = Array.from({ length: count }, () => sampleEvent('acme', { metadata: { deliverAt } }))
  await store.append('acme', [{ stream: 's', expected: 'any', events }])
  return store
}

/** Of different lengths, so that outcomes come in any order. */
const work = (position: number): Promise<void> => new Promise(done => setTimeout(done, position % 7))

let calls = 0
/** An effect of its own for each call. */
function effectOf({ position }: Delivery) {
  calls += 1
  return { documents: [{ tenantId: 'acme', collection: 'effect', id: `${position}.${calls}`, value: 1 }] }
}

const effects = async (store: EventStore): Promise<readonly number[]> =>
  (await store.documents({ tenantId: 'acme' }, 'effect', { limit: 1_000 })).map(({ id }) =>
    Number(id.split('.', 1)[0]),
  )

describe('what is kept as a document', () => {
  it('comes once, though documents are asked for while others of them are completed', async () => {
    const count = 600
    const store = await scheduled(count, Date.now() + 200)
    const port = portOf(store)
    const slow: EventStore = {
      ...port,
      async documents(...query) {
        const page = await port.documents(...query)
        // An answer that is older than what is done meanwhile.
        await turns()
        return page
      },
    }
    const receiver = createEmbeddedTransport(slow).receive(spec)
    const stop = new AbortController()
    const seen: number[] = []
    const handled = new Set<Promise<void>>()
    while (new Set(seen).size < count) {
      const deliveries = await receiver.pull(Math.max(1, 50 - handled.size), stop.signal)
      for (const delivery of deliveries) {
        seen.push(delivery.position)
        const done = work(delivery.position)
          .then(() => receiver.complete([delivery], effectOf(delivery)))
          .finally(() => handled.delete(done))
        handled.add(done)
      }
      if (handled.size >= 50) await Promise.race(handled)
    }
    await Promise.all(handled)
    expect(seen).toHaveLength(count)
    expect(await effects(store)).toHaveLength(count)
    await receiver.close()
  })

  it('takes effect once, however often it is completed', async () => {
    const alarm = new ManualAlarm()
    const store = await scheduled(1, alarm.now() + 1_000)
    const receiver = createEmbeddedTransport(store, { alarm }).receive(spec)
    const stop = new AbortController()
    const pulled = receiver.pull(1, stop.signal)
    await turns()
    alarm.advance(1_000)
    const [first] = await pulled
    if (first === undefined) throw new Error('nothing came')
    const later = await receiver.postpone(first, alarm.now() + 1_000, attempt)
    const again = await receiver.postpone(later, alarm.now() + 2_000, attempt)
    await receiver.complete([first], effectOf(first))
    await receiver.complete([later], effectOf(later))
    expect(await effects(store)).toEqual([])
    await receiver.complete([again], effectOf(again))
    await receiver.complete([again], effectOf(again))
    await receiver.setAside(again, 'permanent')
    expect(await effects(store)).toEqual([1])
    expect(await store.documents({ tenantId: 'acme' }, 'dead-letter/own')).toEqual([])
    await receiver.close()
  })
})
