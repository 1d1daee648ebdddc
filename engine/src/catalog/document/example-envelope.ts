import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'
import type { EventDocument } from './catalog-document.ts'

/** A complete envelope around one of an event's examples, always the same. */
export function exampleEnvelope(event: EventDocument, payload: JsonValue): JsonObject {
  const envelope: JsonObject = {
    eventId: 'evt-01JXCQ5T8MZ3F7W2K9R4B6N1HD',
    eventType: event.type,
    schemaVersion: event.version,
    tenantId: 'acme',
    source: event.producer,
    occurredAt: '2026-06-11T09:00:01Z',
    correlationId: 'evt-01JXCQ5T8MZ3F7W2K9R4B6N1HD',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    payload,
  }
  const key = event.orderingKey === undefined ? undefined : fillKey(event.orderingKey, envelope)
  if (event.aggregate === undefined || key === undefined) return envelope
  return { ...envelope, aggregateType: event.aggregate, aggregateId: key }
}

/** The key that its words describe, of one envelope; undefined where a part of it is not there. */
function fillKey(words: string, envelope: JsonObject): string | undefined {
  const parts: (string | undefined)[] = []
  const text = words.replace(/\{([^{}]+)\}/g, (_, path: string) => {
    const found = path.split('.').reduce<JsonValue | undefined>(memberOf, envelope)
    parts.push(typeof found === 'string' || typeof found === 'number' ? String(found) : undefined)
    return parts.at(-1) ?? ''
  })
  return parts.includes(undefined) ? undefined : text
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (Array.isArray(value)) return value[Number(name)]
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}
