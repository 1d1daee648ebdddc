import type { JsonObject } from '../../../core/index.ts'

const text = (description: string, more: JsonObject = {}): JsonObject => ({
  type: 'string',
  description,
  ...more,
})

/** JSON Schema of the envelope without its payload, as the wire has it. Open: later versions may add members. */
export const envelopeSchema: JsonObject = {
  type: 'object',
  description: 'What every event carries besides its payload.',
  required: [
    'eventId',
    'eventType',
    'schemaVersion',
    'tenantId',
    'source',
    'occurredAt',
    'correlationId',
    'traceId',
    'payload',
  ],
  properties: {
    eventId: text('Consumers take each id once.', { pattern: '^[A-Za-z0-9._:-]{1,128}$' }),
    eventType: text('Name in the catalogue.'),
    schemaVersion: text('major.minor of the schema of the payload.', { pattern: '^\\d+\\.\\d+$' }),
    tenantId: text('Whose event it is.'),
    source: text('What emitted it.'),
    occurredAt: text('When it happened, RFC 3339 in UTC.', { format: 'date-time' }),
    recordedAt: text('When it was stored, RFC 3339 in UTC.', { format: 'date-time' }),
    correlationId: text('Shared by all that one request led to.'),
    causationId: text('Id of the event or command that it follows from.'),
    traceId: text('Trace of the request, as W3C Trace Context has it.'),
    traceparent: text('W3C Trace Context header.'),
    projectId: text('Project that it belongs to.'),
    moduleId: text('Module that it belongs to.'),
    aggregateType: text('Kind of what it is about.'),
    aggregateId: text('Id of what it is about; events with the same one keep their order.'),
    metadata: {
      type: 'object',
      description: 'Who and where; open to further members.',
      properties: {
        user: text('Who caused it.'),
        ip: text('Address that the request came from.'),
        userAgent: text('Program that the request came from.'),
        entityId: text('Entity that it belongs to.'),
        crossTenant: { type: 'boolean', description: 'Whether it went from one tenant to another.' },
        sourceTenantId: text('Tenant that it came from.'),
        targetTenantId: text('Tenant that it went to.'),
      },
    },
  },
}

/** JSON Schema of the properties that a message has beside its body, so that brokers can filter by them. */
export const propertiesSchema: JsonObject = {
  type: 'object',
  description: 'Application properties of the message.',
  required: ['cs-event-type', 'cs-tenant-id', 'cs-trace-id', 'cs-correlation-id', 'cs-schema-version'],
  properties: {
    'cs-event-type': text('eventType of the envelope.'),
    'cs-tenant-id': text('tenantId of the envelope.'),
    'cs-trace-id': text('traceId of the envelope.'),
    'cs-correlation-id': text('correlationId of the envelope.'),
    'cs-schema-version': text('schemaVersion of the envelope.'),
  },
}
