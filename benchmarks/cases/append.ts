import type { Load } from './callers.ts'
import { drive } from './callers.ts'
import { caseOptions, giveRun } from './case-process.ts'
import type { Place } from './open-store.ts'
import { openStore, tenant } from './open-store.ts'
import { createSampleWrites } from './sample-event.ts'

/** Events are made, validated, brought into canonical form, committed to and chained while the clock runs. */
const options = caseOptions<Load & Place>()
const store = await openStore(options)
const writes = createSampleWrites(1000)
const run = await drive(options, () => store.append(tenant, writes(options.eventsPerCall)))
if (run.figures?.['failedShare'] !== 0) throw new Error(`Appends failed: ${JSON.stringify(run.figures)}`)
await store.close()
giveRun(run)
