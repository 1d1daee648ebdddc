import { encode, fromByteText, runningSha256 } from '#primitive'

/**
 * Whether an erasure names the entries that its keys are in. The record is signed before the keys are destroyed, so
 * entries that came in between may follow those that it counts.
 */
export class TargetsCheck {
  readonly #count: number
  readonly #leaves: string
  readonly #running = runningSha256()
  #seen = 0
  #found: string | undefined
  #last = -1

  constructor({ count, leaves }: { readonly count: number; readonly leaves: string }) {
    this.#count = count
    this.#leaves = leaves
    this.#running.update('[')
    this.#finishAt(0)
  }

  /** Takes the index of an entry that has one of the keys; in ascending order, repeats are passed over. */
  add(n: number): void {
    if (this.#last === n || this.#found !== undefined) return
    this.#last = n
    // Canonical JSON writes the list as this does.
    this.#running.update(this.#seen === 0 ? String(n) : `,${n}`)
    this.#seen += 1
    this.#finishAt(this.#seen)
  }

  get holds(): boolean {
    return this.#found === this.#leaves
  }

  #finishAt(seen: number): void {
    if (seen !== this.#count) return
    this.#running.update(']')
    this.#found = encode(fromByteText(this.#running.digest()), 'base64url')
  }
}
