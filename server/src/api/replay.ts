import type { JsonValue } from 'keelson'
import type { Page } from './page.ts'

export type ReplayState = 'running' | 'paused' | 'done' | 'aborted' | 'failed'

/** A run that gives events to a subscription again: from the log, or its dead letters. */
export interface ReplayItem {
  readonly id: string
  readonly kind: 'log' | 'dead-letters'
  readonly subscription: string
  readonly state: ReplayState
  /** Id of the key that started it. */
  readonly startedBy: string
  readonly startedAt: string
  readonly updatedAt: string
  readonly endedAt: string | null
  /** What was asked for. */
  readonly query: Readonly<Record<string, JsonValue>>
  readonly ratePerSecond: number | null
  readonly withSideEffects: boolean
  readonly progress: ReplayProgressView
  /** What ended it, where it failed. */
  readonly error: string | null
}

export interface ReplayProgressView {
  readonly matched: number
  readonly replayed: number
  readonly failed: number
  readonly held: number
  readonly skipped: number
  /** Where it has come to and where it ends, of a replay of the log. */
  readonly position: number | null
  readonly from: number | null
  readonly to: number | null
}

/** `GET /v1/replays`, the newest first. */
export interface ReplayPage {
  readonly data: readonly ReplayItem[]
  readonly page: Page
}

/** A place in the log: a position, or an RFC 3339 time. */
export type ReplayPlace = { readonly position: number } | { readonly time: string }

/** Body of `POST /v1/replays`. */
export interface ReplayRequest {
  readonly subscription: string
  /** From here on, inclusive; default the beginning. */
  readonly from?: ReplayPlace
  /** Up to here: a position inclusive, a time exclusive; default what is there now. */
  readonly to?: ReplayPlace
  readonly types?: readonly string[]
  readonly topics?: readonly string[]
  readonly filter?: string
  readonly ratePerSecond?: number
  /** Default false. */
  readonly withSideEffects?: boolean
  /** Only counts. */
  readonly dryRun?: boolean
}

/** Answer to it: 200 to a dry run, without a run; else 202. */
export interface ReplayResult {
  readonly dryRun: boolean
  /** Events that it is about, counted up to 100,000 in a dry run. */
  readonly matched: number
  readonly run: ReplayItem | null
}
