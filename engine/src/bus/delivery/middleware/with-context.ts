import type { Envelope } from '../../../core/index.ts'
import { runInContext } from '../../../core/index.ts'
import type { Middleware } from '../handler.ts'

/** What a handler emits belongs to the event's tenant, correlation and trace, and is caused by the event. */
export const withContext: Middleware = next => (event, context) => {
  const { tenantId, correlationId, traceId, traceparent, eventId } = event
  const given = { tenantId, correlationId, traceId, causationId: eventId, hops: hopsOf(event) }
  return runInContext(traceparent === undefined ? given : { ...given, traceparent }, () =>
    next(event, context),
  )
}

/** How many events in a row handlers have published before this one and with it. */
export function hopsOf({ metadata }: Envelope): number {
  const hops = metadata?.['hops']
  return typeof hops === 'number' && Number.isSafeInteger(hops) && hops > 0 ? hops : 0
}
