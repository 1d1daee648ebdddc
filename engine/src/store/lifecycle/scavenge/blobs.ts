import type { BlobEntry, BlobStore } from '../../blob/port.ts'
import type { Segment } from '../archive/segment.ts'
import { ownerOf, segmentCollection, segmentDeletion, segmentOf, tenantArchive } from '../archive/segment.ts'
import { deleteDiscarded } from '../archive/trim-archive.ts'
import type { LifecycleState } from '../stream-lifecycle.ts'
import { findLifecycle, isBeingWritten, lifecycleChange, wins } from '../stream-lifecycle.ts'
import type { Scavenging } from './scavenging.ts'
import { pagesOf } from './scavenging.ts'

/** Removes segments of streams that are not there, and blobs that no segment names. */
export async function scavengeBlobs(scavenging: Scavenging): Promise<void> {
  const { blobs, tenantId, now } = scavenging
  if (!blobs) return
  await scavengeSegments(scavenging, blobs)
  for await (const entry of blobs.list(tenantArchive(tenantId))) {
    if (await isLeftover(scavenging, entry)) await deleteBlob(scavenging, blobs, entry)
    scavenging.step()
  }
  // All of these are deleted by now, and noted still.
  if (!scavenging.dryRun) await deleteDiscarded(scavenging.store, blobs, tenantId, { now })
}

async function scavengeSegments(scavenging: Scavenging, blobs: BlobStore): Promise<void> {
  const { store, tenantId, dryRun } = scavenging
  for await (const page of pagesOf(scavenging, segmentCollection, 100)) {
    for (const document of page) {
      const segment: Segment = segmentOf(document)
      if (await store.stream(tenantId, segment.stream)) continue
      const { revision: expected } = document
      if (!dryRun)
        await store.commit({
          scope: { tenantId },
          documents: [{ ...segmentDeletion(segment), expected }],
        })
      await deleteBlob(scavenging, blobs, { name: segment.blob, size: segment.bytes })
    }
  }
}

async function deleteBlob(
  { dryRun, tally }: Scavenging,
  blobs: BlobStore,
  { name, size }: BlobEntry,
): Promise<void> {
  if (!dryRun) await blobs.delete(name)
  tally.add('blobs', size)
}

/** Whether nothing will ever name the blob. What is being written is announced before, and counts at once after. */
async function isLeftover(scavenging: Scavenging, { name }: BlobEntry): Promise<boolean> {
  const { store, tenantId, now, dryRun } = scavenging
  const owner = ownerOf(name)
  if (!owner) return false
  const lifecycle = await findLifecycle(store, tenantId, owner.digest)
  const isPending = lifecycle?.value.pending?.blob === name
  if (isPending && isBeingWritten(lifecycle.value, now)) return false
  // Asked only after the lifecycle: in this order no blob slips through between the two.
  const document = await store.document(tenantId, segmentCollection, owner.id)
  if (document && segmentOf(document).blob === name) return false
  return !isPending || dryRun || withdraw(scavenging, lifecycle)
}

/** Keeps whoever announced the blob from making it count; false where it has just moved on. */
function withdraw({ store, tenantId }: Scavenging, lifecycle: LifecycleState): Promise<boolean> {
  const { pending: _, ...value } = lifecycle.value
  return wins(store, { scope: { tenantId }, documents: [lifecycleChange(lifecycle, value)] })
}
