import type { Envelope } from '../../core/index.ts'
import type { Delivery, ReplayedLetter } from '../../transport/index.ts'
import type { Unit } from '../unit.ts'

export interface DeliveryContext {
  readonly subscription: string
  readonly delivery: Delivery
  /** From 1. */
  readonly attempt: number
  /** The event without what was erased since it was read, for a handler that keeps it a while before it hands it on. */
  latest(): Promise<Envelope>
  /** Aborts when nobody waits for the handler any more: it took too long, or the subscription ends or was lost. */
  readonly signal: AbortSignal
  /** What is written to it takes effect when the handler returns, exactly once, together with the delivery. */
  readonly unit: Unit
  /** Milliseconds since the epoch from which on nobody wants it handled any more; undefined is never. */
  readonly deadline?: number | undefined
  /** Set where the event comes again from the dead letters: why it was one, who gave it back, and how often. */
  readonly replayOf?: ReplayedLetter
  /** Set where the event is not new but given again by a replay of the log; its attempts are those of the replay. */
  readonly replay?: ReplayContext
}

export interface ReplayContext {
  readonly id: string
  /** False: nothing may leave the process, such as mail; events that the handler adds to its unit are left out. */
  readonly sideEffects: boolean
}

export type EventHandler = (event: Envelope, context: DeliveryContext) => void | Promise<void>

/** What events of one tenant that are handled together have in common. */
export interface BatchContext {
  readonly subscription: string
  readonly tenantId: string
  /** In the order of the events; those of one key in the key's order. */
  readonly deliveries: readonly Delivery[]
  /** As that of a single event. */
  readonly signal: AbortSignal
  /** What is written to it takes effect when the handler returns, exactly once, together with all of the deliveries. */
  readonly unit: Unit
  /** The earliest of the events' deadlines. */
  readonly deadline?: number | undefined
  readonly replay?: ReplayContext
}

export type EventBatchHandler = (events: readonly Envelope[], context: BatchContext) => void | Promise<void>

/** Wraps a handler into another one. */
export type Middleware = (next: EventHandler) => EventHandler

/** The first one is the outermost. */
export const chain = (middleware: readonly Middleware[], handle: EventHandler): EventHandler =>
  middleware.reduceRight((next, wrap) => wrap(next), handle)
