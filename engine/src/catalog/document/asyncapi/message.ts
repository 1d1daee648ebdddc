import type { JsonObject, JsonValue } from '../../../core/index.ts'
import type { EventDocument } from '../catalog-document.ts'
import { exampleEnvelope } from '../example-envelope.ts'

export const schemaFormat = 'application/schema+json;version=draft-2020-12'

/** A schema in its own dialect, which is newer than the one that AsyncAPI itself speaks. */
export const inOwnDialect = (schema: JsonObject): JsonObject => ({ schemaFormat, schema })

/** The message of an event. Its body is the envelope, in which the payload is as the event's schema says. */
export function toMessage(event: EventDocument): JsonObject {
  const properties = {
    eventType: { const: event.type },
    payload: { $ref: `#/components/schemas/${event.type}/schema` },
  }
  const headers = { properties: { 'cs-event-type': { const: event.type } } }
  return {
    name: event.type,
    title: event.type,
    summary: event.summary,
    contentType: 'application/json',
    tags: [event.kind, ...(event.context === undefined ? [] : [event.context])].map(name => ({ name })),
    correlationId: { $ref: '#/components/correlationIds/correlation' },
    headers: inOwnDialect({ allOf: [{ $ref: '#/components/schemas/messageProperties/schema' }, headers] }),
    payload: inOwnDialect({ allOf: [{ $ref: '#/components/schemas/envelope/schema' }, { properties }] }),
    examples: event.examples.map((payload, index) => toExample(event, payload, index)),
    'x-keelson': facts(event),
  }
}

function toExample(event: EventDocument, example: JsonValue, index: number): JsonObject {
  const payload = exampleEnvelope(event, example)
  const headers = {
    'cs-event-type': event.type,
    'cs-tenant-id': payload['tenantId'] as string,
    'cs-trace-id': payload['traceId'] as string,
    'cs-correlation-id': payload['correlationId'] as string,
    'cs-schema-version': event.version,
  }
  return { name: `${event.type}${index + 1}`, headers, payload }
}

/** What AsyncAPI has no word for. What readers derive is neither stored nor handed to anybody. */
function facts(event: EventDocument): JsonObject {
  const { type: _, summary: __, schema: ___, examples: ____, ...rest } = event
  const { retention: _____, retry: ______, deadLetter: _______, ...derived } = rest
  return JSON.parse(JSON.stringify(event.isDerived ? derived : rest)) as JsonObject
}
