import type { HeldMessage } from './held-message.ts'

/** Messages that may be given out, by their sequence numbers. */
export class ReadyList {
  #items: HeldMessage[] = []
  #head = 0

  get size(): number {
    return this.#items.length - this.#head
  }

  add(held: HeldMessage): void {
    const last = this.#items.at(-1)
    if (this.size === 0 || last === undefined || last.sequence < held.sequence) {
      this.#items.push(held)
      return
    }
    // What comes back goes where it was, mostly to the front.
    let at = this.#head
    while ((this.#items[at]?.sequence ?? held.sequence) < held.sequence) at += 1
    this.#items.splice(at, 0, held)
  }

  take(): HeldMessage | undefined {
    const first = this.#items[this.#head]
    if (first === undefined) return undefined
    this.#head += 1
    if (this.#head > 1_000 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return first
  }

  remove(held: HeldMessage): void {
    const at = this.#items.indexOf(held, this.#head)
    if (at >= 0) this.#items.splice(at, 1)
  }
}
