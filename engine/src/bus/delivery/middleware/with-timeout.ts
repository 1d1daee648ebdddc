import { KeelsonError } from '../../../core/index.ts'
import type { Alarm } from '../../../transport/index.ts'
import { CallDeadlines } from '../handle/call-deadlines.ts'
import type { Middleware } from '../handler.ts'

/**
 * Gives a handler up that takes longer than so many milliseconds, or whose signal aborts. The handler's own signal
 * aborts then; what it returns, throws or writes later does not count.
 */
export const withTimeout =
  (milliseconds: number, alarm: Alarm): Middleware =>
  next => {
    const message = `The handler took longer than ${milliseconds} ms`
    const late = () => new KeelsonError('handler_timeout', message, { milliseconds })
    const deadlines = new CallDeadlines(milliseconds, alarm, late)
    return (event, context) =>
      deadlines.run(context.signal, async signal => next(event, { ...context, signal }))
  }
