import { CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT } from './json-split-bytes.ts'

/** Levels whose kind of bracket is remembered; further ones are only counted. */
export const maxOpen = 1024

/** The open brackets of a document. A closing one closes the nearest of its kind, and what stays open inside it. */
export class OpenBrackets {
  depth = 0
  readonly #kinds = new Uint8Array(maxOpen)
  #objects = 0
  #beyond = 0

  /** False where the levels are too many. */
  push(byte: number): boolean {
    if (this.depth === maxOpen) {
      this.#beyond += 1
      return false
    }
    this.#kinds[this.depth++] = byte
    if (byte === OPEN_OBJECT) this.#objects += 1
    return true
  }

  /** False where the bracket does not close the one opened last. */
  pop(byte: number): boolean {
    if (this.#beyond > 0) {
      this.#beyond -= 1
      return true
    }
    const kind = byte === CLOSE_OBJECT ? OPEN_OBJECT : OPEN_ARRAY
    const isMatch = this.depth > 0 && this.#kinds[this.depth - 1] === kind
    // Known without a search, so that stray brackets cost no more than others.
    const isOpen = isMatch || (kind === OPEN_OBJECT ? this.#objects > 0 : this.depth > this.#objects)
    while (isOpen) {
      const closed = this.#kinds[--this.depth]
      if (closed === OPEN_OBJECT) this.#objects -= 1
      if (closed === kind) break
    }
    return isMatch
  }

  /** Takes back that the outermost brackets were closed, up to this depth. */
  reopen(depth: number): void {
    for (; this.depth < depth; this.depth += 1) {
      if (this.#kinds[this.depth] === OPEN_OBJECT) this.#objects += 1
    }
  }

  clear(): void {
    this.depth = 0
    this.#objects = 0
    this.#beyond = 0
  }
}
