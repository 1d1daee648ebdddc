import type { RecordedChange, RegistryChange, RegistryLog } from '../catalog/index.ts'
import { catalogTopic } from '../catalog/index.ts'
import type { Clock, CompleteEvent, IdSource, JsonObject } from '../core/index.ts'
import { completeEvent, createIdSource, currentContext, KeelsonError, systemClock } from '../core/index.ts'
import type { EventStore } from '../store/index.ts'

const aggregate = { aggregateType: 'SchemaRegistry', aggregateId: 'schemas' } as const
const stream = `${aggregate.aggregateType}-${aggregate.aggregateId}`

export interface RegistryLogOptions {
  readonly clock?: Clock
  readonly ids?: IdSource
}

/** Keeps a registry in the event store: one stream in the log of each tenant, and in that of the platform. */
export function createRegistryLog(store: EventStore, options: RegistryLogOptions = {}): RegistryLog {
  const { clock = systemClock, ids = createIdSource(clock) } = options
  return {
    read: (scope, afterVersion) => readChanges(store, scope, afterVersion),
    async append(scope, expectedVersion, changes) {
      const now = clock.now()
      const events = changes.map(change => toEvent(change, scope, now, ids))
      await store.append(scope, [{ stream, expected: expectedVersion, events }])
    },
  }
}

async function* readChanges(
  store: EventStore,
  scope: string,
  afterVersion: number,
): AsyncGenerator<RecordedChange> {
  // What was removed is read too: versions count it.
  const options = { after: afterVersion, removed: 'include' } as const
  try {
    for await (const event of store.readStream(scope, stream, options)) {
      const { version, eventId, eventType, recordedAt } = event
      const payload = event.bodyState === 'removed' ? undefined : event.envelope.payload
      yield { version, eventId, eventType, payload, recordedAt }
    }
  } catch (error) {
    // The stream is shorter than it was: its tenant was deleted. That there is nothing tells it.
    if (!(error instanceof KeelsonError) || error.code !== 'position_unknown') throw error
  }
}

function toEvent(change: RegistryChange, tenantId: string, now: number, ids: IdSource): CompleteEvent {
  const { actor } = currentContext()
  const event = completeEvent(
    {
      eventType: change.eventType,
      occurredAt: new Date(now).toISOString(),
      ...aggregate,
      payload: change.payload as JsonObject,
      ...(actor !== undefined && { metadata: { user: actor } }),
    },
    { tenantId, ids, now, source: 'Schema Registry' },
  )
  return { ...event, topic: catalogTopic.name }
}
