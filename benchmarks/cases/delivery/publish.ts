import type { Load } from '../callers.ts'
import { drive } from '../callers.ts'
import { caseOptions, giveRun } from '../case-process.ts'
import type { Place } from '../open-store.ts'
import { openStore, tenant } from '../open-store.ts'
import { createSampleWrites } from '../sample-event.ts'
import { subscribe, untilOwned } from './subscribe.ts'

export interface PublishOptions extends Load, Place {
  /** Subscriptions that are registered, and whether they handle what comes meanwhile. */
  readonly subscriptions: number
  readonly isHandled: boolean
}

/** Publishing is an append: events are made, validated, sealed and fsynced while the clock runs. */
const { subscriptions, isHandled, ...options } = caseOptions<PublishOptions>()
const store = await openStore(options)
const writes = createSampleWrites(1000)
let handled = 0
const handle = () => {
  handled += 1
}
const registered = subscribe(store, subscriptions, { handle, concurrency: 100 })
await untilOwned(registered)
if (!isHandled) await registered.close()
const run = await drive(options, () => store.append(tenant, writes(options.eventsPerCall)))
const meanwhile = handled
if (run.figures?.['failedShare'] !== 0) throw new Error(`Events were refused: ${JSON.stringify(run.figures)}`)
await registered.close()
await store.close()
giveRun({ ...run, figures: { ...run.figures, ...(isHandled ? { handledMeanwhile: meanwhile } : {}) } })
