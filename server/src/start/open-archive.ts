import { existsSync } from 'node:fs'
import type { BlobStore, EventStore } from 'keelson'
import { KeelsonError } from 'keelson'
import { createFileBlobStore } from 'keelson/blob/filesystem'
import { isAddress } from './addresses.ts'

/** Documents that name the segments of the archive: where there is one, bodies of events lie outside the database. */
const segmentCollection = 'archive-segment'

/**
 * The blob store of an archive: a folder, or a container of Azure Blob Storage by its address, which may hold an access
 * signature.
 *
 * @throws KeelsonError `request_invalid` for an address that is none; it is not repeated.
 */
export async function openArchive(place: string): Promise<BlobStore> {
  if (!isAddress(place)) {
    if (place === '' || place.includes('://')) throw noArchive()
    return createFileBlobStore(place)
  }
  if (!URL.canParse(place)) throw noArchive()
  const [{ ContainerClient }, { createAzureBlobStore }] = await Promise.all([
    import('@azure/storage-blob'),
    import('keelson/blob/azure'),
  ])
  return createAzureBlobStore(new ContainerClient(place))
}

/** The same for an archive that must have been begun already: a folder that is not there is a slip of the pen. */
export async function openExistingArchive(place: string): Promise<BlobStore> {
  if (!isAddress(place) && !existsSync(place))
    throw new KeelsonError('request_invalid', `There is no folder ${place} for the archive`)
  return openArchive(place)
}

/** Whether bodies of events of the scope lie in an archive. */
export async function hasArchivedEvents(store: EventStore, tenantId?: string): Promise<boolean> {
  const shards = tenantId === undefined ? store.capabilities.shards : 1
  for (let shard = 0; shard < shards; shard += 1) {
    const scope = { tenantId: tenantId ?? 'every tenant', ...(tenantId === undefined ? { shard } : {}) }
    if ((await store.documents(scope, segmentCollection, { limit: 1 })).length > 0) return true
  }
  return false
}

/**
 * @throws KeelsonError `event_archived` where bodies lie in an archive that is not named, or whose folder is not there:
 * reads of these events would fail one by one, and what is derived from the log would never get past them.
 */
export async function refuseWithoutArchive(store: EventStore, place: string | undefined): Promise<void> {
  if (place !== undefined && (isAddress(place) || existsSync(place))) return
  if (!(await hasArchivedEvents(store))) return
  const what =
    place === undefined ? 'no archive is named' : `there is no folder ${place}, which is to be their archive`
  throw new KeelsonError('event_archived', `The store has archived events, and ${what}`)
}

const noArchive = (): KeelsonError =>
  new KeelsonError(
    'request_invalid',
    'The archive is neither a folder nor given as https://account/container?signature',
  )
