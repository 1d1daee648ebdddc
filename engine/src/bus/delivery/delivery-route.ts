import type { Alarm } from '../../transport/index.ts'
import type { DeliverySettings } from './delivery-options.ts'
import { aroundBatch } from './handle/around-batch.ts'
import type { EventBatchHandler, EventHandler } from './handler.ts'
import { chain } from './handler.ts'
import { withContext } from './middleware/with-context.ts'
import { withTenantGuard } from './middleware/with-tenant-guard.ts'
import { withTimeout } from './middleware/with-timeout.ts'

/** What a subscription handles, and the handler with all that stands around it. */
export interface DeliveryRoute {
  readonly settings: DeliverySettings
  readonly handle: EventHandler
  /** Likewise for several events of one tenant; undefined where each is handled by itself. */
  readonly handleBatch: EventBatchHandler | undefined
}

export function createRoute(settings: DeliverySettings, alarm: Alarm): DeliveryRoute {
  const { timeout, middleware, handle, handleBatch } = settings
  const around = [withTimeout(timeout, alarm), withContext, withTenantGuard, ...middleware]
  return {
    settings,
    handle: chain(around, handle),
    handleBatch: handleBatch && aroundBatch(handleBatch, timeout, alarm),
  }
}
