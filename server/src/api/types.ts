import type { AuditView } from '@keelson/contexts/audit'
import type { Envelope, JsonValue } from 'keelson'
import type { Page } from './page.ts'

/** Shapes of the catalogue: `GET /v1/catalog`, and of an event below it. */
export type {
  CatalogDocument,
  CommandDocument,
  EventDetailDocument,
  EventDocument,
  SchemaChange,
  SchemaComparison,
  TopicDocument,
  VersionPair,
} from 'keelson'

/** Shapes of subscriptions and dead letters. */
export type {
  AttemptView,
  BreakerView,
  DeadLetterDetail,
  DeadLetterDiscardRequest,
  DeadLetterDiscardResult,
  DeadLetterEdit,
  DeadLetterGroupItem,
  DeadLetterGroupPage,
  DeadLetterItem,
  DeadLetterPageView,
  DeadLetterReasonView,
  DeadLetterReplayCounts,
  DeadLetterReplayRequest,
  DeadLetterReplayResult,
  DeadLetterSelection,
  Lag,
  LagPoint,
  PauseResult,
  PayloadEditView,
  PulledDelivery,
  PullRequest,
  PullResult,
  RetryView,
  ScheduledView,
  SettleRequest,
  SettleResult,
  StartView,
  SubscriptionDetail,
  SubscriptionItem,
  SubscriptionKind,
  SubscriptionPage,
  SubscriptionPartition,
  SubscriptionRequest,
  SubscriptionSettings,
  SubscriptionState,
  Throughput,
  UnparkRequest,
  UnparkResult,
} from './delivery.ts'
/** Shapes of the tenant's log: its heads, proofs and checks. */
export type {
  CheckpointItem,
  CheckpointPage,
  ConsistencyView,
  InclusionView,
  LogCheckItem,
  LogCheckState,
  LogCheckSummary,
  LogHeadView,
  LogKeyRotation,
  LogStatusView,
  SealedEventView,
} from './log.ts'
export type { Page } from './page.ts'
/** Shapes of what is removed from the log, and of what keeps it from being removed. */
export type {
  ApproverDraft,
  ApproverItem,
  CopyProgressView,
  ErasureItem,
  ErasurePage,
  ExportedCopy,
  HoldItem,
  HoldScopeView,
  RedactionItem,
  RedactionPage,
  RemovalReceiptView,
  RemovalStatusView,
  RetentionPolicyItem,
  RetentionRunResult,
  SubjectView,
} from './removal.ts'

/** An event as the API gives it: its envelope, where it stands in the log, and how the audit trail shows it. */
export interface EventItem extends Omit<Envelope, 'payload'> {
  readonly payload?: JsonValue
  /**
   * Only where there is no content to be read, in lists: where it is. What the content would say is empty then, and
   * `occurredAt` is when the event was recorded.
   */
  readonly content?: 'archived' | 'removed'
  /** Only where versions were asked for, in lists and the tail: why the event comes in its own version all the same. */
  readonly unreadable?: { readonly code: string; readonly detail: string }
  readonly recordedAt: string
  /** Contiguous over the whole store. */
  readonly position: number
  /** Dense from 0 in the tenant's log. */
  readonly sequence: number
  readonly stream: string
  /** Dense from 1 in the stream. */
  readonly version: number
  readonly leafHash: string
  readonly previousHash: string
  readonly audit: AuditView
}

export interface EventPage {
  readonly data: readonly EventItem[]
  readonly page: Page
  /** Newest position in the tenant's log. */
  readonly head: number
  /** Position up to which the page is complete: the head, unless the read model could not keep up. */
  readonly completeTo: number
}

/** One event with all that is known of it; leaf and body are the exact texts that were hashed. */
export interface EventDetail {
  readonly event: EventItem
  readonly definition: DefinitionItem | null
  readonly seal: {
    readonly leaf: string
    readonly leafHash: string
    readonly previousHash: string
    readonly blind: string
    readonly body: string
    /** What opens the digests of the body, as far as the caller may see it. */
    readonly disclosures: readonly string[]
  }
  readonly neighbours: { readonly previous: EventItem | null; readonly next: EventItem | null }
}

export interface DefinitionItem {
  readonly type: string
  readonly version: string
  readonly kind: string
  readonly topic: string
  readonly producer: string
  readonly consumers: readonly string[]
  readonly summary: string
}
/** Shapes of replays. */
export type {
  ReplayItem,
  ReplayPage,
  ReplayPlace,
  ReplayProgressView,
  ReplayRequest,
  ReplayResult,
  ReplayState,
} from './replay.ts'
