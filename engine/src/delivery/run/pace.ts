import type { Alarm } from '../../transport/index.ts'

/** Lets one after the other go, at a rate; without one all at once. */
export class Pace {
  readonly #alarm: Alarm
  readonly #between: number
  #next = 0

  /** `perSecond` is more than 0. */
  constructor(perSecond: number | undefined, alarm: Alarm) {
    this.#alarm = alarm
    this.#between = perSecond === undefined ? 0 : 1_000 / perSecond
  }

  /** Resolves when it is the caller's turn; at once where the signal aborts. */
  async turn(signal: AbortSignal): Promise<void> {
    if (this.#between === 0) return
    const now = this.#alarm.now()
    const at = Math.max(now, this.#next)
    this.#next = at + this.#between
    if (at > now) await this.#alarm.wait(at - now, signal)
  }
}
