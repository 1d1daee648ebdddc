import type { ServiceBusReceivedMessage } from '@azure/service-bus'
import type { Envelope, JsonObject } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import { fromMassTransit, massTransitType } from './masstransit.ts'
import { property } from './properties.ts'

/** What a message says of its event; the body is read when it is first asked for. */
export interface BusEvent {
  readonly eventId: string
  readonly tenantId: string
  readonly eventType: string
  readonly position: number
  readonly partition: number
  readonly orderingKey: string | undefined
  /** Milliseconds since the epoch. */
  readonly recordedAt: number
  readonly topic: string
  readonly envelope: Envelope
}

/** The event of a message; undefined where somebody else has put it there. */
export function readMessage(
  message: Pick<ServiceBusReceivedMessage, 'applicationProperties' | 'body' | 'contentType'>,
): BusEvent | undefined {
  const given = message.applicationProperties ?? {}
  const [eventId, tenantId, eventType, topic] = [
    property.event,
    property.tenant,
    property.type,
    property.topic,
  ].map(name => given[name])
  const [position, partition] = [given[property.position], given[property.partition]].map(Number)
  if (typeof eventId !== 'string' || typeof tenantId !== 'string' || typeof eventType !== 'string')
    return undefined
  if (typeof topic !== 'string' || !Number.isSafeInteger(position) || !Number.isSafeInteger(partition))
    return undefined
  const envelope = envelopeOf(message)
  if (envelope === undefined) return undefined
  const orderingKey = given[property.orderingKey]
  return {
    eventId,
    tenantId,
    eventType,
    topic,
    position: position ?? 0,
    partition: partition ?? 0,
    orderingKey: typeof orderingKey === 'string' ? orderingKey : undefined,
    recordedAt: Date.parse(String(given[property.recordedAt])),
    envelope,
  }
}

function envelopeOf({
  body,
  contentType,
}: Pick<ServiceBusReceivedMessage, 'body' | 'contentType'>): Envelope | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : String(body))
    if (!isJsonObject(json as JsonObject)) return undefined
    if (contentType === massTransitType) return fromMassTransit(json as JsonObject)
    const { eventId, payload } = json as JsonObject
    return typeof eventId === 'string' && payload !== undefined ? (json as JsonObject & Envelope) : undefined
  } catch {
    return undefined
  }
}
