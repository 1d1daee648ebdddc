const steps = 10

/** Counts calls and failures of the last while. It slides in ten steps, so a call counts for 9 to 10 tenths of it. */
export class FailureWindow {
  readonly #step: number
  readonly #calls = new Array<number>(steps).fill(0)
  readonly #failures = new Array<number>(steps).fill(0)
  #current = Number.NEGATIVE_INFINITY

  /** `window` in milliseconds. */
  constructor(window: number) {
    this.#step = window / steps
  }

  add(now: number, isFailure: boolean): void {
    this.#slide(now)
    const at = this.#slot(this.#current)
    this.#calls[at] = (this.#calls[at] as number) + 1
    if (isFailure) this.#failures[at] = (this.#failures[at] as number) + 1
  }

  count(now: number): { readonly calls: number; readonly failures: number } {
    this.#slide(now)
    return { calls: sum(this.#calls), failures: sum(this.#failures) }
  }

  clear(): void {
    this.#calls.fill(0)
    this.#failures.fill(0)
  }

  /** A clock that is set back leaves the window where it stands. */
  #slide(now: number): void {
    const to = Math.floor(now / this.#step)
    if (to <= this.#current) return
    const passed = Math.min(steps, to - this.#current)
    for (let back = 0; back < passed; back += 1) {
      this.#calls[this.#slot(to - back)] = 0
      this.#failures[this.#slot(to - back)] = 0
    }
    this.#current = to
  }

  #slot(at: number): number {
    return ((at % steps) + steps) % steps
  }
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
