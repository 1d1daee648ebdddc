import { createHash } from 'node:crypto'
import { KeelsonError } from '../error.ts'
import { eventIdPattern } from '../id.ts'
import type { JsonObject, JsonValue } from '../json/json.ts'
import { isJsonObject, parseJson } from '../json/json.ts'
import type { EnvelopeInput } from './envelope.ts'

/** CloudEvents 1.0 attribute of each member of the envelope; extension names are lower-case and ≤ 20 characters. */
const extensions = {
  schemaVersion: 'schemaversion',
  tenantId: 'tenantid',
  correlationId: 'correlationid',
  traceId: 'traceid',
  causationId: 'causationid',
  projectId: 'projectid',
  moduleId: 'moduleid',
  aggregateType: 'aggregatetype',
  aggregateId: 'aggregateid',
  traceparent: 'traceparent',
} as const

const metadataAttribute = 'keelsonmetadata'
const sourcePrefix = 'urn:keelson:source:'
/** Attributes of a CloudEvent that the envelope has no member for are kept under this key of its metadata. */
const carrier = 'cloudEvent'
/** Attributes that the envelope itself fills. */
const ownAttributes: ReadonlySet<string> = new Set([
  ...Object.values(extensions),
  ...['specversion', 'type', 'time', 'data', metadataAttribute],
])

/** Whether a JSON object is a CloudEvent in structured mode. */
export function isCloudEvent(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && typeof value['specversion'] === 'string' && !('eventType' in value)
}

/** The CloudEvent (structured mode) of an envelope; {@link fromCloudEvent} gives the same envelope back. */
export function toCloudEvent(envelope: EnvelopeInput): JsonObject {
  const metadata = envelope.metadata as JsonObject | undefined
  const carried = metadata?.[carrier]
  const kept = isKept(carried, envelope) ? carried : undefined
  const own = kept === undefined ? metadata : withoutCarrier(metadata)
  const event: JsonObject = {
    specversion: '1.0',
    ...(envelope.eventId === undefined ? {} : { id: envelope.eventId }),
    source: toUriReference(envelope.source ?? '/'),
    type: envelope.eventType,
    ...(envelope.occurredAt === undefined ? {} : { time: envelope.occurredAt }),
    datacontenttype: 'application/json',
  }
  for (const [field, attribute] of Object.entries(extensions)) {
    const value = envelope[field as keyof typeof extensions]
    if (value !== undefined) event[attribute] = value
  }
  if (own !== undefined) event[metadataAttribute] = JSON.stringify(own)
  return { ...event, ...kept, data: envelope.payload as JsonValue }
}

/**
 * The envelope of a CloudEvent in structured mode. An id that is no event id becomes a digest of source and id
 * (which CloudEvents say are unique together); it, the subject and unknown extensions are kept in the metadata.
 */
export function fromCloudEvent(event: JsonObject): JsonObject {
  if (event['specversion'] !== '1.0') fault('/specversion', 'must be "1.0"')
  const {
    specversion: _,
    id,
    source,
    type,
    time,
    data,
    data_base64: base64,
    [metadataAttribute]: metadata,
    ...rest
  } = withoutNulls(event)
  if (base64 !== undefined) fault('/data_base64', 'is not supported: send JSON in data')
  if (typeof id !== 'string' || id === '') fault('/id', 'must be a non-empty text')
  if (typeof source !== 'string' || source === '') fault('/source', 'must be a URI reference')
  const contentType = rest['datacontenttype']
  if (contentType !== undefined && !isJsonType(contentType)) fault('/datacontenttype', 'must be a JSON type')
  const envelope: JsonObject = { eventType: type ?? null, payload: data === undefined ? {} : data }
  const kept: JsonObject = {}
  for (const [field, attribute] of Object.entries(extensions)) {
    const value = rest[attribute]
    if (value === undefined) continue
    envelope[field] = value
    delete rest[attribute]
  }
  if (eventIdPattern.test(id as string)) envelope['eventId'] = id as string
  else {
    envelope['eventId'] = cloudEventId(source as string, id as string)
    kept['id'] = id as string
  }
  envelope['source'] = fromUriReference(source as string)
  if (toUriReference(envelope['source'] as string) !== source) kept['source'] = source as string
  if (time !== undefined) envelope['occurredAt'] = time
  if (contentType === 'application/json') delete rest['datacontenttype']
  Object.assign(kept, rest)
  const own = metadata === undefined ? undefined : parseMetadata(metadata)
  if (own?.[carrier] !== undefined && Object.keys(kept).length > 0)
    fault(
      `/${metadataAttribute}`,
      `must not have the member ${carrier} beside attributes that are kept there`,
    )
  if (own !== undefined || Object.keys(kept).length > 0) {
    envelope['metadata'] = { ...own, ...(Object.keys(kept).length > 0 ? { [carrier]: kept } : {}) }
  }
  return envelope
}

/** The event id of a CloudEvent whose own id is not one: the same source and id always give the same. */
export function cloudEventId(source: string, id: string): string {
  return `ce-${createHash('sha256').update(`${source}\n${id}`).digest('hex').slice(0, 40)}`
}

/** Attributes that are null count as absent; the data may be null. */
function withoutNulls(event: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(event).filter(([name, value]) => value !== null || name === 'data'),
  )
}

function withoutCarrier(metadata: JsonObject | undefined): JsonObject | undefined {
  const { [carrier]: _, ...own } = metadata ?? {}
  return Object.keys(own).length > 0 ? own : undefined
}

/** Whether these are attributes that `fromCloudEvent` kept, rather than metadata that happens to have the name. */
function isKept(value: JsonValue | undefined, envelope: EnvelopeInput): value is JsonObject {
  if (!isJsonObject(value) || Object.keys(value).length === 0) return false
  const { id, source, datacontenttype: contentType, ...others } = value
  const own = envelope.source ?? '/'
  if (source !== undefined && (typeof source !== 'string' || source === '')) return false
  if (source !== undefined && (fromUriReference(source) !== own || toUriReference(own) === source))
    return false
  if (id !== undefined) {
    if (typeof id !== 'string' || id === '' || eventIdPattern.test(id)) return false
    if (cloudEventId(source ?? toUriReference(own), id) !== envelope.eventId) return false
  }
  if (contentType !== undefined && (!isJsonType(contentType) || contentType === 'application/json'))
    return false
  return Object.entries(others).every(
    ([name, item]) => /^[a-z0-9]+$/.test(name) && !ownAttributes.has(name) && !isStructured(item),
  )
}

const isStructured = (value: JsonValue): boolean => typeof value === 'object'
const isJsonType = (value: JsonValue): boolean =>
  typeof value === 'string' && /^application\/([\w.-]+\+)?json\b/i.test(value)

function parseMetadata(text: JsonValue): JsonObject {
  const value = typeof text === 'string' ? parseJson(text) : text
  if (!isJsonObject(value)) fault(`/${metadataAttribute}`, 'must be a JSON object as text')
  return value as JsonObject
}

const uriReference = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/

function toUriReference(source: string): string {
  return uriReference.test(source) && !source.startsWith(sourcePrefix)
    ? source
    : `${sourcePrefix}${encodeURIComponent(source)}`
}

function fromUriReference(source: string): string {
  if (!source.startsWith(sourcePrefix)) return source
  try {
    return decodeURIComponent(source.slice(sourcePrefix.length))
  } catch {
    return source
  }
}

function fault(pointer: string, message: string): never {
  throw new KeelsonError('envelope_invalid', `CloudEvent: ${pointer} ${message}`, {
    faults: [{ pointer, message }],
  })
}
