import type { StoreCapabilities } from '../../../store/index.ts'
import type { Receiver } from '../../../transport/index.ts'
import type { BreakerOutcome, LaneOutcome } from '../../flow/index.ts'
import type { DeliverySettings, DeliveryTools } from '../delivery-options.ts'
import type { EventBatchHandler, EventHandler } from '../handler.ts'
import type { SharedLimits } from '../shared-limits.ts'

/** What it takes to handle deliveries of a term. */
export interface Handling {
  readonly receiver: Receiver
  readonly partition: number
  /** With all that stands around it. */
  readonly handle: EventHandler
  /** Likewise; undefined where each event is handled by itself. */
  readonly handleBatch: EventBatchHandler | undefined
  /** Dialect of a unit's statements. */
  readonly sql: StoreCapabilities['sql']
  readonly settings: DeliverySettings
  readonly tools: DeliveryTools
  readonly limits: SharedLimits
  /** Aborts when the term ends: nothing that comes later counts. */
  readonly signal: AbortSignal
  /** Told of what goes wrong after the delivery is let go. */
  readonly onFault: (error: unknown) => void
}

export interface HandlingResult {
  readonly lane: LaneOutcome
  readonly breaker: BreakerOutcome
}
