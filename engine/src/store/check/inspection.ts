import type { StoreReader } from '../transfer/port.ts'

/** How many events a stream has, by the events themselves. */
export interface StreamCount {
  readonly stream: number
  readonly events: number
  readonly firstVersion: number
  readonly lastVersion: number
  /** Tenant of one of its events. */
  readonly tenant: number
}

/** What the doctor reads of a store besides its rows. */
export interface StoreInspection extends StoreReader {
  /** Number of the schema that the database has, and the one that this Keelson makes. */
  readonly schema: number
  readonly newestSchema: number
  /** What the database finds wrong with its own files, indexes and protection, a line each. */
  damage(): AsyncIterable<string>
  /** In order of the stream's id. */
  streamCounts(shard: number): AsyncIterable<readonly StreamCount[]>
  /** State of the stream and the position of its newest event; undefined where there is no such stream. */
  streamEnd(
    shard: number,
    tenant: number,
    name: string,
  ): Promise<{ readonly state: number; readonly position: number } | undefined>
}
