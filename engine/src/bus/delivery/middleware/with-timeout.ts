import { KeelsonError } from '../../../core/index.ts'
import type { Alarm } from '../../../transport/index.ts'
import type { Middleware } from '../handler.ts'

/**
 * Gives a handler up that takes longer than so many milliseconds, or whose signal aborts. The handler's own signal
 * aborts then; what it returns, throws or writes later does not count.
 */
export const withTimeout =
  (milliseconds: number, alarm: Alarm): Middleware =>
  next =>
  async (event, context) => {
    const over = new AbortController()
    const signal = AbortSignal.any([context.signal, over.signal])
    const work = Promise.resolve(next(event, { ...context, signal }))
    // Of a handler that was given up nobody hears any more.
    work.catch(() => undefined)
    const late = alarm.wait(milliseconds, signal).then(() => {
      context.signal.throwIfAborted()
      throw new KeelsonError('handler_timeout', `The handler took longer than ${milliseconds} ms`, {
        milliseconds,
      })
    })
    late.catch(() => undefined)
    try {
      await Promise.race([work, late])
    } finally {
      over.abort()
    }
  }
