import type { EnvelopeInput, JsonObject, JsonValue } from 'keelson'
import { toUtc } from 'keelson'
import type { AuditEventPayload } from '../../event/audit-event-received.ts'
import { sha256 } from './digest.ts'
import { unmappable } from './member.ts'

type Maybe<T> = { readonly [Key in keyof T]: T[Key] | undefined }
type Part<Name extends 'actor' | 'resource' | 'origin'> = NonNullable<AuditEventPayload[Name]>

export type ActorFacts = Pick<Part<'actor'>, 'type' | 'id'> & Partial<Maybe<Part<'actor'>>>
export type ResourceFacts = Pick<Part<'resource'>, 'type' | 'id'> & Partial<Maybe<Part<'resource'>>>

/** What an importer found in a record; texts of any length, undefined where the record does not say. */
export interface AuditFacts {
  readonly eventId: string
  readonly source: string
  /** As the record has it: RFC 3339 with a zone. */
  readonly time: string | undefined
  readonly traceparent?: string | undefined
  readonly recordId: string | undefined
  readonly account?: string | undefined
  readonly actor: ActorFacts
  readonly action: string
  readonly resource: ResourceFacts
  readonly outcome: AuditEventPayload['outcome']
  readonly reason?: string | undefined
  readonly origin?: Partial<Maybe<Part<'origin'>>>
  readonly summary: string
  readonly record: JsonValue
}

/** The envelope of an AuditEventReceived, with texts cut to what its schema takes. The record is kept whole. */
export function toAuditEvent(facts: AuditFacts): EnvelopeInput<JsonObject> {
  const occurredAt = facts.time === undefined ? undefined : toUtc(facts.time)
  if (occurredAt === undefined) {
    const found =
      facts.time === undefined ? 'has no time' : `has a time that is not RFC 3339: ${cut(facts.time, 60)}`
    throw unmappable(`The record ${found}, and an audit event must say when it happened`)
  }
  const { actor, resource, origin = {} } = facts
  const place = compact({
    address: cut(origin.address, 100),
    userAgent: cut(origin.userAgent, 1024),
    location: cut(origin.location, 512),
  })
  return {
    eventId: facts.eventId,
    eventType: 'AuditEventReceived',
    schemaVersion: '1.0',
    source: cut(facts.source, 512),
    occurredAt,
    ...(facts.traceparent === undefined ? {} : { traceparent: facts.traceparent }),
    payload: compact({
      eventId: cutId(facts.recordId, 512),
      tenantId: cutId(facts.account, 512),
      timestamp: facts.time === occurredAt ? undefined : facts.time,
      actor: compact({
        type: actor.type,
        id: cutId(actor.id, 512),
        name: cut(actor.name, 512),
        email: cut(actor.email, 512),
        onBehalfOf: cutId(actor.onBehalfOf, 512),
      }),
      action: cutId(facts.action, 200),
      resource: compact({
        type: cutId(resource.type, 200),
        id: cutId(resource.id, 1024),
        name: cut(resource.name, 512),
        url: (resource.url?.length ?? 0) > 2048 ? undefined : resource.url,
      }),
      outcome: facts.outcome,
      reason: cut(facts.reason, 2048),
      origin: Object.keys(place).length === 0 ? undefined : place,
      summary: cut(facts.summary.replaceAll(/\s+/g, ' '), 500),
      payload: facts.record,
    }),
  }
}

/** Leaves out what is undefined or empty. */
function compact(members: Record<string, JsonValue | undefined>): JsonObject {
  const object: JsonObject = {}
  for (const [key, value] of Object.entries(members)) {
    if (value !== undefined && value !== '') object[key] = value
  }
  return object
}

/** Cuts a text for people, never through a surrogate pair. */
export function cut<Text extends string | undefined>(text: Text, length: number): Text {
  if (text === undefined || text.length <= length) return text
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…` as Text
}

/** Cuts an id and keeps it apart from others with the same beginning. */
function cutId<Text extends string | undefined>(id: Text, length: number): Text {
  if (id === undefined || id.length <= length) return id
  return `${id.slice(0, length - 18).replace(/[\uD800-\uDBFF]$/, '')}~${sha256(id).slice(0, 16)}` as Text
}
