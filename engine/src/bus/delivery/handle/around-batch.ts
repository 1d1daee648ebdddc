import { KeelsonError, runInContext } from '../../../core/index.ts'
import type { Alarm } from '../../../transport/index.ts'
import type { EventBatchHandler } from '../handler.ts'
import { hopsOf } from '../middleware/with-context.ts'
import { guardUnit } from '../middleware/with-tenant-guard.ts'
import { CallDeadlines } from './call-deadlines.ts'

/**
 * What stands around a single event, for several of one tenant: a time that they may take together, the tenant's context
 * and guard. What is published there belongs to none of the events in particular.
 */
export function aroundBatch(handle: EventBatchHandler, timeout: number, alarm: Alarm): EventBatchHandler {
  const message = `The handler took longer than ${timeout} ms`
  const late = () => new KeelsonError('handler_timeout', message, { milliseconds: timeout })
  const deadlines = new CallDeadlines(timeout, alarm, late)
  return (events, context) => {
    const { tenantId } = context
    const strange = events.find(event => event.tenantId !== tenantId)
    if (strange !== undefined)
      throw new KeelsonError(
        'tenant_mismatch',
        `The event is of tenant "${strange.tenantId}", not "${tenantId}"`,
      )
    const unit = guardUnit(context.unit, tenantId)
    const hops = Math.max(...events.map(hopsOf))
    return deadlines.run(context.signal, async signal =>
      runInContext({ tenantId, hops }, () => handle(events, { ...context, unit, signal })),
    )
  }
}
