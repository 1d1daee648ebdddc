import type { Alarm } from '../alarm.ts'

/** One timer for many sleeps: most of them end before it does. */
export class WakeTimer {
  readonly #alarm: Alarm
  readonly #wake: () => void
  #armed: { readonly until: number; readonly stop: AbortController } | undefined

  constructor(alarm: Alarm, wake: () => void) {
    this.#alarm = alarm
    this.#wake = wake
  }

  /** Wakes at that time, or earlier where it was to before. */
  arm(until: number): void {
    if (this.#armed !== undefined && this.#armed.until <= until) return
    this.stop()
    const stop = new AbortController()
    this.#armed = { until, stop }
    void this.#alarm.wait(Math.max(0, until - this.#alarm.now()), stop.signal).then(() => {
      if (stop.signal.aborted) return
      this.#armed = undefined
      this.#wake()
    })
  }

  stop(): void {
    this.#armed?.stop.abort(noLonger)
    this.#armed = undefined
  }
}

/** A reason of our own: without one each abort would make an error, stack and all, that nobody sees. */
const noLonger = 'no longer waited for'
