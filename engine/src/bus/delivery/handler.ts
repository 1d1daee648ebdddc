import type { Envelope } from '../../core/index.ts'
import type { Delivery } from '../../transport/index.ts'
import type { Unit } from '../unit.ts'

export interface DeliveryContext {
  readonly subscription: string
  readonly delivery: Delivery
  /** From 1. */
  readonly attempt: number
  /** Aborts when nobody waits for the handler any more: it took too long, or the subscription ends or was lost. */
  readonly signal: AbortSignal
  /** What is written to it takes effect when the handler returns, exactly once, together with the delivery. */
  readonly unit: Unit
}

export type EventHandler = (event: Envelope, context: DeliveryContext) => void | Promise<void>

/** Wraps a handler into another one. */
export type Middleware = (next: EventHandler) => EventHandler

/** The first one is the outermost. */
export const chain = (middleware: readonly Middleware[], handle: EventHandler): EventHandler =>
  middleware.reduceRight((next, wrap) => wrap(next), handle)
