import { runCase } from '../cases/case-process.ts'
import type { FillOptions } from '../cases/fill.ts'
import type { Place } from '../cases/open-store.ts'
import type { SnapshotCaseOptions } from '../cases/snapshot.ts'
import type { PlannedCase } from '../turns.ts'

const events = 100_000

export const snapshotNames = {
  with: 'keelson, rebuild 10^5 events with a snapshot',
  without: 'keelson, rebuild 10^5 events without a snapshot',
} as const

/** Makes one long stream and takes its snapshot, in a store of its own. */
export async function fillForSnapshots(name: string, place: Place): Promise<void> {
  console.error(`filling ${name} with a stream of ${events} events`)
  const fill: FillOptions = { ...place, events, streams: 1, eventsPerAppend: 100 }
  await runCase('cases/fill.ts', fill, 300)
  const save: SnapshotCaseOptions = { ...place, what: 'save', events, seconds: 0 }
  await runCase('cases/snapshot.ts', save)
}

/** Rebuilds of a state a second, from its snapshot and the 99 events after it, and from the first event on. */
export function snapshotCases(name: string, place: Place, seconds: number): PlannedCase[] {
  const rebuild = (title: string, what: SnapshotCaseOptions['what']): PlannedCase => ({
    name: `${name}, ${title}`,
    run: () =>
      runCase('cases/snapshot.ts', { ...place, what, events, seconds } satisfies SnapshotCaseOptions),
  })
  return [rebuild(snapshotNames.with, 'rebuild with'), rebuild(snapshotNames.without, 'rebuild without')]
}
