import type { Alarm } from '../../transport/index.ts'

/** One timer for all that waits: it goes off at the earliest time that was asked for. */
export class WakeUp {
  readonly #alarm: Alarm
  readonly #ring: () => void
  #waiting: AbortController | undefined
  #at = Number.POSITIVE_INFINITY

  constructor(alarm: Alarm, ring: () => void) {
    this.#alarm = alarm
    this.#ring = ring
  }

  /** In so many milliseconds at the latest; never where they are no number of them. */
  in(milliseconds: number): void {
    const at = this.#alarm.now() + milliseconds
    if (!(at < this.#at)) return
    this.stop()
    this.#at = at
    const waiting = new AbortController()
    this.#waiting = waiting
    void this.#alarm.wait(milliseconds, waiting.signal).then(() => {
      if (waiting.signal.aborted) return
      this.#at = Number.POSITIVE_INFINITY
      this.#ring()
    })
  }

  stop(): void {
    this.#waiting?.abort('no longer waited for')
    this.#at = Number.POSITIVE_INFINITY
  }
}
