import type { ServiceBusMessage } from '@azure/service-bus'
import type { Envelope } from '../../../core/index.ts'
import { toUtc } from '../../../core/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
import type { BusSettings } from '../service-bus-options.ts'
import { massTransitType, toMassTransit } from './masstransit.ts'
import { filterFacts, property } from './properties.ts'
import { messageIdOf, sessionIdOf } from './session-id.ts'

/**
 * Milliseconds for which the broker keeps an event beyond its deadline: whoever receives it sees by itself that it is
 * late, in the event's turn. The broker gives up only what nobody comes for.
 */
const courtesy = 60_000

/** The message of an event, for one of its topics. */
export function toMessage(
  event: RecordedEvent,
  topic: string,
  partition: number,
  settings: Pick<BusSettings, 'orderingKey' | 'filterProperties' | 'body' | 'alarm'>,
): ServiceBusMessage {
  const { envelope, tenantId, eventId, eventType } = event
  const orderingKey = keyOf(event, settings.orderingKey)
  const now = settings.alarm.now()
  const isForeign = settings.body === 'masstransit'
  return {
    body: Buffer.from(isForeign ? JSON.stringify(toMassTransit(envelope, topic)) : bodyOf(event)),
    contentType: isForeign ? massTransitType : 'application/json',
    messageId: messageIdOf(tenantId, eventId),
    sessionId: sessionIdOf(tenantId, orderingKey, eventId),
    subject: eventType,
    correlationId: envelope.correlationId,
    ...scheduled(envelope, now),
    ...mortal(envelope, now),
    applicationProperties: {
      ...filterFacts(envelope, settings.filterProperties),
      [property.type]: eventType,
      [property.tenant]: tenantId,
      [property.trace]: envelope.traceId,
      [property.correlation]: envelope.correlationId,
      [property.version]: envelope.schemaVersion,
      [property.event]: eventId,
      [property.position]: event.position,
      [property.partition]: partition,
      [property.stream]: event.stream,
      [property.recordedAt]: event.recordedAt,
      [property.topic]: topic,
      ...(orderingKey === undefined ? {} : { [property.orderingKey]: orderingKey }),
    },
  }
}

/** Whole: whoever receives it need not have the keys of its sealed fields. */
const bodyOf = ({ body, disclosures, envelope }: RecordedEvent): string =>
  disclosures.length === 0 ? body : JSON.stringify(envelope)

/** The stream stands in for a key that cannot be had. */
function keyOf(event: RecordedEvent, orderingKey: BusSettings['orderingKey']): string | undefined {
  if (orderingKey === undefined) return event.stream
  try {
    return orderingKey(event.envelope)
  } catch {
    return event.stream
  }
}

function scheduled({ metadata }: Envelope, now: number): Pick<ServiceBusMessage, 'scheduledEnqueueTimeUtc'> {
  const at = timeOf(metadata?.['deliverAt'])
  return at === undefined || at <= now ? {} : { scheduledEnqueueTimeUtc: new Date(at) }
}

function mortal({ metadata }: Envelope, now: number): Pick<ServiceBusMessage, 'timeToLive'> {
  const at = timeOf(metadata?.['deliveryDeadline'])
  return at === undefined ? {} : { timeToLive: Math.max(1, at - now) + courtesy }
}

/** Milliseconds since the epoch, of a time as RFC 3339 has it or a number of them. */
function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  const time = typeof value === 'string' ? toUtc(value) : undefined
  return time === undefined ? undefined : Date.parse(time)
}
