import { createHash } from 'node:crypto'
import type { EnvelopeInput } from './envelope.ts'
import { KeelsonError } from './error.ts'
import { eventIdPattern } from './id.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { isJsonObject, parseJson } from './json.ts'

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

/** Whether a JSON object is a CloudEvent in structured mode. */
export function isCloudEvent(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && typeof value['specversion'] === 'string' && !('eventType' in value)
}

/** The CloudEvent (structured mode) of an envelope; {@link fromCloudEvent} gives the same envelope back. */
export function toCloudEvent(envelope: EnvelopeInput): JsonObject {
  const { [carrier]: carried, ...own } = (envelope.metadata ?? {}) as JsonObject
  const kept = isJsonObject(carried) ? carried : {}
  const event: JsonObject = {
    specversion: '1.0',
    id: envelope.eventId ?? null,
    source: typeof kept['source'] === 'string' ? kept['source'] : toUriReference(envelope.source ?? '/'),
    type: envelope.eventType,
    time: envelope.occurredAt ?? null,
    datacontenttype: 'application/json',
  }
  for (const [field, attribute] of Object.entries(extensions)) {
    const value = envelope[field as keyof typeof extensions]
    if (value !== undefined) event[attribute] = value
  }
  const hasOwn = Object.keys(own).length > 0 || (envelope.metadata !== undefined && carried === undefined)
  const ownWithCarried = isJsonObject(carried) ? own : (envelope.metadata as JsonObject)
  if (hasOwn) event[metadataAttribute] = JSON.stringify(ownWithCarried)
  Object.assign(event, kept)
  event['data'] = envelope.payload as JsonValue
  for (const key of Object.keys(event)) if (event[key] === null && key !== 'data') delete event[key]
  return event
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
  } = event
  if (base64 !== undefined) fault('/data_base64', 'is not supported: send JSON in data')
  if (typeof id !== 'string' || id === '') fault('/id', 'must be a non-empty text')
  if (typeof source !== 'string' || source === '') fault('/source', 'must be a URI reference')
  const contentType = rest['datacontenttype']
  if (contentType !== undefined && !/^application\/([\w.-]+\+)?json\b/i.test(String(contentType))) {
    fault('/datacontenttype', 'must be a JSON type')
  }
  const envelope: JsonObject = { eventType: type ?? null, payload: data ?? {} }
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
  if (own !== undefined || Object.keys(kept).length > 0) {
    envelope['metadata'] = { ...own, ...(Object.keys(kept).length > 0 ? { [carrier]: kept } : {}) }
  }
  return envelope
}

/** The event id of a CloudEvent whose own id is not one: the same source and id always give the same. */
export function cloudEventId(source: string, id: string): string {
  return `ce-${createHash('sha256').update(`${source}\n${id}`).digest('hex').slice(0, 40)}`
}

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
