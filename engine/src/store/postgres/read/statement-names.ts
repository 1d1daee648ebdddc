const maxNames = 100

/** Names for statements that are asked again and again, so that a connection parses and plans them once. */
export class StatementNames {
  readonly #names = new Map<string, string>()

  /** undefined where there are names enough; each is kept by every connection. */
  nameOf(text: string): string | undefined {
    const known = this.#names.get(text)
    if (known !== undefined || this.#names.size >= maxNames) return known
    const name = `keelson_read_${this.#names.size + 1}`
    this.#names.set(text, name)
    return name
  }
}
