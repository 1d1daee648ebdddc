import { DeliverySubscription } from 'keelson'
import { createEmbeddedTransport } from 'keelson/embedded'
import { caseOptions, giveRun } from '../case-process.ts'
import type { Place } from '../open-store.ts'
import { openStore, tenant } from '../open-store.ts'
import { createSampleWrites } from '../sample-event.ts'
import { residentMb } from './subscribe.ts'

export interface HandleOptions extends Place {
  readonly events: number
  readonly subscriptions: number
  readonly concurrency: number
  /** Whether each handler writes a row that is to be there exactly once. */
  readonly hasEffect: boolean
}

const { events, subscriptions, concurrency, hasEffect, ...place } = caseOptions<HandleOptions>()
const store = await openStore(place)
await store.define([
  'CREATE TABLE IF NOT EXISTS effect (name TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (name, id))',
])
const writes = createSampleWrites(1000)
for (let at = 0; at < events; at += 100) await store.append(tenant, writes(100))

/** Seconds from the start of the subscriptions until each has handled all there is. */
async function handleAll(prefix: string, count: number): Promise<number> {
  let left = events * count
  const { promise, resolve } = Promise.withResolvers<void>()
  const started = performance.now()
  const transport = createEmbeddedTransport(store)
  const all = Array.from({ length: count }, (_, at) => {
    const options = { name: `${prefix}-${at}`, concurrency, breaker: false } as const
    const subscription = new DeliverySubscription(transport, {
      ...options,
      handle(_event, { unit, delivery }) {
        if (hasEffect) unit.insert('effect', { name: options.name, id: delivery.eventId })
        left -= 1
        if (left === 0) resolve()
      },
    })
    subscription.start()
    return subscription
  })
  await promise
  // What is handled counts when it is kept as such.
  await Promise.all(all.map(subscription => subscription.drain()))
  return (performance.now() - started) / 1000
}

await handleAll('warm', 1)
const seconds = await handleAll('own', subscriptions)
const [[rows] = []] = await store.query({ tenantId: 'every tenant' }, 'SELECT count(*) FROM effect', [])
if (hasEffect && Number(rows) !== events * (subscriptions + 1))
  throw new Error(`${String(rows)} effects are there`)
giveRun({
  perSecond: (events * subscriptions) / seconds,
  figures: { eventsPerSecond: events / seconds, rssMb: residentMb() },
})
