import { hash } from 'node:crypto'

const maxNames = 100

/** Names for statements that are asked again and again, so that a connection parses and plans them once. */
export class StatementNames {
  readonly #prefix: string
  readonly #names = new Map<string, string>()

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** The same for a text in every store: connections of a pool may have served another. undefined where there are enough. */
  nameOf(text: string): string | undefined {
    const known = this.#names.get(text)
    if (known !== undefined || this.#names.size >= maxNames) return known
    const name = `keelson_${this.#prefix}_${hash('sha256', text, 'hex').slice(0, 24)}`
    this.#names.set(text, name)
    return name
  }
}
