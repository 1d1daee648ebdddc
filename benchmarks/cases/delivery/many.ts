import { setTimeout as sleep } from 'node:timers/promises'
import { caseOptions, giveRun } from '../case-process.ts'
import type { Place } from '../open-store.ts'
import { openStore, tenant } from '../open-store.ts'
import { createSampleEvents } from '../sample-event.ts'
import { residentMb, subscribe, untilOwned } from './subscribe.ts'

export interface ManyOptions extends Place {
  readonly subscriptions: number
  readonly rate: number
  readonly seconds: number
}

/** Every event goes to every one of them; times from the call that publishes to the handler. */
const { subscriptions, rate, seconds, ...place } = caseOptions<ManyOptions>()
const store = await openStore(place)
const make = createSampleEvents()
const sentAt = new Map<string, number>()
const latencies: number[] = []
const before = residentMb()
const begun = performance.now()
const subscribed = subscribe(store, subscriptions, {
  handle(_event, { delivery }) {
    latencies.push(performance.now() - (sentAt.get(delivery.eventId) ?? 0))
  },
})
await untilOwned(subscribed)
const startSeconds = (performance.now() - begun) / 1000
const rssGrowthMb = residentMb() - before
const started = performance.now()
const count = Math.round(rate * seconds)
for (let at = 0; at < count; at += 1) {
  await sleep(Math.max(0, started + (at * 1000) / rate - performance.now()))
  const event = make(at % 1000)
  sentAt.set(event.envelope.eventId, performance.now())
  void store.append(tenant, [{ stream: `sub-${at % 1000}`, expected: 'any', events: [event] }])
}
while (latencies.length < count * subscriptions) await sleep(10)
const elapsed = (performance.now() - started) / 1000
const maxMs = latencies.reduce((most, one) => Math.max(most, one), 0)
await subscribed.close()
await store.close()
giveRun({
  perSecond: (count * subscriptions) / elapsed,
  latencies: latencies.filter((_, at) => at % 10 === 0),
  figures: { maxMs, startSeconds, rssGrowthMb, rssMb: residentMb() },
})
