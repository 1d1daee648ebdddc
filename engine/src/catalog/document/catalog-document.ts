import type {
  DeadLetterPolicy,
  Deprecation,
  EventKind,
  JsonObject,
  JsonValue,
  MonitoringHints,
  PersonalField,
  Rejection,
  RetentionDefault,
  RetryPolicy,
} from '../../core/index.ts'

/** Whose a type is: `platform` for those that every tenant has, `tenant` for those that one registered. */
export type CatalogScope = 'platform' | 'tenant'

/** A version of a type, and the SHA-256 of its schema's canonical JSON: for a registered one, of its text as it was registered. */
export interface DocumentVersion {
  readonly version: string
  readonly hash: string
}

/** Everything that the catalogue knows of an event, as plain JSON. */
export interface EventDocument {
  readonly type: string
  readonly version: string
  readonly kind: EventKind
  readonly topic: string
  readonly alsoOn: readonly string[]
  readonly summary: string
  readonly producer: string
  readonly consumers: readonly string[]
  readonly aggregate?: string
  /** What the key is made of, as `{payload.subscriptionId}`; absent where it cannot be said so. */
  readonly orderingKey?: string
  readonly idempotencyKey?: string
  readonly rules: readonly string[]
  readonly personal: readonly PersonalField[]
  readonly retention?: RetentionDefault
  readonly retry?: RetryPolicy
  readonly deadLetter?: DeadLetterPolicy
  readonly monitoring?: MonitoringHints
  readonly deprecated?: Deprecation
  readonly isDerived: boolean
  readonly isReserved: boolean
  /** The bounded context that defines it. */
  readonly context?: string
  readonly scope: CatalogScope
  /** JSON Schema 2020-12 of the payload. */
  readonly schema: JsonObject
  /** The hash of the newest version. */
  readonly schemaHash: string
  readonly examples: readonly JsonValue[]
  /** Oldest first; the last is the event's own. */
  readonly versions: readonly DocumentVersion[]
}

export interface CommandDocument {
  readonly type: string
  readonly version: string
  readonly aggregate: string
  readonly summary: string
  readonly emits: readonly string[]
  readonly rejections: readonly Rejection[]
  readonly permission?: string
  readonly rules: readonly string[]
  readonly personal: readonly PersonalField[]
  readonly context?: string
  readonly schema: JsonObject
  readonly schemaHash: string
  readonly examples: readonly JsonValue[]
}

export interface TopicDocument {
  readonly name: string
  readonly summary: string
  /** Producers of its events, and whom the topic itself names. */
  readonly publishers: readonly string[]
  readonly subscribers: readonly string[]
  readonly context?: string
  /** Types of the events on it. */
  readonly events: readonly string[]
}

/** A whole catalogue as one plain object; every other form is made from it. */
export interface CatalogDocument {
  readonly events: readonly EventDocument[]
  readonly commands: readonly CommandDocument[]
  readonly topics: readonly TopicDocument[]
}
