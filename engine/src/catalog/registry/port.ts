import type { JsonValue } from '../../core/index.ts'

/** What a registry records: the name of one of `registryEvents`, and its payload. */
export interface RegistryChange {
  readonly eventType: string
  /** As the event's schema says. */
  readonly payload: object
}

/** A change as it stands in the log of its scope. */
export interface RecordedChange {
  /** Dense from 1 within the scope. */
  readonly version: number
  readonly eventId: string
  readonly eventType: string
  /** Undefined where the content was removed. */
  readonly payload: JsonValue | undefined
  /** RFC 3339. */
  readonly recordedAt: string
}

/**
 * Where a registry keeps what it knows: one log for each scope, which is a tenant's id or that of the platform. Every
 * process that works on a scope sees the same log, and what was appended is there for the next read.
 */
export interface RegistryLog {
  /** Changes by version, from the one after `afterVersion` on; none where the scope has no log. */
  read(scope: string, afterVersion: number): AsyncIterable<RecordedChange>
  /**
   * All changes or none.
   *
   * @throws KeelsonError `version_conflict` where the log is not at `expectedVersion`.
   */
  append(scope: string, expectedVersion: number, changes: readonly RegistryChange[]): Promise<void>
}
