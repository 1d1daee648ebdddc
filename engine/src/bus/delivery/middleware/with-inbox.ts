import type { Inbox } from '../../../store/index.ts'
import type { Middleware } from '../handler.ts'

/**
 * Exactly-once effect on transports that may deliver again what was completed: the claim on the event goes into the
 * handler's unit, and an event that was claimed is done.
 */
export const withInbox =
  (inbox: Inbox): Middleware =>
  next =>
  async (event, context) => {
    // A replay gives again what was handled, on purpose.
    if (context.replay !== undefined) return next(event, context)
    const { tenantId, eventId } = context.delivery
    if (await inbox.has(tenantId, eventId)) return
    await next(event, context)
    const { documents = [] } = inbox.claim(tenantId, eventId)
    context.unit.add({ documents })
  }
