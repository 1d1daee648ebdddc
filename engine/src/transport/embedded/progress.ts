/** Kept where an effect above the checkpoint must not happen again: what is not open up to `high` is done. */
export interface ProgressSnapshot {
  readonly high: number
  readonly open: readonly number[]
}

/** What a commit would make of the progress. */
export interface ProgressStep {
  /** Everything up to here is done. */
  readonly low: number
  /** Undefined where nothing above `low` has an effect that is kept. */
  readonly snapshot: ProgressSnapshot | undefined
}

/**
 * How far a partition has come while its events are done in any order. The checkpoint goes to the lowest position that
 * is not done; of what is done above it, only effects have to be remembered.
 */
export class Progress {
  /** In the order of the log, as they were read. */
  readonly #open = new Set<number>()
  readonly #kept: ReadonlySet<number>
  readonly #keptHigh: number
  /** Highest position that was read. */
  #high: number
  /** Highest position whose effect is kept. */
  #effect: number

  /** `low` is where the checkpoint stands, `kept` what a predecessor left. */
  constructor(low: number, kept: ProgressSnapshot | undefined) {
    this.#high = low
    this.#effect = kept?.high ?? 0
    this.#keptHigh = kept?.high ?? 0
    this.#kept = new Set(kept?.open)
  }

  /** Positions that were read and are not done. */
  get open(): number {
    return this.#open.size
  }

  /** Highest position that was read. */
  get high(): number {
    return this.#high
  }

  get low(): number {
    for (const first of this.#open) return first - 1
    return this.#high
  }

  /** Whether a predecessor had done it already. */
  isDone(position: number): boolean {
    return position <= this.#keptHigh && !this.#kept.has(position)
  }

  /** Notes a position that was read; positions rise. `isOpen` where something is to be done about it. */
  read(position: number, isOpen: boolean): void {
    this.#high = position
    if (isOpen) this.#open.add(position)
  }

  /** What it would be with these done, of which those up to `effect` have effects. */
  step(done: ReadonlySet<number>, effect: number): ProgressStep {
    const low = this.#lowWithout(done)
    const high = Math.max(this.#effect, effect)
    if (high <= low) return { low, snapshot: undefined }
    // What a predecessor left open may not have been read again yet.
    const unread = [...this.#kept].filter(position => position > this.#high)
    const open = [...this.#open].filter(position => position < high && !done.has(position))
    return { low, snapshot: { high, open: [...open, ...unread] } }
  }

  /** They are done, and kept as such. */
  settle(done: ReadonlySet<number>, effect: number): void {
    for (const position of done) this.#open.delete(position)
    this.#effect = Math.max(this.#effect, effect)
  }

  #lowWithout(done: ReadonlySet<number>): number {
    for (const position of this.#open) if (!done.has(position)) return position - 1
    return this.#high
  }
}
