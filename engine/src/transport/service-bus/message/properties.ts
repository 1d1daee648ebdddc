import type { Envelope, JsonValue } from '../../../core/index.ts'

/** Names of application properties. Those of the event itself are for consumers outside of Keelson, too. */
export const property = {
  type: 'cs-event-type',
  tenant: 'cs-tenant-id',
  trace: 'cs-trace-id',
  correlation: 'cs-correlation-id',
  version: 'cs-schema-version',
  event: 'cs-event-id',
  position: 'cs-position',
  partition: 'cs-partition',
  stream: 'cs-stream',
  orderingKey: 'cs-ordering-key',
  recordedAt: 'cs-recorded-at',
  topic: 'cs-topic',
  /** Set on what was set aside here, as opposed to what the broker gave up itself. */
  setAside: 'cs-set-aside',
} as const

/** Members of the envelope that are texts; filters ask for them by these names. */
export const textMembers = [
  'eventId',
  'eventType',
  'schemaVersion',
  'tenantId',
  'source',
  'occurredAt',
  'correlationId',
  'traceId',
  'causationId',
  'projectId',
  'moduleId',
  'aggregateType',
  'aggregateId',
  'traceparent',
] as const satisfies readonly (keyof Envelope)[]

export type PropertyValue = string | number | boolean

/** What a filter that the broker evaluates may ask for, as far as the event has it. */
export function filterFacts(envelope: Envelope, paths: readonly string[]): Record<string, PropertyValue> {
  const facts: Record<string, PropertyValue> = {}
  for (const name of textMembers) {
    const value = envelope[name]
    if (typeof value === 'string') facts[name] = value
  }
  for (const path of paths) {
    const value = within(envelope, path.split('.'))
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      facts[path] = value
  }
  return facts
}

function within(envelope: Envelope, [root, ...names]: readonly string[]): JsonValue | undefined {
  let value = (root === 'payload' ? envelope.payload : envelope.metadata) as JsonValue | undefined
  for (const name of names) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
      return undefined
    value = (value as Readonly<Record<string, JsonValue>>)[name]
  }
  return value
}
