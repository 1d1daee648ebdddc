import type { EventStore } from '../../store/index.ts'
import type { Support, TransportCapabilities } from '../port-types.ts'
import type { ServerVersion } from './connection/server-version.ts'
import { isAtLeast, oldestVersion, severalSubjects } from './connection/server-version.ts'

/** The same on every server that will do: what some lack is done by the adapter. */
export const natsCapabilities = (store: EventStore): TransportCapabilities => ({
  name: 'nats',
  order: 'native',
  duplicates: 'native',
  schedule: 'emulated',
  ttl: 'emulated',
  filters: 'emulated',
  deadLetters: 'emulated',
  leases: 'emulated',
  partitions: store.capabilities.shards,
  sql: store.capabilities.sql,
})

/** What a server does by itself, and what the adapter does in its place. */
export interface ServerFeature {
  readonly name: string
  readonly support: Support
  readonly note: string
}

/** Features of a server of a version; `refused` are those of a server that is too old. */
export function serverFeatures(version: ServerVersion): readonly ServerFeature[] {
  const isFit = isAtLeast(version, oldestVersion)
  const since = (oldest: ServerVersion): Support =>
    !isFit ? 'refused' : isAtLeast(version, oldest) ? 'native' : 'emulated'
  const emulated: Support = isFit ? 'emulated' : 'refused'
  return [
    {
      name: 'order',
      support: since(oldestVersion),
      note: 'One stream for each partition, fenced by sequence.',
    },
    { name: 'duplicates', support: since(oldestVersion), note: 'By sequence, and by Nats-Msg-Id.' },
    { name: 'filter by one subject', support: since(oldestVersion), note: 'One tenant, one type.' },
    { name: 'filter by several subjects', support: since(severalSubjects), note: 'Several types; topics.' },
    { name: 'filter by properties', support: emulated, note: 'Asked by the receiver.' },
    { name: 'ttl', support: emulated, note: 'metadata.deliveryDeadline, asked by the receiver.' },
    { name: 'schedule', support: emulated, note: 'metadata.deliverAt, kept by the receiver in the store.' },
    { name: 'pause', support: emulated, note: 'Nothing is pulled while a breaker is open.' },
    { name: 'dead letters', support: emulated, note: 'Documents of the store.' },
    { name: 'leases', support: emulated, note: 'Documents of the store.' },
  ]
}
