import { createHash } from 'node:crypto'
import type { JsonObject } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import type { AcceptedEvent } from './carrier.ts'

/**
 * What the target has of an event that crosses from another tenant: the same content, under an id that a repeat
 * has too, caused by the event. Where the user sat is the source's own business.
 */
export function crossedCopy({ event, eventId }: AcceptedEvent, targetTenantId: string): JsonObject {
  const { metadata, correlationId = eventId, ...rest } = event
  const { ip: _, userAgent: __, keelson, ...own } = isJsonObject(metadata) ? metadata : {}
  const carried = isJsonObject(keelson) ? keelson : {}
  const id = createHash('sha256').update(`${eventId}\n${targetTenantId}`).digest('hex').slice(0, 40)
  return {
    ...rest,
    id: `crossed-${id}`,
    correlationId,
    metadata: { ...own, tenantId: targetTenantId, keelson: { ...carried, causationId: eventId } },
  }
}
