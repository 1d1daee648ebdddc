import type { Clock } from '../core/index.ts'
import { systemClock } from '../core/index.ts'

/** A clock that wakes up; handed in from outside so that tests decide what time it is. */
export interface Alarm extends Clock {
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** A timer of Node takes no longer time than this; a longer wait begins anew after it. */
const longestTimer = 2 ** 31 - 1

export const systemAlarm: Alarm = {
  now: systemClock.now,
  wait(milliseconds, signal) {
    if (signal.aborted) return Promise.resolve()
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, Math.min(longestTimer, Math.max(0, milliseconds)))
      signal.addEventListener('abort', done, { once: true })
    })
  },
}
