const maxNames = 100

/** Names for statements that are asked again and again, so that a connection parses and plans them once. */
export class StatementNames {
  readonly #prefix: string
  readonly #names = new Map<string, string>()

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** undefined where there are names enough; each is kept by every connection. */
  nameOf(text: string): string | undefined {
    const known = this.#names.get(text)
    if (known !== undefined || this.#names.size >= maxNames) return known
    const name = `keelson_${this.#prefix}_${this.#names.size + 1}`
    this.#names.set(text, name)
    return name
  }
}
