import { runInContext } from '../../../core/index.ts'
import type { Middleware } from '../handler.ts'

/** What a handler emits belongs to the event's tenant, correlation and trace, and is caused by the event. */
export const withContext: Middleware = next => (event, context) => {
  const { tenantId, correlationId, traceId, traceparent, eventId } = event
  const given = { tenantId, correlationId, traceId, causationId: eventId }
  return runInContext(traceparent === undefined ? given : { ...given, traceparent }, () =>
    next(event, context),
  )
}
