import type { JsonObject, JsonValue } from '../../core/index.ts'
import { currentContext, isJsonObject, KeelsonError } from '../../core/index.ts'
import { withMetadata } from './with-delivery.ts'

export const defaultMaxHops = 100

/**
 * The event with how many handlers stand between it and what began it all, in `metadata.hops`; as it is where no handler
 * publishes it.
 * @throws KeelsonError `event_loop`, which is not tried again.
 */
export function withHops<Event extends JsonValue>(event: Event, maxHops: number): Event | JsonObject {
  const { hops: before } = currentContext()
  if (before === undefined || !isJsonObject(event)) return event
  const hops = before + 1
  if (hops > maxHops)
    throw new KeelsonError(
      'event_loop',
      `${maxHops} events in a row were published by the handler of the one before, each caused by the last`,
      { maxHops },
    )
  return withMetadata(event, { hops })
}
