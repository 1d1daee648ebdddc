import type { Envelope, JsonValue } from 'keelson'
import type { Page } from './page.ts'
import type { ReplayItem } from './replay.ts'
import type { ReplayedLetterView } from './replayed-letter.ts'

/** Times are RFC 3339 where they are texts; `null` stands for what there is none of. */

/** `delivery`: brings events to a handler, event by event; `projection`: fills a read model. */
export type SubscriptionKind = 'delivery' | 'projection'

/**
 * `running`: events are handled, by this server or another; `idle`: nobody consumes it; `paused`: by hand; `retrying`: a
 * projection that fails and is tried again.
 */
export type SubscriptionState = 'running' | 'idle' | 'paused' | 'retrying'

export type BreakerView = 'closed' | 'open' | 'half-open'

export interface Lag {
  /** Positions between the newest event and what is done. */
  readonly events: number
  /** Age of the oldest event that is not done. */
  readonly seconds: number
}

/** What is kept until its `deliverAt`; it counts until it is handled, and no other figure has it. */
export interface ScheduledView {
  /** Counted up to 1,000 a partition. */
  readonly waiting: number
  /** When the first of it is due; null where there is nothing. */
  readonly nextAt: string | null
}

/** What happened in this server over the last minute, or since it started where that is less. */
export interface Throughput {
  readonly handledPerSecond: number
  readonly failedPerSecond: number
}

/** How far a subscription was behind at a time; one every ten seconds, for an hour. */
export interface LagPoint extends Lag, Throughput {
  readonly at: string
}

/** Waits in seconds, as the API takes and gives them. */
export interface RetryView {
  /** Tries altogether. */
  readonly attempts: number
  readonly backoff: 'fixed' | 'exponential'
  readonly initialSeconds: number
  readonly maxSeconds: number
  readonly jitter: 'none' | 'full' | 'equal'
}

/** Where a new subscription begins. */
export type StartView = 'beginning' | 'now' | { readonly position: number } | { readonly time: string }

/** What a tenant says of a subscription of its own: the body of `POST /v1/subscriptions` and of `PUT`. */
export interface SubscriptionRequest {
  /** 1 to 50 letters, digits and `.` `_` `-`; not in a `PUT`. */
  readonly name?: string
  readonly types?: readonly string[]
  readonly topics?: readonly string[]
  readonly filter?: string
  readonly start?: StartView
  readonly retry?: Partial<RetryView>
  /** What follows a dead letter in its key goes on (`setAside`), or waits until the key is let go on (`parkKey`). */
  readonly deadLetter?: 'setAside' | 'parkKey'
  /** Deliveries that may be with consumers at the same time. */
  readonly concurrency?: number
  /** Seconds that a consumer has to settle a delivery. */
  readonly timeoutSeconds?: number
}

/** Every setting of a subscription; null where it does not say. */
export interface SubscriptionSettings {
  readonly types: readonly string[] | null
  readonly topics: readonly string[] | null
  readonly filter: string | null
  readonly start: StartView | null
  readonly retry: RetryView | null
  readonly deadLetter: 'setAside' | 'parkKey' | null
  readonly concurrency: number | null
  readonly timeoutSeconds: number | null
}

export interface SubscriptionItem {
  readonly name: string
  readonly kind: SubscriptionKind
  /** Whose it is: the tenant's, or the platform's, which only platform administrators see. */
  readonly scope: 'tenant' | 'platform'
  /** Made through the API and consumed by `pull`: it can be changed and deleted there. */
  readonly isOwn: boolean
  readonly state: SubscriptionState
  readonly lag: Lag
  readonly throughput: Throughput
  /** The newest points of the history, at most 60: for a small picture in a list. */
  readonly recent: readonly LagPoint[]
  /** With handlers or consumers now; of this server. */
  readonly inFlight: number
  /** Waiting for a retry, and dead letters; counted up to 1,000 each. */
  readonly retriesWaiting: number
  readonly deadLetters: number
  /** Null where only the broker knows. */
  readonly scheduled: ScheduledView | null
  readonly breaker: BreakerView
  /** Name of the process that has it; null for nobody. */
  readonly owner: string | null
  /** Whether that is the server that answers. */
  readonly isOwnedHere: boolean
  /** Message of the last failure, until something goes well. */
  readonly lastError: string | null
  readonly settings: SubscriptionSettings
}

