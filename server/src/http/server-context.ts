import type { EventStore, Platform } from 'keelson'
import type { Subscriptions } from '../delivery/index.ts'
import type { Directory } from '../directory/index.ts'
import type { NotaryServices } from './log/notary-services.ts'

export interface Limits {
  /** Bytes of a single event's request body; default 512 KiB. */
  readonly eventBodyBytes: number
  /** Bytes of a batch's request body, packed and unpacked; default 16 MiB. */
  readonly batchBodyBytes: number
  /** Events in a batch; default 10,000. */
  readonly batchEvents: number
  /** Bytes of an import's body as sent; default 1 GiB. */
  readonly importBodyBytes: number
  /** Live streams open at a time; default 500. */
  readonly openStreams: number
  /** Of these, those of one tenant; default 100. */
  readonly openStreamsPerTenant: number
  /** Pulls that wait at a time; default 1,000. */
  readonly openPulls: number
  /** Of these, those of one tenant; default 100. */
  readonly openPullsPerTenant: number
}

export const defaultLimits: Limits = {
  eventBodyBytes: 512 * 1024,
  batchBodyBytes: 16 * 1024 * 1024,
  batchEvents: 10_000,
  importBodyBytes: 1024 * 1024 * 1024,
  openStreams: 500,
  openStreamsPerTenant: 100,
  openPulls: 1_000,
  openPullsPerTenant: 100,
}

/** What the routes work with. */
export interface ServerContext {
  readonly platform: Platform
  /** The same events with personal fields as digests. */
  readonly masked: EventStore
  readonly directory: Directory
  readonly subscriptions: Subscriptions
  readonly notary: NotaryServices
  readonly limits: Limits
  readonly version: string
  /** Aborted when the server begins to stop: live streams end then. */
  readonly stopping: AbortSignal
}
