import { caseOptions, giveRun } from './case-process.ts'
import type { Place } from './open-store.ts'
import { openStore, tenant } from './open-store.ts'
import { createSampleWrites } from './sample-event.ts'

export interface FillOptions extends Place {
  readonly events: number
  readonly streams: number
  readonly eventsPerAppend: number
}

/** Fills a store with as many events, a few large appends at a time. */
const { events, streams, eventsPerAppend, ...place } = caseOptions<FillOptions>()
const store = await openStore(place)
const writes = createSampleWrites(streams)
const started = performance.now()
let left = Math.ceil(events / eventsPerAppend)
const caller = async () => {
  while (left > 0) {
    left -= 1
    await store.append(tenant, writes(eventsPerAppend))
  }
}
await Promise.all(Array.from({ length: 8 }, caller))
await store.close()
giveRun({ perSecond: events / ((performance.now() - started) / 1000) })
