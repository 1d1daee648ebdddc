import type { JsonValue } from '../json/json.ts'
import type { PersonalField } from './personal-field.ts'

/** Who and where; open to further members. */
export interface EventMetadata {
  readonly user?: string
  readonly ip?: string
  readonly userAgent?: string
  readonly entityId?: string
  readonly crossTenant?: boolean
  readonly sourceTenantId?: string
  readonly targetTenantId?: string
  readonly [key: string]: JsonValue | undefined
}

/** The canonical envelope, complete: what is validated, sealed, stored and delivered. */
export interface Envelope<Payload = JsonValue> {
  readonly eventId: string
  readonly eventType: string
  readonly schemaVersion: string
  readonly tenantId: string
  readonly source: string
  /** When it happened, RFC 3339 in UTC. */
  readonly occurredAt: string
  readonly correlationId: string
  readonly traceId: string
  readonly payload: Payload
  readonly causationId?: string
  readonly projectId?: string
  readonly moduleId?: string
  readonly aggregateType?: string
  readonly aggregateId?: string
  /** W3C Trace Context header. */
  readonly traceparent?: string
  readonly metadata?: EventMetadata
}

/** Members that Keelson fills in when the sender leaves them out; their order is the bit order of `filled`. */
export const fillableFields = [
  'eventId',
  'schemaVersion',
  'tenantId',
  'source',
  'correlationId',
  'traceId',
  'causationId',
  'traceparent',
  'aggregateType',
  'aggregateId',
  'occurredAt',
] as const satisfies readonly (keyof Envelope)[]

export type FillableField = (typeof fillableFields)[number]

/** An envelope as a sender gives it: required are the type and the payload, and when it happened. */
export type EnvelopeInput<Payload = JsonValue> = Omit<Envelope<Payload>, FillableField> &
  Partial<Pick<Envelope<Payload>, FillableField>>

/** The members of an envelope, all of them; anything else at the top level is refused. */
export const envelopeFields: ReadonlySet<string> = new Set([
  ...fillableFields,
  'eventType',
  'payload',
  'projectId',
  'moduleId',
  'metadata',
  'recordedAt',
])

/** A complete envelope together with which of its members Keelson filled in (a bit set over `fillableFields`). */
export interface CompleteEvent {
  readonly envelope: Envelope
  readonly filled: number
  /** The topic that the catalogue has for the event's type; undefined for a type that it does not know. */
  readonly topic?: string
  /** What is sealed of its payload: the members that the definition of the type calls personal, and ids of people. */
  readonly personal?: readonly PersonalField[]
}

/** The bit of a fillable field in `filled`. */
export function filledBit(field: FillableField): number {
  return 1 << fillableFields.indexOf(field)
}
