import type { Load } from '../callers.ts'
import { drive } from '../callers.ts'
import { caseOptions, giveRun } from '../case-process.ts'
import { tenant } from '../open-store.ts'
import { createSampleWrites } from '../sample-event.ts'
import { openSealedStore } from './open-sealed-store.ts'

/** Appends with three personal fields an event: hidden and encrypted, or as they stand in a store without keys. */
const options = caseOptions<Load & { path: string; isSealed: boolean }>()
const { plain, sealed, ring } = await openSealedStore(options.path)
const store = options.isSealed ? sealed : plain
const writes = createSampleWrites(1000)
const run = await drive(options, () => store.append(tenant, writes(options.eventsPerCall)))
if (run.figures?.['failedShare'] !== 0) throw new Error(`Appends failed: ${JSON.stringify(run.figures)}`)
await store.close()
await ring.close()
giveRun(run)
