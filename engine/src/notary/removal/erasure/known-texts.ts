import type { Clock } from '../../../core/index.ts'

/** Distinct texts of one erasure that are kept in memory; of a larger one nothing is known once its keys are gone. */
const most = 100_000

interface Known {
  readonly groups: readonly ReadonlySet<string>[]
  readonly until: number
}

/**
 * What the keys of an erasure opened, kept in memory alone from their destruction until the erasure is looked at for the
 * last time: a handler that had an event in hand may write an error with one of these texts after that.
 */
export class KnownTexts {
  readonly #clock: Clock
  readonly #known = new Map<string, Known>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Keeps the texts for so many milliseconds, unless they are too many. */
  async keep(id: string, texts: AsyncIterable<ReadonlySet<string>>, milliseconds: number): Promise<void> {
    const groups: ReadonlySet<string>[] = []
    let count = 0
    for await (const group of texts) {
      groups.push(group)
      count += group.size
      if (count > most) return
    }
    this.#known.set(id, { groups, until: this.#clock.now() + milliseconds })
  }

  /** Undefined where they are not known, or not any more. */
  of(id: string): readonly ReadonlySet<string>[] | undefined {
    this.expire()
    return this.#known.get(id)?.groups
  }

  forget(id: string): void {
    this.#known.delete(id)
  }

  /** Forgets what was kept for long enough: another process may have seen the erasure to its end. */
  expire(): void {
    const now = this.#clock.now()
    for (const [id, { until }] of this.#known) if (until < now) this.#known.delete(id)
  }
}
