import type { Alarm } from '../../transport/index.ts'

interface Sleeper {
  readonly at: number
  readonly order: number
  readonly wake: () => void
}

/** An alarm whose time stands still until it is told to go on. */
export class ManualAlarm implements Alarm {
  readonly #sleepers = new Set<Sleeper>()
  #now: number
  #order = 0

  /** Milliseconds since the epoch; default the time at which it is made. */
  constructor(now: number = Date.now()) {
    this.#now = now
  }

  /** Waits that have not ended. */
  get waiting(): number {
    return this.#sleepers.size
  }

  now(): number {
    return this.#now
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise(resolve => {
      this.#order += 1
      const sleeper: Sleeper = {
        at: this.#now + Math.max(0, milliseconds),
        order: this.#order,
        wake: () => {
          this.#sleepers.delete(sleeper)
          signal.removeEventListener('abort', sleeper.wake)
          resolve()
        },
      }
      this.#sleepers.add(sleeper)
      signal.addEventListener('abort', sleeper.wake, { once: true })
    })
  }

  /** Lets time go on by so much, and wakes who waited for it, in the order of their times. */
  advance(milliseconds: number): void {
    this.#now += milliseconds
    const due = [...this.#sleepers].filter(({ at }) => at <= this.#now)
    for (const { wake } of due.toSorted((a, b) => a.at - b.at || a.order - b.order)) wake()
  }
}
