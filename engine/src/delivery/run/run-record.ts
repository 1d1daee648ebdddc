import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'
import type { Document, DocumentChange } from '../../store/index.ts'

/** `log`: events of the log are given to a subscription again; `dead-letters`: its dead letters are. */
export type RunKind = 'log' | 'dead-letters'

/** The last three are ends. */
export type RunState = 'running' | 'paused' | 'done' | 'aborted' | 'failed'

export interface RunProgress {
  /** Those that the run is about so far. */
  readonly matched: number
  /** Of the log: those that the handler has done. Dead letters: those that were given back to it, which may fail again. */
  readonly replayed: number
  /** Of the log: those that the handler could not do, kept as dead letters of the run. */
  readonly failed: number
  /** Dead letters whose key stands still: they go on with it. */
  readonly held: number
  /** Of the log: without content; dead letters: changed or taken by somebody else at the same time. */
  readonly skipped: number
  /** Of the log: the last position that is done, and the first and last ones that are asked for. */
  readonly position?: number
  readonly from?: number
  readonly to?: number
}

/** Somebody paused, resumed or aborted the run. */
export interface RunStep {
  readonly at: number
  readonly by: string
  readonly action: 'pause' | 'resume' | 'abort'
}

/** A run as it is kept: a document of the tenant whose events it is about. Times are milliseconds since the epoch. */
export interface RunRecord {
  readonly id: string
  /** A tenant sees and steers its own only; `platform` has those over every tenant. */
  readonly tenantId: string
  readonly kind: RunKind
  readonly subscription: string
  readonly state: RunState
  readonly startedBy: string
  readonly startedAt: number
  readonly updatedAt: number
  readonly endedAt?: number
  /** What was asked for. */
  readonly query: JsonObject
  readonly ratePerSecond?: number
  readonly withSideEffects: boolean
  readonly progress: RunProgress
  readonly steps: readonly RunStep[]
  /** What ended it, where it failed. */
  readonly error?: string
  /** Up to where it is done; means something to its kind only. */
  readonly cursor?: JsonValue
  /** The process that works on it, as long as `leaseUntil`. */
  readonly owner?: string
  readonly leaseUntil: number
  readonly revision: number
}

export const runCollection = 'delivery-run'

export const noProgress: RunProgress = { matched: 0, replayed: 0, failed: 0, held: 0, skipped: 0 }

export const isEnded = ({ state }: Pick<RunRecord, 'state'>): boolean =>
  state === 'done' || state === 'aborted' || state === 'failed'

/** The change that keeps it, where nobody has changed it since it was read. Due when somebody else may go on with it. */
export function runChange(record: RunRecord): DocumentChange {
  const { id, tenantId, revision, ...value } = record
  return {
    tenantId,
    collection: runCollection,
    id,
    value: JSON.parse(JSON.stringify(value)) as JsonValue,
    expected: revision,
    ...(isEnded(record) ? {} : { due: record.leaseUntil }),
  }
}

/** What a document keeps; undefined where it is no run. */
export function readRun({ tenantId, id, revision, value }: Document): RunRecord | undefined {
  if (!isJsonObject(value) || typeof value['kind'] !== 'string' || !isJsonObject(value['progress']))
    return undefined
  // Only this file writes them.
  const kept = value as Omit<RunRecord, 'id' | 'tenantId' | 'revision'> & JsonObject
  return { ...kept, id, tenantId, revision }
}
