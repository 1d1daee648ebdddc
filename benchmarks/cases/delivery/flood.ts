import { setTimeout as sleep } from 'node:timers/promises'
import { caseOptions, giveRun } from '../case-process.ts'
import type { Place } from '../open-store.ts'
import { openStore } from '../open-store.ts'
import { createSampleEvents } from '../sample-event.ts'
import { subscribe, untilOwned } from './subscribe.ts'

export interface FloodOptions extends Place {
  /** Events a second of the calm tenant, and how many times as many another one publishes. */
  readonly rate: number
  readonly flood: number
  readonly seconds: number
}

/**
 * A calm tenant beside one that floods: times from the event's being stored to its handler's end, which takes five
 * milliseconds. Both publish ten times a second what they have; what the flood leaves undone is not waited for.
 */
const { rate, flood, seconds, ...place } = caseOptions<FloodOptions>()
const store = await openStore(place)
const make = createSampleEvents()
const storedAt = new Map<string, number>()
const latencies: number[] = []
const subscribed = subscribe(store, 1, {
  concurrency: 20,
  async handle(_event, { delivery }) {
    await sleep(5)
    const at = delivery.tenantId === 'calm' ? storedAt.get(delivery.eventId) : undefined
    if (at !== undefined) latencies.push(performance.now() - at)
  },
})
await untilOwned(subscribed)
let sent = 0
const started = performance.now()
for (let round = 0; round < seconds * 10; round += 1) {
  if (flood > 0) await publish('flood', (rate / 10) * flood)
  const own = await publish('calm', rate / 10)
  for (const eventId of own) storedAt.set(eventId, performance.now())
  sent += own.length
  await sleep(Math.max(0, started + (round + 1) * 100 - performance.now()))
}
while (latencies.length < sent) await sleep(10)
const { lag } = await subscribed.subscriptions[0]!.status()
await subscribed.close()
await store.close()
giveRun({
  perSecond: sent / ((performance.now() - started) / 1000),
  latencies: latencies.slice(Math.floor(latencies.length / 10)),
  figures: { eventsLeft: lag.events },
})

/** So many events, each of a stream of its own. */
async function publish(tenantId: string, count: number): Promise<readonly string[]> {
  const writes = Array.from({ length: count }, (_, at) => {
    const { envelope, ...rest } = make(at)
    return {
      stream: `sub-${at}`,
      expected: 'any' as const,
      events: [{ ...rest, envelope: { ...envelope, tenantId } }],
    }
  })
  const receipts = await store.append(tenantId, writes)
  return receipts.map(({ eventId }) => eventId)
}
