import type { EnvelopeInput, JsonObject, JsonValue } from 'keelson'
import { cloudEventId, fromCloudEvent, isCloudEvent, traceIdOf } from 'keelson'
import type { Importer, RecordOrigin } from './port.ts'
import { textAt, unmappable } from './record/member.ts'
import type { ActorFacts, ResourceFacts } from './record/to-audit-event.ts'
import { toAuditEvent } from './record/to-audit-event.ts'

export interface CloudEventsOptions {
  /** Whether the catalogue has this event type: such a CloudEvent is that event itself. */
  readonly isKnownType?: (type: string) => boolean
}

/**
 * CloudEvents 1.0 in structured mode. One of a type that the catalogue knows becomes that event. Any other becomes an
 * AuditEventReceived about it:
 *
 * - The event id is always a digest of source and id, because a CloudEvent's id says something within its source only.
 * - The time is `time`, else `recordedtime` (Recorded Time extension). Without either the record is refused: both are
 *   optional in CloudEvents, but the time of the import would be no fact, and another one at the next import.
 * - Who did it comes from the Auth Context extension (`authtype`, `authid`), else it is the source as a service.
 */
export function createCloudEventsImporter(options: CloudEventsOptions = {}): Importer {
  const isKnownType = options.isKnownType ?? (() => false)
  return {
    format: 'cloudevents',
    title: 'CloudEvents, structured',
    framing: {},
    map: (record, origin) => mapCloudEvent(record, origin, isKnownType),
  }
}

function mapCloudEvent(
  record: JsonValue,
  origin: RecordOrigin,
  isKnownType: (type: string) => boolean,
): EnvelopeInput {
  if (!isCloudEvent(record))
    throw unmappable('The record is no CloudEvent: it has no specversion', '/specversion')
  const id = need(record, 'id')
  const source = need(record, 'source')
  const type = need(record, 'type')
  const time = textAt(record, 'time') ?? textAt(record, 'recordedtime')
  if (time === undefined)
    throw unmappable('The CloudEvent has no time, so that it cannot be said when it happened', '/time')
  if (isKnownType(type)) return fromCloudEvent({ ...record, time }) as unknown as EnvelopeInput
  const actor = actorOf(record, source)
  const resource = resourceOf(record, source)
  return toAuditEvent({
    eventId: cloudEventId(source, id),
    source: origin.source ?? source,
    time,
    traceparent: traceparentOf(record),
    recordId: id,
    actor,
    action: type,
    resource,
    outcome: 'unknown',
    summary: `${actor.id}: ${type} on ${resource.id}`,
    record,
  })
}

/** Kept where it is one (W3C Trace Context); the record has it in any case. */
function traceparentOf(record: JsonObject): string | undefined {
  const text = textAt(record, 'traceparent')
  return text !== undefined && traceIdOf(text) !== undefined ? text : undefined
}

function need(record: JsonObject, name: string): string {
  const text = textAt(record, name)
  if (text === undefined) throw unmappable(`The CloudEvent has no ${name}`, `/${name}`)
  return text
}

/** A subject says something within its source only, so the source is its kind. */
function resourceOf(record: JsonObject, source: string): ResourceFacts {
  const subject = textAt(record, 'subject')
  return subject === undefined ? { type: 'source', id: source } : { type: source, id: subject }
}

const actorTypes: Readonly<Record<string, ActorFacts['type']>> = {
  app_user: 'user',
  user: 'user',
  service_account: 'service',
  api_key: 'service',
  system: 'system',
  unauthenticated: 'anonymous',
}

function actorOf(record: JsonObject, source: string): ActorFacts {
  const authType = textAt(record, 'authtype')
  const id = textAt(record, 'authid')
  if (authType === undefined && id === undefined) return { type: 'service', id: source }
  return { type: actorTypes[authType ?? ''] ?? 'service', id: id ?? authType ?? source }
}