export interface SubscriptionPartition {
  readonly partition: number
  readonly position: number
  readonly lag: Lag
  readonly retriesWaiting: number
  readonly deadLetters: number
  readonly scheduled: ScheduledView | null
  readonly inFlight: number
  readonly breaker: BreakerView
  readonly owner: string | null
}

/** `GET /v1/subscriptions/{name}`; its `ETag` is what `If-Match` takes, of own ones. */
export interface SubscriptionDetail extends SubscriptionItem {
  /** Oldest first. */
  readonly history: readonly LagPoint[]
  readonly partitions: readonly SubscriptionPartition[]
  /** Calls of handlers in this server since it started. */
  readonly handled: number
  readonly failed: number
  /** Only of own ones. */
  readonly createdAt: string | null
  readonly updatedAt: string | null
  /** Id of the key that made it. */
  readonly createdBy: string | null
  readonly etag: string | null
}

/** `GET /v1/subscriptions`, by name. */
export interface SubscriptionPage {
  readonly data: readonly SubscriptionItem[]
  /** How many own ones a tenant may have. */
  readonly limit: number
}

/** `POST /v1/subscriptions/{name}/pause` and `/resume`. */
export interface PauseResult {
  readonly name: string
  readonly state: SubscriptionState
}

/** Body of `POST /v1/subscriptions/{name}/pull`. */
export interface PullRequest {
  /** 1 to 1,000, default 10. */
  readonly max?: number
  /** 0 to 30, default 5: how long to wait for the first one. */
  readonly waitSeconds?: number
}

/** One event with a consumer, until it is settled or its time is over. */
export interface PulledDelivery {
  /** Names this delivery to `settle`. */
  readonly token: string
  /** From 1. */
  readonly attempt: number
  /** When it counts as failed unless it is settled. */
  readonly expiresAt: string
  readonly position: number
  readonly recordedAt: string
  /** Events of one key come one after the other; null is bound to no order. */
  readonly orderingKey: string | null
  /** Set by a replay of the log, not by one of dead letters; without side effects nothing may leave the consumer. */
  readonly replay: { readonly id: string; readonly sideEffects: boolean } | null
  readonly replayOf: ReplayedLetterView | null
  readonly event: Envelope
}

export interface PullResult {
  readonly data: readonly PulledDelivery[]
  readonly state: SubscriptionState
  readonly breaker: BreakerView
  /** True where another server has the subscription in hand: ask again, it may answer. */
  readonly isElsewhere: boolean
}

/** Body of `POST /v1/subscriptions/{name}/settle`. */
export interface SettleRequest {
  readonly done?: readonly string[]
  readonly failed?: readonly {
    readonly token: string
    /** A message, or what is known of the error. */
    readonly error: string | { readonly name?: string; readonly message: string; readonly code?: string }
    /** False: it becomes a dead letter at once. */
    readonly retry?: boolean
  }[]
}

export interface SettleResult {
  readonly settled: number
  /** Tokens whose time is over, or that were never given: these events come again. */
  readonly unknown: readonly string[]
}

export type DeadLetterReasonView = 'permanent' | 'exhausted' | 'expired' | 'parked'

export interface AttemptView {
  readonly at: string
  readonly name: string
  readonly message: string
  readonly code: string | null
  readonly fingerprint: string
}

