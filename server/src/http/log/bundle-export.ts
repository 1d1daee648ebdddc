import type { Writable } from 'node:stream'
import type { Clock, EventStore, IdSource } from 'keelson'
import type { BundleSummary, KeyRing, Notary } from 'keelson/notary'
import { createTarSink, writeBundle } from 'keelson/notary'

/** A bundle that somebody asks for. */
export interface BundleRequest {
  readonly tenantId: string
  readonly from?: number
  readonly to?: number
  readonly prev?: number
  readonly proofs?: readonly string[]
  readonly withPersonal: boolean
  readonly where: string
  /** Takes the tar; not ended here. */
  readonly out: Writable
  readonly signal: AbortSignal
}

export type ExportBundle = (request: BundleRequest) => Promise<BundleSummary>

export interface BundleExportOptions {
  /** Opened with its keys. */
  readonly store: EventStore
  /** The same without them. */
  readonly masked: EventStore
  readonly notary: Notary
  readonly ring: KeyRing
  readonly clock: Clock
  readonly ids: IdSource
  /** Where the longest file waits, encrypted, until its length is known. */
  readonly spoolFolder: string
}

/** Makes bundles from a server's own store. */
export const createBundleExport =
  ({ store, masked, notary, ring, clock, ids, spoolFolder }: BundleExportOptions): ExportBundle =>
  ({ out, ...request }) =>
    writeBundle({
      ...request,
      store: request.withPersonal ? store : masked,
      notary,
      signer: ring,
      clock,
      ids,
      sink: createTarSink(out, { folder: spoolFolder }),
    })
