import type { BlobStore } from 'keelson'
import { KeelsonError } from 'keelson'
import { createFileBlobStore } from 'keelson/blob/filesystem'

/** Whether the place of an archive is an address, not a folder. */
export const isAddress = (place: string): boolean => /^https?:\/\//.test(place)

/**
 * The blob store of an archive: a folder, or a container of Azure Blob Storage by its address, which may hold an access
 * signature.
 *
 * @throws KeelsonError `request_invalid` for an address that is none; it is not repeated.
 */
export async function openArchive(place: string): Promise<BlobStore> {
  if (!isAddress(place)) return createFileBlobStore(place)
  if (!URL.canParse(place))
    throw new KeelsonError(
      'request_invalid',
      'The archive is not given as https://account/container?signature',
    )
  const [{ ContainerClient }, { createAzureBlobStore }] = await Promise.all([
    import('@azure/storage-blob'),
    import('keelson/blob/azure'),
  ])
  return createAzureBlobStore(new ContainerClient(place))
}
