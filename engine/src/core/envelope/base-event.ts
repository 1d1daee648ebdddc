import { KeelsonError } from '../error.ts'
import type { JsonObject, JsonValue } from '../json/json.ts'
import { isJsonObject } from '../json/json.ts'
import type { EnvelopeInput } from './envelope.ts'

/** The bus's event: what every subsystem emits. */
export interface BaseEvent {
  id: string
  type: string
  source: string
  /** RFC 3339. */
  time: string
  dataVersion: string
  correlationId?: string
}

/** A bus event with content. */
export interface DomainEvent<Data = JsonValue> extends BaseEvent {
  data: Data
  metadata?: {
    user?: string
    ip?: string
    userAgent?: string
    entityId?: string
    tenantId?: string
    [key: string]: JsonValue | undefined
  }
}

/** Members of the envelope that the bus's form has no place for; they travel under this key of its metadata. */
const carrier = 'keelson'
const carried = [
  'traceId',
  'causationId',
  'projectId',
  'moduleId',
  'aggregateType',
  'aggregateId',
  'traceparent',
] as const

/** Whether a JSON object is in the bus's form: it has `id`, `type` and `time` where an envelope has `eventId`. */
export function isBaseEvent(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && 'type' in value && 'time' in value && !('eventType' in value)
}

/** The bus's form of an envelope; {@link fromBaseEvent} gives the same envelope back. */
export function toBaseEvent<Payload>(
  envelope: EnvelopeInput<Payload>,
): Partial<BaseEvent> & DomainEvent<Payload> {
  const rest: JsonObject = {}
  for (const field of carried) if (envelope[field] !== undefined) rest[field] = envelope[field]
  const own = envelope.metadata ?? {}
  // An empty or colliding metadata object would be lost in the merge, so it is carried whole.
  const isEmpty = envelope.metadata !== undefined && Object.keys(own).length === 0
  const carryWhole =
    carrier in own ||
    'tenantId' in own ||
    (isEmpty && (envelope.tenantId !== undefined || Object.keys(rest).length > 0))
  if (carryWhole) rest['metadata'] = own as JsonObject
  const metadata: JsonObject = {
    ...(envelope.tenantId === undefined ? {} : { tenantId: envelope.tenantId }),
    ...(carryWhole ? {} : (own as JsonObject)),
    ...(Object.keys(rest).length === 0 ? {} : { [carrier]: rest }),
  }
  return {
    ...given('id', envelope.eventId),
    type: envelope.eventType,
    ...given('source', envelope.source),
    ...given('time', envelope.occurredAt),
    ...given('dataVersion', envelope.schemaVersion),
    ...given('correlationId', envelope.correlationId),
    data: envelope.payload,
    ...(Object.keys(metadata).length === 0 && !isEmpty ? {} : { metadata }),
  } as DomainEvent<Payload>
}

/**
 * The envelope of a bus event. Its members are taken over unchecked: {@link completeEvent} checks the result. A
 * member that the bus's form does not have becomes an unknown member of the envelope, which that check names.
 */
export function fromBaseEvent(event: JsonObject | DomainEvent): JsonObject {
  const { id, type, source, time, dataVersion, correlationId, data, metadata, ...unknown } =
    event as JsonObject
  if ('payload' in unknown)
    throw new KeelsonError('envelope_invalid', 'An event has either data or payload, not both')
  const envelope: JsonObject = { ...unknown }
  put(envelope, 'eventId', id)
  put(envelope, 'eventType', type)
  put(envelope, 'source', source)
  put(envelope, 'occurredAt', time)
  put(envelope, 'schemaVersion', dataVersion)
  put(envelope, 'correlationId', correlationId)
  envelope['payload'] = data === undefined ? {} : data
  if (!isJsonObject(metadata)) {
    put(envelope, 'metadata', metadata)
    return envelope
  }
  const { tenantId, [carrier]: rest, ...own } = metadata
  put(envelope, 'tenantId', tenantId)
  if (isCarrier(rest) && !('metadata' in rest && Object.keys(own).length > 0)) Object.assign(envelope, rest)
  else if (rest !== undefined) own[carrier] = rest
  if (Object.keys(own).length > 0 || Object.keys(metadata).length === 0) envelope['metadata'] = own
  return envelope
}

function isCarrier(value: JsonValue | undefined): value is JsonObject {
  if (!isJsonObject(value)) return false
  const keys = Object.keys(value)
  return (
    keys.length > 0 && keys.every(key => key === 'metadata' || (carried as readonly string[]).includes(key))
  )
}

function given(key: string, value: JsonValue | undefined): JsonObject {
  return value === undefined ? {} : { [key]: value }
}

function put(target: JsonObject, key: string, value: JsonValue | undefined): void {
  if (value !== undefined) target[key] = value
}
