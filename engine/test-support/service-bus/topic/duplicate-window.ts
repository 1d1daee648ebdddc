/** The ids of messages that were sent of late. */
export class DuplicateWindow {
  readonly #seen = new Map<string, number>()
  readonly #length: number

  /** `length` in milliseconds. */
  constructor(length: number) {
    this.#length = length
  }

  /** Whether the id is new; a repeat does not make its window longer. */
  isNew(id: string, now: number): boolean {
    for (const [old, at] of this.#seen) {
      if (at + this.#length > now) break
      this.#seen.delete(old)
    }
    if (this.#seen.has(id)) return false
    this.#seen.set(id, now)
    return true
  }
}
