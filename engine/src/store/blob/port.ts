/** A blob's name and its size in bytes. */
export interface BlobEntry {
  readonly name: string
  readonly size: number
}

export interface BlobOptions {
  readonly signal?: AbortSignal
}

/**
 * Keeps pieces of content by name, each written once. The contract suite in `testing/` holds every adapter to each
 * sentence below. Names are bounded as `blob-name.ts` says; content is at most 64 MiB.
 */
export interface BlobStore {
  /** For people, such as a folder or an address; never with a secret. */
  readonly location: string
  /**
   * Durable and whole when it resolves; nobody ever sees a part. The same content under a name again is fine, other
   * content is refused with `blob_exists`, also when both come at once.
   */
  put(name: string, bytes: Uint8Array, options?: BlobOptions): Promise<void>
  get(name: string, options?: BlobOptions): Promise<Uint8Array | undefined>
  /** Every blob whose name begins with the prefix, in no particular order. */
  list(prefix: string, options?: BlobOptions): AsyncIterable<BlobEntry>
  /** Does nothing where there is no such blob. */
  delete(name: string, options?: BlobOptions): Promise<void>
}
