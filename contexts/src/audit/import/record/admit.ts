import type { CompleteEvent, EnvelopeInput, JsonValue } from 'keelson'
import { completeEvent, createCatalog } from 'keelson'
import { AuditEventReceived } from '../../event/audit-event-received.ts'

const catalog = createCatalog([AuditEventReceived])

/**
 * Checks an audit event as the platform does when it is published, without storing it: for tests of importers.
 * @throws KeelsonError naming what is wrong with the envelope or the payload.
 */
export function admit(event: EnvelopeInput): CompleteEvent {
  const ids = { ulid: () => '01J00000000000000000000000' }
  const completion = { tenantId: 'acme', ids, now: Date.now(), source: 'test' }
  return catalog.admit(completeEvent(event as unknown as JsonValue, completion), false)
}
