import type { Static, TSchema } from 'typebox'
import type { Envelope } from '../envelope/envelope.ts'
import type { PersonalField } from '../envelope/personal-field.ts'
import { checkCommon, checkMajor, checkPolicies, failWith } from './check-definition.ts'
import { closeObjects } from './close-objects.ts'

/** Domain: within its context. Integration: a contract with other contexts. System: the platform's own. */
export type EventKind = 'domain' | 'integration' | 'system'

/** How long an event is kept where the tenant's own policy does not say. */
export interface RetentionDefault {
  /** ISO 8601 in whole years, months, weeks or days (`P7Y`), or `forever`. */
  readonly period: string
  /** Why so long: the rule or the need. */
  readonly basis: string
}

/** How often a consumer tries an event before it is a dead letter. Times in milliseconds. */
export interface RetryPolicy {
  readonly attempts: number
  readonly backoff: 'fixed' | 'exponential'
  readonly initialDelay: number
  readonly maxDelay?: number
}

/** What becomes of an event that a consumer could not handle. */
export interface DeadLetterPolicy {
  /** ISO 8601 as in a retention, or `forever`. */
  readonly keepFor: string
  /** Who is told, and how soon: `page` at once, `ticket` in working hours, `none` only shown. */
  readonly alert: 'page' | 'ticket' | 'none'
}

/** What is worth watching about an event. */
export interface MonitoringHints {
  /** What to count or measure, each a sentence. */
  readonly metrics: readonly string[]
  /** When to wake somebody, each a sentence. */
  readonly alerts?: readonly string[]
}

/** Everything that is known about one version of one event type; all else is derived from it. */
export interface EventDefinition<Schema extends TSchema = TSchema> {
  readonly type: string
  /** `major.minor`: major goes with a `V2` in the name, minor counts additive revisions. */
  readonly version: string
  readonly kind: EventKind
  readonly topic: string
  /** Further topics on which the same event is published. */
  readonly alsoOn?: readonly string[]
  readonly summary: string
  readonly producer: string
  readonly consumers: readonly string[]
  readonly aggregate?: string
  /** The id of what the event is about; events with the same key keep their order and share a stream. */
  readonly orderingKey?: (event: Envelope<Static<Schema>>) => string | undefined
  /** What two reports of one fact have in common; where it is not given, the event's id. */
  readonly idempotencyKey?: (event: Envelope<Static<Schema>>) => string
  readonly payload: Schema
  /** What always holds of such an event beyond its schema, each a sentence. */
  readonly rules?: readonly string[]
  /** Set where the event is derived from the log by its readers, and so is never published or stored. */
  readonly isDerived?: boolean
  /** Set where only Keelson itself writes the event, when it has done what the event says. */
  readonly isReserved?: boolean
  readonly personal?: readonly PersonalField[]
  readonly retention?: RetentionDefault
  readonly retry?: RetryPolicy
  readonly deadLetter?: DeadLetterPolicy
  readonly monitoring?: MonitoringHints
  /** Set where the type is going away: since when (RFC 3339 date), until when, and what stands in its place. */
  readonly deprecated?: Deprecation
  readonly examples: readonly Static<Schema>[]
}

export interface Deprecation {
  readonly since: string
  /** Why it is going away, in a sentence. */
  readonly reason?: string
  readonly sunset?: string
  readonly successor?: string
}

export type PayloadOf<Definition> = Definition extends EventDefinition<infer Schema> ? Static<Schema> : never

/**
 * Defines an event. Object schemas that do not say whether they take further members are closed, so that a
 * misspelt member is an error where it is made.
 *
 * @throws TypeError naming what is wrong with the definition: a mistake of the programmer, found at start.
 */
export function defineEvent<Schema extends TSchema>(
  definition: EventDefinition<Schema>,
): EventDefinition<Schema> {
  const fail = failWith('event', definition.type)
  checkCommon(definition, fail)
  checkMajor(definition, fail)
  checkPolicies(definition, fail)
  const payload = closeObjects(definition.payload) as Schema
  return Object.freeze({ ...definition, payload })
}
