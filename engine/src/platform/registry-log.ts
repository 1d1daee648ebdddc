import type { PayloadValidator, RecordedChange, RegistryChange, RegistryLog } from '../catalog/index.ts'
import { catalogTopic, createValidator, registryEvents } from '../catalog/index.ts'
import type { Clock, CompleteEvent, IdSource, JsonObject, JsonValue } from '../core/index.ts'
import { completeEvent, createIdSource, currentContext, KeelsonError, systemClock } from '../core/index.ts'
import type { EventStore } from '../store/index.ts'

const aggregate = { aggregateType: 'SchemaRegistry', aggregateId: 'schemas' } as const
const producer = 'Schema Registry'
const stream = `${aggregate.aggregateType}-${aggregate.aggregateId}`

/** @throws KeelsonError `stream_reserved` where only Keelson itself writes to the stream. */
export function refuseReservedStream(name: string): void {
  if (name !== stream) return
  throw new KeelsonError(
    'stream_reserved',
    `The stream ${stream} holds the schema registry and is written by it alone`,
  )
}

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
  const isSound = soundness()
  try {
    for await (const event of store.readStream(scope, stream, options)) {
      const { version, eventId, eventType, recordedAt } = event
      const given = event.bodyState === 'removed' ? undefined : event.envelope.payload
      // A program that holds the store can append anything: what no registry wrote counts as nothing.
      const payload = given !== undefined && isSound(eventType, given) ? given : undefined
      yield { version, eventId, eventType, payload, recordedAt }
    }
  } catch (error) {
    // The stream is shorter than it was: its tenant was deleted. That there is nothing tells it.
    if (!(error instanceof KeelsonError) || error.code !== 'position_unknown') throw error
  }
}

/** Whether an event is one of the registry's. */
function soundness(): (eventType: string, payload: JsonValue) => boolean {
  const validators = new Map<string, PayloadValidator>()
  return (eventType, payload) => {
    const definition = registryEvents.find(({ type }) => type === eventType)
    if (definition === undefined) return false
    const validate = validators.get(eventType) ?? createValidator(definition.payload)
    validators.set(eventType, validate)
    try {
      validate(payload)
      return true
    } catch {
      return false
    }
  }
}

function toEvent(change: RegistryChange, tenantId: string, now: number, ids: IdSource): CompleteEvent {
  const { actor, source: actorName } = currentContext()
  const event = completeEvent(
    {
      eventType: change.eventType,
      occurredAt: new Date(now).toISOString(),
      ...aggregate,
      payload: change.payload as JsonObject,
      source: producer,
      ...(actor !== undefined && {
        metadata: { user: actor, ...(actorName !== undefined && { userName: actorName }) },
      }),
    },
    { tenantId, ids, now, source: producer },
  )
  return { ...event, topic: catalogTopic.name }
}
