import type { JsonObject, RecordedEvent } from 'keelson'

/** What such an event says better than its envelope. */
export interface RegistryView {
  readonly actor?: { readonly type: string; readonly id: string }
  readonly action: string
  readonly resource: { readonly type: string; readonly id: string; readonly name?: string }
  readonly summary: string
}

interface Act {
  readonly action: string
  /** What was done, in words. */
  readonly words: string
}

/** What the events of a schema registry say was done. */
const acts: Readonly<Record<string, (payload: JsonObject) => Act>> = {
  SchemaRegistered: () => ({ action: 'schema.registered', words: 'Schema registered' }),
  SchemaDeprecated: ({ isDeprecated }) =>
    isDeprecated === false
      ? { action: 'schema.undeprecated', words: 'Schema no longer deprecated' }
      : { action: 'schema.deprecated', words: 'Schema deprecated' },
  SchemaVersionDeleted: ({ isPermanent }) =>
    isPermanent === true
      ? { action: 'schema.erased', words: 'Schema deleted for good' }
      : { action: 'schema.deleted', words: 'Schema deleted' },
  SchemaCompatibilityChanged: ({ compatibility }) => ({
    action: 'schema.compatibility_changed',
    words: `Compatibility ${typeof compatibility === 'string' ? `set to ${compatibility}` : 'taken back'}`,
  }),
  SchemaModeChanged: ({ mode }) => ({
    action: 'schema.mode_changed',
    words: `Mode ${typeof mode === 'string' ? `set to ${mode}` : 'taken back'}`,
  }),
}

/** An event of the schema registry as the audit trail shows it: which subject, and who asked. Others have none. */
export function registryView({ envelope }: RecordedEvent, payload: JsonObject): RegistryView | undefined {
  const { eventType, aggregateType, aggregateId, metadata } = envelope
  const isKnown = aggregateType === 'SchemaRegistry' && Object.hasOwn(acts, eventType)
  const act = isKnown ? acts[eventType]?.(payload) : undefined
  if (act === undefined) return undefined
  const { subject, version } = payload
  const name =
    typeof version === 'number' ? `${String(subject)}, version ${version}` : String(subject ?? 'all subjects')
  // A key acts under its name, as it does in the events that it publishes.
  const userName = metadata?.['userName']
  return {
    action: act.action,
    resource:
      typeof subject === 'string'
        ? { type: 'schema', id: subject, name }
        : { type: aggregateType as string, id: aggregateId as string },
    summary: `${act.words}: ${name}`,
    ...(typeof userName === 'string' && { actor: { type: 'service', id: userName } }),
  }
}
