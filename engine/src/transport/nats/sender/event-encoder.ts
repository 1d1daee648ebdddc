import { KeelsonError, toKeelsonError } from '../../../core/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
import type { NatsClient } from '../connection/nats-link.ts'
import type { MessageOrigin } from '../message/event-message.ts'
import { sharedLines, toHeaders } from '../message/event-message.ts'
import type { StreamSettings } from '../stream/stream-options.ts'
import { subjectRoot } from '../stream/stream-options.ts'
import { toSubject } from '../stream/subject.ts'

/** The topic that the catalogue has for a type; undefined where it is not known. */
export type TopicOf = (eventType: string, tenantId: string) => string | undefined

export interface EventMessage {
  readonly subject: string
  /** As they go over the wire, but for the line with the sequence that is expected. */
  readonly headers: string
  readonly body: string
  /** Bytes of the headers, with room for that line, and of the body. */
  readonly size: number
}

export type Encoder = (
  event: RecordedEvent,
  origin: MessageOrigin,
) => EventMessage | { readonly error: KeelsonError }

/** Room for the line with the sequence that is expected. */
const headerRoom = 80

/** Kinds of events whose parts of a message are remembered; more are made anew each time. */
const mostKinds = 10_000

/** What messages of one tenant and type share. */
interface Kind {
  readonly subject: string
  readonly lines: string
}

/** Makes messages of events; what can never be one is told with its reason. */
export function createEncoder(
  { connection }: NatsClient,
  settings: StreamSettings,
  { partition, topicOf }: { readonly partition: number; readonly topicOf: TopicOf },
): Encoder {
  const root = subjectRoot(settings, partition)
  const kinds = new Map<string, Kind>()
  const kindOf = ({ eventType, tenantId }: RecordedEvent): Kind => {
    const topic = topicOf(eventType, tenantId)
    const name = `${tenantId}\n${eventType}${topic === undefined ? '' : `\n${topic}`}`
    const known = kinds.get(name)
    if (known !== undefined) return known
    const kind = {
      subject: toSubject(root, { topic, tenantId, eventType }),
      lines: sharedLines(eventType, tenantId),
    }
    if (kinds.size < mostKinds) kinds.set(name, kind)
    return kind
  }
  return (event, origin) => {
    // Another server of the cluster may have another bound.
    const largest = connection.info?.max_payload ?? 1024 * 1024
    try {
      const { subject, lines } = kindOf(event)
      const { body } = event
      const headers = toHeaders(event, origin, lines)
      const bytes = Buffer.byteLength(body)
      const size = bytes + headers.length + headerRoom
      return size > largest ? tooLarge(event, bytes, largest) : { subject, headers, body, size }
    } catch (error) {
      // One event's fault is not to hold up the others.
      return { error: toKeelsonError(error) }
    }
  }
}

function tooLarge(
  { eventId }: RecordedEvent,
  bytes: number,
  largest: number,
): { readonly error: KeelsonError } {
  const message = `The event ${eventId} has ${bytes} bytes, and the broker takes messages of ${largest}`
  return { error: new KeelsonError('event_too_large', message, { eventId, bytes, largest }) }
}
