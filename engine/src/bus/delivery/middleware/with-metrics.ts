import type { Clock } from '../../../core/index.ts'
import type { Middleware } from '../handler.ts'

export interface HandledDelivery {
  readonly subscription: string
  readonly eventType: string
  readonly attempt: number
  readonly milliseconds: number
  /** Undefined where it went well. */
  readonly error: unknown
}

/** Tells of each call of the handler, and how long it took; `record` must not throw. */
export const withMetrics =
  (record: (handled: HandledDelivery) => void, clock: Clock): Middleware =>
  next =>
  async (event, context) => {
    const { subscription, attempt } = context
    const started = clock.now()
    const tell = (error: unknown) =>
      record({
        subscription,
        eventType: event.eventType,
        attempt,
        milliseconds: clock.now() - started,
        error,
      })
    try {
      await next(event, context)
    } catch (error) {
      tell(error)
      throw error
    }
    tell(undefined)
  }
