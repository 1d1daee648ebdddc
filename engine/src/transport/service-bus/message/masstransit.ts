import { createHash } from 'node:crypto'
import type { Envelope, JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'

export const massTransitType = 'application/vnd.masstransit+json'

/** Members that stand elsewhere in the body. */
type Rest = Omit<Envelope, 'payload'>

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** An id as MassTransit reads it: as it stands where it is a UUID, else one that is made from it. */
export function toGuid(id: string): string {
  if (uuid.test(id)) return id
  const hash = createHash('sha256').update(id).digest('hex')
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    hash.slice(12, 16),
    hash.slice(16, 20),
    hash.slice(20, 32),
  ].join('-')
}

/**
 * The body that MassTransit's consumers read, by its documented message envelope: the payload is the message, the rest of
 * the event stands in a header, from which it is read back.
 */
export function toMassTransit({ payload, ...rest }: Envelope, topic: string): JsonObject {
  return {
    messageId: toGuid(rest.eventId),
    correlationId: toGuid(rest.correlationId),
    conversationId: toGuid(rest.correlationId),
    ...(rest.causationId === undefined ? {} : { initiatorId: toGuid(rest.causationId) }),
    destinationAddress: `topic:${topic}`,
    messageType: [`urn:message:Keelson:${rest.eventType}`],
    message: payload,
    sentTime: rest.occurredAt,
    headers: { 'cs-envelope': rest as Rest & JsonObject },
  }
}

/** The event of such a body; undefined where it was not Keelson that sent it. */
export function fromMassTransit(body: JsonValue): Envelope | undefined {
  if (!isJsonObject(body) || body['message'] === undefined || !isJsonObject(body['headers'])) return undefined
  const rest = body['headers']['cs-envelope']
  if (!isJsonObject(rest) || typeof rest['eventId'] !== 'string') return undefined
  return { ...rest, payload: body['message'] } as JsonObject & Envelope
}
