/** What was asked of a consumer and has not come; it answers what it was asked first. */
export class PullWindow {
  readonly #pulls: { readonly id: string; left: number }[] = []

  /** Messages that are to come. */
  get left(): number {
    return this.#pulls.reduce((sum, { left }) => sum + left, 0)
  }

  add(id: string, count: number): void {
    this.#pulls.push({ id, left: count })
  }

  /** A message has come. */
  take(): void {
    const [first] = this.#pulls
    if (first === undefined) return
    first.left -= 1
    if (first.left <= 0) this.#pulls.shift()
  }

  /** It was said that no more of it comes. */
  end(id: string): void {
    const at = this.#pulls.findIndex(pull => pull.id === id)
    if (at >= 0) this.#pulls.splice(at, 1)
  }

  clear(): void {
    this.#pulls.length = 0
  }
}
