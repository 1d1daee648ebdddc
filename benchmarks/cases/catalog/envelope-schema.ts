const text = { type: 'string', minLength: 1, maxLength: 1024 }

/** The envelope's rules as JSON Schema, as strict as Keelson's own check of it. */
export function envelopeSchema(payload: object): object {
  return {
    type: 'object',
    required: ['eventId', 'eventType', 'tenantId', 'occurredAt', 'payload'],
    additionalProperties: false,
    properties: {
      eventId: { type: 'string', pattern: '^[A-Za-z0-9._:-]{1,128}$' },
      eventType: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9._:/-]{0,127}$' },
      schemaVersion: { type: 'string', pattern: '^\\d{1,4}\\.\\d{1,4}$' },
      tenantId: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,63}$' },
      occurredAt: { type: 'string', format: 'date-time' },
      recordedAt: { type: 'string', format: 'date-time' },
      source: text,
      correlationId: text,
      causationId: text,
      traceId: text,
      traceparent: text,
      projectId: text,
      moduleId: text,
      aggregateType: text,
      aggregateId: text,
      metadata: {
        type: 'object',
        properties: {
          user: text,
          ip: text,
          userAgent: text,
          entityId: text,
          crossTenant: { type: 'boolean' },
          sourceTenantId: text,
          targetTenantId: text,
        },
      },
      payload,
    },
  }
}