export interface DeadLetterItem {
  readonly subscription: string
  /** Names it within its subscription: the position of its event. */
  readonly id: number
  readonly eventId: string
  readonly eventType: string
  readonly orderingKey: string | null
  readonly recordedAt: string
  readonly setAsideAt: string
  readonly reason: DeadLetterReasonView
  readonly fingerprint: string
  readonly attempts: number
  /** Null where nothing was tried. */
  readonly lastError: AttemptView | null
  readonly isEdited: boolean
}

/** `GET /v1/dead-letters`. */
export interface DeadLetterPageView {
  readonly data: readonly DeadLetterItem[]
  readonly page: Page
}

/** One kind of error of one subscription. */
export interface DeadLetterGroupItem {
  readonly subscription: string
  readonly fingerprint: string
  readonly reason: DeadLetterReasonView
  readonly error: { readonly name: string; readonly message: string }
  readonly count: number
  readonly eventTypes: Readonly<Record<string, number>>
  readonly firstAt: string
  readonly lastAt: string
}

/** `GET /v1/dead-letters/groups`, the largest first. */
export interface DeadLetterGroupPage {
  readonly data: readonly DeadLetterGroupItem[]
  /** False where there are more dead letters than were looked at. */
  readonly isComplete: boolean
}

export interface PayloadEditView {
  readonly at: string
  /** Id of the key. */
  readonly by: string
  readonly diff: readonly { readonly pointer: string; readonly from?: JsonValue; readonly to?: JsonValue }[]
}

/** `GET /v1/dead-letters/{subscription}/{id}`; its `ETag` is what `If-Match` takes. */
export interface DeadLetterDetail extends DeadLetterItem {
  readonly tries: readonly AttemptView[]
  /** As it stands in the log; null where its content was removed. */
  readonly event: Envelope | null
  /** What is delivered in place of the event's payload; absent where it was never edited. */
  readonly editedPayload?: JsonValue
  readonly edits: readonly PayloadEditView[]
  readonly etag: string
}

/** Body of `PATCH /v1/dead-letters/{subscription}/{id}`. */
export interface DeadLetterEdit {
  readonly payload: JsonValue
}

/** Which dead letters of a subscription: all of them where nothing more is said. */
export interface DeadLetterSelection {
  readonly subscription: string
  readonly ids?: readonly number[]
  readonly fingerprint?: string
  readonly type?: string
  /** Why they were set aside. */
  readonly cause?: DeadLetterReasonView
  readonly orderingKey?: string
  /** Set aside from this time, and before this time; RFC 3339. */
  readonly from?: string
  readonly to?: string
}

/** Body of `POST /v1/dead-letters/replay`. */
export interface DeadLetterReplayRequest extends DeadLetterSelection {
  /** Only says what would come of it. */
  readonly dryRun?: boolean
  readonly ratePerSecond?: number
}

export interface DeadLetterReplayCounts {
  readonly matched: number
  readonly replayed: number
  /** Those whose key stands still: they go on with it. */
  readonly held: number
  /** Those that somebody else changed or took at the same time. */
  readonly skipped: number
}

/** Answer to it: 200 to a dry run, without a run; else 202. */
export interface DeadLetterReplayResult extends DeadLetterReplayCounts {
  readonly dryRun: boolean
  /** To be followed at `/v1/replays/{id}`. */
  readonly run: ReplayItem | null
}

/** Body of `POST /v1/dead-letters/discard`. */
export interface DeadLetterDiscardRequest extends DeadLetterSelection {
  readonly reason: string
  readonly dryRun?: boolean
}

export interface DeadLetterDiscardResult {
  readonly dryRun: boolean
  readonly matched: number
  readonly discarded: number
  readonly skipped: number
}

/** Body of `POST /v1/dead-letters/unpark`. */
export interface UnparkRequest {
  readonly subscription: string
  readonly orderingKey: string
  /** `again` with the event that stopped the key, `skip` without it. */
  readonly how: 'again' | 'skip'
}

export interface UnparkResult {
  readonly released: number
}
