import type { JsonObject, Platform } from 'keelson'
import { platformTenant } from 'keelson'
import type { DeliveryCaller } from './delivery-caller.ts'

/** Something that was done by hand: what, to what, and what came of it; never what an event says. */
export interface DeliveryAct {
  /** Such as `dead_letters.replayed`. */
  readonly action: string
  readonly resource: { readonly type: string; readonly id: string; readonly name?: string }
  readonly summary: string
  readonly reason?: string
  readonly details?: JsonObject
}

/** Writes it down in the log of the tenant that it is about; of the platform's own in that of the platform. */
export async function audit(
  platform: Platform,
  { key, tenantId = platformTenant }: DeliveryCaller,
  { action, resource, summary, reason, details }: DeliveryAct,
): Promise<void> {
  await platform.publish(tenantId, {
    eventType: 'AuditEventReceived',
    occurredAt: new Date().toISOString(),
    source: 'keelson',
    payload: {
      actor: { type: 'service', id: key.id, name: key.name },
      action,
      resource,
      outcome: 'success',
      summary: summary.slice(0, 500),
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { payload: details }),
    },
  })
}
