import type { EnvelopeInput, JsonObject, JsonValue } from 'keelson'
import { canonicalJson, fromBaseEvent, isBaseEvent, isJsonObject } from 'keelson'
import type { Importer } from './port.ts'
import { digestId } from './record/digest.ts'
import { listAt, textAt, unmappable, valueAt } from './record/member.ts'

/** What the API adds to an event when it gives it out; the log that takes the event makes these anew. */
const added = new Set([
  'position',
  'sequence',
  'stream',
  'version',
  'recordedAt',
  'leafHash',
  'previousHash',
  'audit',
])

/**
 * Keelson's own events: canonical envelopes, the bus's form, and what `GET /v1/events` gives out, a page or an item.
 * One without an eventId gets `imp-` and a digest of its content, so that importing twice adds nothing. A tenantId is
 * kept: the platform refuses the events of another tenant.
 */
export const keelson: Importer = {
  format: 'keelson',
  title: 'Keelson events, exported or in the envelope',
  framing: {},
  expand: record =>
    'page' in asObject(record) && Array.isArray(valueAt(record, 'data')) ? listAt(record, 'data') : undefined,
  map(record, origin) {
    const envelope = readEnvelope(record)
    if (textAt(envelope, 'eventType') === undefined)
      throw unmappable('The event has no eventType', '/eventType')
    const sourced = {
      ...envelope,
      ...(envelope['source'] === undefined && origin.source !== undefined ? { source: origin.source } : {}),
    }
    const eventId = envelope['eventId'] ?? digestId('imp-', canonicalJson(envelope))
    return { ...sourced, eventId } as unknown as EnvelopeInput
  },
}

function readEnvelope(record: JsonValue): JsonObject {
  const item = valueAt(record, 'event')
  const value = isJsonObject(item) && valueAt(record, 'seal') !== undefined ? item : record
  if (!isJsonObject(value)) throw unmappable('A Keelson event is a JSON object')
  if (isBaseEvent(value)) return fromBaseEvent(value)
  if (!('leafHash' in value)) return value
  return Object.fromEntries(
    (Object.entries(value) as [string, JsonValue][]).filter(([name]) => !added.has(name)),
  )
}

const asObject = (record: JsonValue): JsonObject => (isJsonObject(record) ? record : {})
