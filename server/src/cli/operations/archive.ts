import type { BlobStore, EventStore } from 'keelson'
import { openWithArchive } from 'keelson'
import { createFileBlobStore } from 'keelson/blob/filesystem'

/** The blob store in a folder; undefined where none is named. */
export function archiveIn(folder: string | undefined): BlobStore | undefined {
  return folder === undefined ? undefined : createFileBlobStore(folder)
}

/** A store that reads archived events from the folder, where one is named. */
export function withArchive(store: EventStore, folder: string | undefined): EventStore {
  const blobs = archiveIn(folder)
  return blobs ? openWithArchive(store, blobs) : store
}
