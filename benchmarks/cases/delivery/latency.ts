import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventHandler } from 'keelson'
import { caseOptions, giveRun } from '../case-process.ts'
import type { Place } from '../open-store.ts'
import { openStore, tenant } from '../open-store.ts'
import { createSampleEvents } from '../sample-event.ts'
import { subscribe, untilOwned } from './subscribe.ts'

export interface LatencyOptions extends Place {
  readonly rate: number
  readonly seconds: number
  readonly subscriptions: number
  /** Of a NATS server, where events go over one. */
  readonly server?: string
}

/** Events at an even rate, whether those before are through or not; times from the call that publishes to the handler. */
const { rate, seconds, subscriptions, server, ...place } = caseOptions<LatencyOptions>()
const store = await openStore(place)
const make = createSampleEvents()
const sentAt = new Map<string, number>()
const latencies: number[] = []
let isWarm = false
const handle: EventHandler = (_event, { delivery }) => {
  const at = sentAt.get(delivery.eventId)
  if (isWarm && at !== undefined) latencies.push(performance.now() - at)
}
const subscribed = subscribe(store, subscriptions, { concurrency: 100, handle }, server)
await untilOwned(subscribed)
await send(1)
isWarm = true
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
const started = performance.now()
const sent = await send(seconds)
const elapsed = (performance.now() - started) / 1000
delay.disable()
while (latencies.length < sent * subscriptions) await sleep(10)
await subscribed.close()
await store.close()
giveRun({ perSecond: sent / elapsed, latencies, figures: { loopDelayP99Ms: delay.percentile(99) / 1e6 } })

async function send(forSeconds: number): Promise<number> {
  sentAt.clear()
  const begun = performance.now()
  const appends: Promise<unknown>[] = []
  for (let time = 0; time < forSeconds * 1000; time = performance.now() - begun) {
    for (const due = (time / 1000) * rate; appends.length < due; ) appends.push(publish(appends.length))
    await sleep(1)
  }
  await Promise.all(appends)
  return appends.length
}

function publish(at: number): Promise<unknown> {
  const event = make(at % 1000)
  sentAt.set(event.envelope.eventId, performance.now())
  return store.append(tenant, [{ stream: `sub-${at % 1000}`, expected: 'any', events: [event] }])
}
