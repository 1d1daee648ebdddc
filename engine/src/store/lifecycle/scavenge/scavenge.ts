import type { Clock } from '../../../core/index.ts'
import { systemClock } from '../../../core/index.ts'
import type { BlobStore } from '../../blob/port.ts'
import { checkTenant } from '../../names.ts'
import type { EventStore } from '../../port.ts'
import type { AppendRequest, RecordedEvent, Statement } from '../../types.ts'
import { scavengeBlobs } from './blobs.ts'
import { scavengeInbox, scavengeSnapshots } from './documents.ts'
import { scavengeHidden } from './hidden.ts'
import type { Scavenging } from './scavenging.ts'
import type { ScavengeReport } from './tally.ts'
import { createTally } from './tally.ts'
import { scavengeTombstoned } from './tombstoned.ts'

export interface ScavengeOptions {
  /** Counts what there is to remove and removes nothing. */
  readonly dryRun?: boolean
  /** Where the tenant's archive is; without it what is in the archive stays. */
  readonly blobs?: BlobStore
  /** Whether the event must keep its content; default none. */
  readonly isHeld?: (event: RecordedEvent) => boolean | Promise<boolean>
  /**
   * Statements for the unit of work that removes the content at these positions, so that read models forget it in the
   * same moment; asked before each such unit, never in a dry run. See `Platform.scavenge`.
   */
  readonly alongside?: (positions: readonly number[]) => readonly Statement[] | Promise<readonly Statement[]>
  /**
   * Entries for the tenant's log that say why the content of these is gone, by their indexes in the log; appended in the
   * same unit of work. Default none: an auditor then finds it gone without a reason.
   */
  readonly record?: (sequences: readonly number[]) => readonly AppendRequest[]
  readonly clock?: Clock
  readonly signal?: AbortSignal
  readonly onProgress?: (soFar: ScavengeReport) => void
}

/**
 * Removes what a tenant has left behind: content of tombstoned streams and of events that metadata hides, in database
 * and archive, snapshots and metadata of streams that are gone, claims of inboxes that may be forgotten, blobs that a
 * crash has left. Leaves stay, so every proof holds. Works in bounded units and goes on where it was cut off; appends
 * and reads may run beside it. A dry run counts the same figures.
 */
export async function scavenge(
  store: EventStore,
  tenantId: string,
  options: ScavengeOptions = {},
): Promise<ScavengeReport> {
  checkTenant(tenantId)
  const { dryRun = false, blobs, clock = systemClock, signal, onProgress } = options
  const { isHeld = () => false, alongside = () => [], record = () => [] } = options
  const tally = createTally(dryRun)
  const scavenging: Scavenging = {
    store,
    blobs,
    tenantId,
    dryRun,
    now: clock.now(),
    tally,
    isHeld,
    alongside,
    record,
    step() {
      onProgress?.(tally.report())
      signal?.throwIfAborted()
    },
  }
  scavenging.step()
  await scavengeTombstoned(scavenging)
  await scavengeHidden(scavenging)
  await scavengeSnapshots(scavenging)
  await scavengeInbox(scavenging)
  await scavengeBlobs(scavenging)
  return tally.report()
}
