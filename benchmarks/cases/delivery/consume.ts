import { DeliverySubscription } from 'keelson'
import { Relay } from 'keelson/delivery'
import { createEmbeddedTransport } from 'keelson/embedded'
import { createNatsTransport } from 'keelson/nats'
import { caseOptions, giveRun } from '../case-process.ts'
import type { Place } from '../open-store.ts'
import { openStore, tenant } from '../open-store.ts'
import { createSampleWrites } from '../sample-event.ts'

export interface ConsumeOptions extends Place {
  /** Of a NATS server. */
  readonly server: string
  readonly events: number
  readonly concurrency: number
}

/** A subscription on NATS that handles what is in its stream, in the order of a thousand keys, and checks the order. */
const { server, events, concurrency, ...place } = caseOptions<ConsumeOptions>()
const store = await openStore(place)
const writes = createSampleWrites(1000)
for (let at = 0; at < events; at += 100) await store.append(tenant, writes(100))
const transport = createNatsTransport(store, { url: server })
const relay = new Relay({ store, source: createEmbeddedTransport(store), target: transport })
relay.start()
while (!(await relay.status()).partitions.every(({ sent }) => sent >= events))
  await new Promise(resolve => setTimeout(resolve, 20))
const last = new Map<string, number>()
const { promise, resolve } = Promise.withResolvers<void>()
let left = events
const started = performance.now()
const subscription = new DeliverySubscription(transport, {
  name: 'own',
  concurrency,
  breaker: false,
  handle(_event, { delivery: { orderingKey = '', position } }) {
    if (position < (last.get(orderingKey) ?? 0)) throw new Error('Out of order')
    last.set(orderingKey, position)
    left -= 1
    if (left === 0) resolve()
  },
})
subscription.start()
await promise
const perSecond = events / ((performance.now() - started) / 1000)
const { failed } = await subscription.status()
if (failed > 0) throw new Error(`${failed} events were out of order`)
const { fromStream, fromLog } = transport.status()
giveRun({ perSecond, figures: { fromStream, fromLog } })
