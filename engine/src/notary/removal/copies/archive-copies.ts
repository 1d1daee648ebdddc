import { toKeelsonError } from '../../../core/index.ts'
import type { BlobStore } from '../../../store/index.ts'
import { trimArchive, trimCollections } from '../../../store/index.ts'
import type { CopyStore } from '../port.ts'
import { backoff } from '../procedure/backoff.ts'
import type { RemovalContext } from '../removal-context.ts'
import type { Line } from '../removal-worker.ts'
import { postpone } from '../tenant-documents.ts'

/**
 * Segments of the archive, from which goes what has left the log. What a key sealed lies in the database alone, with
 * digests in the archive, so that an erasure has nothing to remove here.
 */
export function archiveCopies({
  store,
  blobs,
  clock,
}: Pick<RemovalContext, 'store' | 'clock'> & { readonly blobs: BlobStore }): CopyStore {
  return {
    name: 'archive',
    count: async () => 0,
    async erase({ tenantId, reason }, signal) {
      if (reason === 'erasure') return { removed: 0 }
      return { removed: await trimArchive(store, blobs, tenantId, { now: clock.now(), signal }) }
    },
  }
}

/** What is to go from the archive and was cut off: worked on when it is due, and again later where it fails. */
export function archiveLines(context: RemovalContext): readonly Line[] {
  const { store, archive, clock, onAlarm } = context
  if (archive === undefined) return []
  let failures = 0
  return trimCollections.map(collection => ({
    collection,
    async advance(tenantId, id, signal) {
      try {
        await trimArchive(store, archive, tenantId, { now: clock.now(), signal })
        failures = 0
      } catch (error) {
        if (signal.aborted) throw error
        failures += 1
        onAlarm({ tenantId, id, what: 'stopped', detail: toKeelsonError(error).code })
        await postpone(store, { tenantId, collection, id, due: clock.now() + backoff(failures) })
      }
    },
    complete: async () => undefined,
    postpone: async () => undefined,
  }))
}
