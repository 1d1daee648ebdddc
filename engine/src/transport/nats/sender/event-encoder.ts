import { KeelsonError, toKeelsonError } from '../../../core/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
import type { NatsClient } from '../connection/nats-link.ts'
import type { MessageOrigin } from '../message/event-message.ts'
import { toHeaders } from '../message/event-message.ts'
import type { StreamSettings } from '../stream/stream-options.ts'
import { subjectRoot } from '../stream/stream-options.ts'
import { toSubject } from '../stream/subject.ts'

/** The topic that the catalogue has for a type; undefined where it is not known. */
export type TopicOf = (eventType: string, tenantId: string) => string | undefined

export interface EventMessage {
  readonly subject: string
  readonly body: Uint8Array
  readonly headers: Record<string, string[]>
  /** Bytes of body and headers, at least. */
  readonly size: number
}

export type Encoder = (
  event: RecordedEvent,
  origin: MessageOrigin,
) => EventMessage | { readonly error: KeelsonError }

/** The first line of headers, and the one with the sequence that is expected. */
const headerRoom = 80

/** Makes messages of events; what can never be one is told with its reason. */
export function createEncoder(
  { connection }: NatsClient,
  settings: StreamSettings,
  { partition, topicOf }: { readonly partition: number; readonly topicOf: TopicOf },
): Encoder {
  const root = subjectRoot(settings, partition)
  return (event, origin) => {
    // Another server of the cluster may have another bound.
    const largest = connection.info?.max_payload ?? 1024 * 1024
    try {
      const headers = toHeaders(event, origin)
      const body = Buffer.from(event.body)
      const size = body.length + sizeOf(headers)
      if (size > largest) return tooLarge(event, body.length, largest)
      const topic = topicOf(event.eventType, event.tenantId)
      return {
        subject: toSubject(root, { topic, tenantId: event.tenantId, eventType: event.eventType }),
        body,
        headers,
        size,
      }
    } catch (error) {
      // One event's fault is not to hold up the others.
      return { error: toKeelsonError(error) }
    }
  }
}

/** Bytes; names and values are ASCII. */
function sizeOf(headers: Record<string, string[]>): number {
  let size = headerRoom
  for (const name in headers) size += name.length + (headers[name]?.[0]?.length ?? 0) + 4
  return size
}

function tooLarge(
  { eventId }: RecordedEvent,
  bytes: number,
  largest: number,
): { readonly error: KeelsonError } {
  const message = `The event ${eventId} has ${bytes} bytes, and the broker takes messages of ${largest}`
  return { error: new KeelsonError('event_too_large', message, { eventId, bytes, largest }) }
}
