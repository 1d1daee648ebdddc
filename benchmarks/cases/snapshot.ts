import type { Envelope } from 'keelson'
import { createSnapshots } from 'keelson'
import { drive } from './callers.ts'
import { caseOptions, giveRun } from './case-process.ts'
import type { Place } from './open-store.ts'
import { openStore, tenant } from './open-store.ts'
import { createSampleWrites } from './sample-event.ts'

export interface SnapshotCaseOptions extends Place {
  /** Save one and append what a policy of every hundred events leaves after it at most; or rebuild, again and again. */
  readonly what: 'save' | 'rebuild with' | 'rebuild without'
  readonly events: number
  readonly seconds: number
}

interface Activations {
  readonly count: number
  readonly last: string
  readonly byEdition: Readonly<Record<string, number>>
}

const initial: Activations = { count: 0, last: '', byEdition: {} }
function evolve({ count, byEdition }: Activations, event: Envelope): Activations {
  const edition = (event.payload as { editionCode: string }).editionCode
  return {
    count: count + 1,
    last: event.eventId,
    byEdition: { ...byEdition, [edition]: (byEdition[edition] ?? 0) + 1 },
  }
}

const { what, events, seconds, ...place } = caseOptions<SnapshotCaseOptions>()
const store = await openStore(place)
// A schema that no snapshot was ever taken of is the way to rebuild without one.
const schema = what === 'rebuild without' ? 'Unsaved@1' : 'Activations@1'
const snapshots = createSnapshots(store, { schema })
const load = async () => {
  const rebuilt = await snapshots.load(tenant, 'Subscription-sub-0', initial, evolve)
  if (rebuilt.state.count < events) throw new Error(`Rebuilt ${rebuilt.state.count} of ${events} events`)
  return rebuilt
}
if (what === 'save') {
  await snapshots.save(await load())
  await store.append(tenant, createSampleWrites(1)(99))
  await store.close()
  giveRun({ perSecond: 0 })
} else {
  const run = await drive({ callers: 1, eventsPerCall: 1, seconds }, load)
  await store.close()
  giveRun(run)
}
