import type { EventStore, RecordedEvent } from 'keelson'
import { caseOptions, giveRun } from './case-process.ts'
import type { Place } from './open-store.ts'
import { openStore, tenant } from './open-store.ts'

export interface ReadCaseOptions extends Place {
  /** The whole log with each envelope parsed, the whole log as records, or one stream after the other. */
  readonly what: 'envelopes' | 'records' | 'streams'
  readonly events: number
  /** Position to begin after. */
  readonly after?: number
  readonly streams?: number
  /** Whether all of it is read once before the clock begins, so that its pages come from memory; default false. */
  readonly isReadBefore?: boolean
}

const options = caseOptions<ReadCaseOptions>()
const store = await openStore(options)

async function* log(from: EventStore): AsyncGenerator<RecordedEvent> {
  yield* from.readAll({ tenantId: 'every tenant' }, { after: options.after ?? 0, limit: options.events })
}

async function* streams(from: EventStore): AsyncGenerator<RecordedEvent> {
  const count = options.streams ?? 1000
  // A step that shares no factor with the number of streams visits each of them, neighbours in the file apart.
  for (let at = 0, left = options.events; left > 0; at = (at + 617) % count) {
    for await (const event of from.readStream(tenant, `Subscription-sub-${at}`, { limit: 100 })) {
      left -= 1
      yield event
    }
  }
}

/** Events a second of the first time, where it was read before. */
let firstPerSecond: number | undefined
if (options.isReadBefore) {
  const begun = performance.now()
  let count = 0
  for await (const _ of options.what === 'streams' ? streams(store) : log(store)) count += 1
  firstPerSecond = count / ((performance.now() - begun) / 1000)
}
const startRssMb = process.memoryUsage.rss() / 2 ** 20
let events = 0
let bytes = 0
const started = performance.now()
for await (const event of options.what === 'streams' ? streams(store) : log(store)) {
  events += 1
  if (options.what === 'records') bytes += event.body.length
  else bytes += event.envelope.eventId.length
}
const seconds = (performance.now() - started) / 1000
if (events < options.events || bytes === 0) throw new Error(`Read ${events} of ${options.events} events`)
const peakRssMb = process.resourceUsage().maxRSS / 1024
await store.close()
giveRun({
  perSecond: events / seconds,
  figures: { startRssMb, peakRssMb, ...(firstPerSecond === undefined ? {} : { firstPerSecond }) },
})
