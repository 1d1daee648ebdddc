import type { OutboxRow } from './outbox-row.ts'
import { aggregateKey } from './outbox-row.ts'

interface Held {
  readonly position: number
  readonly tries: number
  readonly until: number
}

/** Aggregates whose first row was not taken, until it is tried again. */
export class HeldAggregates {
  readonly #held = new Map<string, Held>()

  get size(): number {
    return this.#held.size
  }

  /** Notes a try that failed, and says how many there were. */
  add(row: OutboxRow, now: number): number {
    const key = aggregateKey(row)
    const before = this.#held.get(key)
    const tries = before?.position === row.position ? before.tries + 1 : 1
    this.#held.set(key, { position: row.position, tries, until: now + delayAfter(tries) })
    return tries
  }

  /** The row was set aside. */
  release(row: OutboxRow): void {
    this.#held.delete(aggregateKey(row))
  }

  /** Rows at these positions went out. */
  settle(positions: ReadonlySet<number>): void {
    for (const [key, { position }] of this.#held) if (positions.has(position)) this.#held.delete(key)
  }

  /** Keys of those whose time has not come. */
  waiting(now: number): readonly string[] {
    return [...this.#held].filter(([, { until }]) => until > now).map(([key]) => key)
  }

  keys(): readonly string[] {
    return [...this.#held.keys()]
  }

  /** Milliseconds until the first may be tried again; undefined where none is held. */
  dueIn(now: number): number | undefined {
    if (this.#held.size === 0) return undefined
    return Math.max(0, Math.min(...[...this.#held.values()].map(({ until }) => until)) - now)
  }
}

const firstDelay = 100
const longestDelay = 30_000

/** Milliseconds to wait after so many tries. */
export const delayAfter = (tries: number): number =>
  Math.min(longestDelay, firstDelay * 2 ** Math.min(tries - 1, 20))
