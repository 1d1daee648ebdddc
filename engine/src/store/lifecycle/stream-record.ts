import type { TSchema } from 'typebox'
import type {
  Clock,
  CompleteEvent,
  EventDefinition,
  IdSource,
  JsonValue,
  PayloadOf,
} from '../../core/index.ts'
import { boundedName, completeEvent, createIdSource, KeelsonError, systemClock } from '../../core/index.ts'
import type { EventStore } from '../port.ts'

/** What every change of a stream as a whole can be given. */
export interface LifecycleOptions {
  /** Who asked for it, kept as the event's `metadata.user`. */
  readonly user?: string
  readonly clock?: Clock
  readonly ids?: IdSource
  readonly signal?: AbortSignal
}

/** The event that tells what was done to a stream, as it stands in the log. */
export interface StreamRecord<Definition> {
  readonly eventId: string
  readonly payload: PayloadOf<Definition>
  /** Whether it had been done before, and this is the event of that time. */
  readonly duplicate: boolean
}

const aggregateType = 'EventStream'

/** The stream of events about a stream, which itself keeps only its own. */
export function streamAbout(stream: string): string {
  return boundedName(`${aggregateType}-${boundedName(stream)}`)
}

/** The stream of what is done to a tenant's log. */
export const recordStream = '$log'

/**
 * @throws KeelsonError `append_invalid` for a stream of events about another one, `stream_reserved` for that of what is
 * done to the log: they stay open.
 */
export function checkSubject(stream: string): void {
  if (stream === recordStream)
    throw new KeelsonError(
      'stream_reserved',
      `The stream ${recordStream} records what is done to the log, and stays open`,
    )
  if (!stream.startsWith(`${aggregateType}-`)) return
  const message = `The stream "${stream.slice(0, 100)}" records what is done to another one, and stays open`
  throw new KeelsonError('append_invalid', message)
}

export function timeOf({ clock = systemClock }: LifecycleOptions): number {
  return clock.now()
}

/** An event about a stream. */
export function recordOf<Schema extends TSchema>(
  definition: EventDefinition<Schema>,
  payload: PayloadOf<EventDefinition<Schema>>,
  about: { readonly tenantId: string; readonly stream: string; readonly now: number },
  { user, clock, ids = createIdSource(clock) }: LifecycleOptions,
): CompleteEvent {
  const event = completeEvent(
    {
      eventType: definition.type,
      schemaVersion: definition.version,
      occurredAt: new Date(about.now).toISOString(),
      aggregateType,
      aggregateId: boundedName(about.stream),
      payload: payload as JsonValue,
      ...(user === undefined ? {} : { metadata: { user } }),
    },
    { tenantId: about.tenantId, ids, now: about.now, source: definition.producer },
  )
  return { ...event, topic: definition.topic }
}

/** The event that was recorded earlier. */
export async function earlierRecord<Definition extends EventDefinition>(
  store: EventStore,
  tenantId: string,
  eventId: string,
  definition: Definition,
): Promise<StreamRecord<Definition>> {
  const event = await store.readEvent(tenantId, eventId)
  if (event?.eventType !== definition.type)
    throw new KeelsonError(
      'store_damaged',
      `There is no ${definition.type} ${eventId}, though it was recorded`,
    )
  return { eventId, payload: event.envelope.payload as PayloadOf<Definition>, duplicate: true }
}
