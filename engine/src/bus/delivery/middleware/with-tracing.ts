import type { Envelope } from '../../../core/index.ts'
import type { DeliveryContext, Middleware } from '../handler.ts'

/** Runs the work within a span of whatever traces; it must give back what the work gives, and throw what it throws. */
export type Tracer = (span: TracedDelivery, work: () => Promise<void>) => Promise<void>

export interface TracedDelivery {
  /** As OpenTelemetry's conventions for messaging name it: `process <subscription>`. */
  readonly name: string
  readonly event: Envelope
  readonly context: DeliveryContext
}

export const withTracing =
  (trace: Tracer): Middleware =>
  next =>
  (event, context) =>
    trace({ name: `process ${context.subscription}`, event, context }, async () => next(event, context))
