/** Fewest events that are worth a transaction of their own. */
const fewest = 16
/** How much of an average a new value makes up. */
const share = 1 / 8

/**
 * When to send the first of the appends that come in one turn of the event loop before the last is there. Callers that
 * are answered together come again together: in one batch they would wait for the writer, and then the writer for them.
 * Sent in halves, one half is written while the other is prepared. A commit more is what that costs, so it is done
 * where a commit takes less time than to prepare what comes in a turn.
 */
export class HeadStart {
  readonly #now: () => number
  #half = Number.POSITIVE_INFINITY
  #commitMs: number | undefined
  #eventMs: number | undefined
  #turnFrom: number | undefined
  #turnEvents = 0

  /** `now` gives milliseconds with fractions. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** An append of so many events has come in; one that only closes a stream has none. */
  came(events: number): void {
    this.#turnFrom ??= this.#now()
    this.#turnEvents += Math.max(1, events)
  }

  /** Whether so many waiting events are to be sent at once, while nothing is on its way. */
  isDue(waiting: number): boolean {
    return waiting >= this.#half
  }

  /** The turn is over; so many events wait or are on their way, of all callers. */
  endTurn(backlog: number): void {
    if (this.#turnFrom === undefined) return
    // Those of this turn that were sent ahead may have been answered already.
    const together = Math.max(backlog, this.#turnEvents)
    this.#eventMs = average(this.#eventMs, (this.#now() - this.#turnFrom) / this.#turnEvents)
    this.#turnFrom = undefined
    this.#turnEvents = 0
    const isWorthIt = this.#commitMs !== undefined && this.#commitMs < together * this.#eventMs
    this.#half = isWorthIt ? Math.max(fewest, Math.ceil(together / 2)) : Number.POSITIVE_INFINITY
  }

  /** A commit has taken so long. One that is far above the others, because it copied the log back, counts a little. */
  committed(ms: number): void {
    this.#commitMs = average(this.#commitMs, Math.min(ms, 4 * (this.#commitMs ?? ms)))
  }
}

const average = (before: number | undefined, value: number): number =>
  before === undefined ? value : before + (value - before) * share
