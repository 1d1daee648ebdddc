/** What this adapter calls of a `ContainerClient` of `@azure/storage-blob`, which the user makes and hands in. */
export interface AzureContainer {
  readonly url: string
  getBlockBlobClient(name: string): AzureBlob
  listBlobsFlat(options?: { readonly prefix?: string; readonly abortSignal?: AbortSignal }): AsyncIterable<{
    readonly name: string
    readonly properties: { readonly contentLength?: number }
  }>
}

/** What it calls of a `BlockBlobClient`. */
export interface AzureBlob {
  upload(
    body: Uint8Array,
    contentLength: number,
    options?: { readonly conditions?: { readonly ifNoneMatch?: string }; readonly abortSignal?: AbortSignal },
  ): Promise<unknown>
  getProperties(options?: {
    readonly abortSignal?: AbortSignal
  }): Promise<{ readonly contentLength?: number }>
  downloadToBuffer(
    offset: number,
    count: number,
    options?: { readonly abortSignal?: AbortSignal },
  ): Promise<Uint8Array>
  deleteIfExists(options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>
}
