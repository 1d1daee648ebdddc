import type { Envelope } from '../core/index.ts'
import { boundedName } from '../core/index.ts'

/**
 * The stream that an event belongs to: one for each aggregate, or one for all events of a type that has none. The
 * type's own hyphens are escaped, so that the first one always ends it.
 */
export function streamName(envelope: Envelope): string {
  const { aggregateType, aggregateId, eventType } = envelope
  if (aggregateId === undefined) return eventType
  const type = (aggregateType ?? eventType).replaceAll('%', '%25').replaceAll('-', '%2D')
  return boundedName(`${type}-${aggregateId}`)
}
