import { KeelsonError } from '../../../core/index.ts'
import { blobExists, checkBlobName, checkBlobPrefix, checkBlobSize } from '../blob-name.ts'
import type { BlobEntry, BlobOptions, BlobStore } from '../port.ts'
import type { AzureContainer } from './container.ts'

/**
 * A blob store in a container of Azure Blob Storage, through a `ContainerClient` that the user makes. The container
 * must be there; its access, encryption, redundancy and immutability are set on it and not by this.
 */
export function createAzureBlobStore(container: AzureContainer): BlobStore {
  return new AzureBlobStore(container)
}

class AzureBlobStore implements BlobStore {
  readonly location: string
  readonly #container: AzureContainer

  constructor(container: AzureContainer) {
    this.#container = container
    // What follows the path of a container's address is its access signature.
    this.location = container.url.replace(/[?#].*$/, '')
  }

  async put(name: string, bytes: Uint8Array, { signal }: BlobOptions = {}): Promise<void> {
    checkBlobName(name)
    checkBlobSize(name, bytes.byteLength)
    signal?.throwIfAborted()
    const options = { conditions: { ifNoneMatch: '*' }, ...abortable(signal) }
    try {
      await this.#container.getBlockBlobClient(name).upload(bytes, bytes.byteLength, options)
    } catch (error) {
      // Also where the client itself has sent it again after an answer that was lost.
      if (!isTaken(error)) throw failed(name, error, signal)
      const known = await this.get(name, signal && { signal })
      if (known === undefined || Buffer.compare(known, bytes) !== 0) throw blobExists(name)
    }
  }

  async get(name: string, { signal }: BlobOptions = {}): Promise<Uint8Array | undefined> {
    checkBlobName(name)
    signal?.throwIfAborted()
    const blob = this.#container.getBlockBlobClient(name)
    try {
      const { contentLength = 0 } = await blob.getProperties(abortable(signal))
      checkBlobSize(name, contentLength)
      if (contentLength === 0) return new Uint8Array()
      return await blob.downloadToBuffer(0, contentLength, abortable(signal))
    } catch (error) {
      if (wordOf(error) === 'BlobNotFound') return undefined
      throw failed(name, error, signal)
    }
  }

  async *list(prefix: string, { signal }: BlobOptions = {}): AsyncGenerator<BlobEntry> {
    checkBlobPrefix(prefix)
    signal?.throwIfAborted()
    try {
      for await (const { name, properties } of this.#container.listBlobsFlat({
        prefix,
        ...abortable(signal),
      }))
        yield { name, size: properties.contentLength ?? 0 }
    } catch (error) {
      throw failed(prefix, error, signal)
    }
  }

  async delete(name: string, { signal }: BlobOptions = {}): Promise<void> {
    checkBlobName(name)
    signal?.throwIfAborted()
    try {
      await this.#container.getBlockBlobClient(name).deleteIfExists(abortable(signal))
    } catch (error) {
      throw failed(name, error, signal)
    }
  }
}

const abortable = (signal: AbortSignal | undefined): { abortSignal?: AbortSignal } =>
  signal ? { abortSignal: signal } : {}

/** Azure's own word for what went wrong, or that of the network. */
function wordOf(error: unknown): string | undefined {
  const { code, details } = error as { code?: unknown; details?: { errorCode?: unknown } }
  const word = details?.errorCode ?? code
  return typeof word === 'string' ? word : undefined
}

const isTaken = (error: unknown): boolean =>
  ['BlobAlreadyExists', 'UnauthorizedBlobOverwrite'].includes(wordOf(error) ?? '')

/** The cause is left out: it holds the request, whose address can have a signature in it. */
function failed(name: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof KeelsonError || signal?.aborted) return error
  const { statusCode } = error as { statusCode?: unknown }
  const status = typeof statusCode === 'number' ? statusCode : undefined
  const why = wordOf(error) ?? status ?? 'it cannot be reached'
  return new KeelsonError('blob_failed', `Azure refused the blob "${name}": ${why}`, {
    blob: name,
    ...(status === undefined ? {} : { status }),
  })
}
