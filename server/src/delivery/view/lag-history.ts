import type { LagPoint, Throughput } from '../../api/types.ts'
import type { Reading } from './reading.ts'

/** An hour of points, one every ten seconds. */
const mostPoints = 360
/** Milliseconds over which throughput is measured. */
const span = 60_000
/** Milliseconds between two samples at the least. */
const apart = 500

interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Calls since the history began, whatever became of the counter that they are read from. */
  readonly handled: number
  readonly failed: number
}

/** How far one subscription was behind over the last hour, and how fast it goes. */
export class LagHistory {
  readonly #points: LagPoint[] = []
  #samples: Sample[] = []
  #last: { readonly handled: number; readonly failed: number } | undefined

  /** Oldest first. */
  get points(): readonly LagPoint[] {
    return this.#points
  }

  /** Adds a point. */
  add(at: number, reading: Reading): void {
    const throughput = this.observe(at, reading)
    const { events, seconds } = reading.lag
    this.#points.push({ at: new Date(at).toISOString(), events, seconds, ...throughput })
    if (this.#points.length > mostPoints) this.#points.shift()
  }

  /** Takes note of the counters, and says how fast they went over the last minute. */
  observe(at: number, { handled, failed }: Reading): Throughput {
    const before = this.#samples.at(-1) ?? { at, handled: 0, failed: 0 }
    const now = {
      at,
      handled: before.handled + step(this.#last?.handled, handled),
      failed: before.failed + step(this.#last?.failed, failed),
    }
    // Somebody who asks all the time does not fill the memory.
    if (this.#last === undefined || at - before.at >= apart) {
      this.#last = { handled, failed }
      // The one before the minute is where the minute is measured from.
      const start = this.#samples.findLastIndex(sample => sample.at <= at - span)
      this.#samples = [...this.#samples.slice(Math.max(0, start)), now]
    }
    const first = this.#samples[0] ?? now
    const seconds = (at - first.at) / 1_000
    const rate = (done: number) => (seconds < 1 ? 0 : Math.round((done / seconds) * 100) / 100)
    return {
      handledPerSecond: rate(now.handled - first.handled),
      failedPerSecond: rate(now.failed - first.failed),
    }
  }
}

/** A counter that is lower than before began anew. What it had counted before it was first looked at is no step. */
const step = (before: number | undefined, now: number): number =>
  before === undefined ? 0 : now < before ? now : now - before
