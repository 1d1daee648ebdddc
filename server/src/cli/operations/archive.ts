import type { BlobStore, EventStore } from 'keelson'
import { openWithArchive } from 'keelson'
import { openArchive, openExistingArchive } from '../../start/open-archive.ts'
import { Config } from '../config.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'

/**
 * Flags with the archive as the settings name it: by `--archive`, else by KEELSON_ARCHIVE.
 *
 * @throws CommandFailure with exit code 2 for one that is none.
 */
export function settledArchive<Flags extends Readonly<Record<string, unknown>>>(
  flags: Flags,
): Flags & { readonly archive?: string } {
  const { archive } = new Config(flags).storeOptions()
  // An argument that holds a signature could be read by everybody on the machine: it is written over.
  if (archive?.includes('sig=')) process.title = 'keelson'
  return archive === undefined ? flags : { ...flags, archive }
}

/** The archive that is read from; undefined where none is named. */
export async function archiveAt(place: string | undefined): Promise<BlobStore | undefined> {
  return place === undefined ? undefined : openExistingArchive(place)
}

/** The archive that is written to, whose folder is made where there is none. */
export async function archiveToWrite(place: string | undefined): Promise<BlobStore> {
  if (place === undefined)
    throw new CommandFailure('Name the archive: pass --archive, or set KEELSON_ARCHIVE', exitCodes.usage)
  return openArchive(place)
}

/** A store that reads archived events from the archive, where there is one. */
export function withArchive(store: EventStore, blobs: BlobStore | undefined): EventStore {
  return blobs ? openWithArchive(store, blobs) : store
}
