/** A map by two texts: quicker than one by both put together, which would have to be hashed anew each time. */
export class ScopedMap<Value> {
  readonly #scopes = new Map<string, Map<string, Value>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Scopes with keys. */
  get scopes(): number {
    return this.#scopes.size
  }

  get(scope: string, key: string): Value | undefined {
    return this.#scopes.get(scope)?.get(key)
  }

  /** Adds a value under a key that has none. */
  add(scope: string, key: string, value: Value): void {
    const own = this.#scopes.get(scope)
    if (own === undefined) this.#scopes.set(scope, new Map([[key, value]]))
    else own.set(key, value)
    this.#size += 1
  }

  /** Removes the value of a key that has one; of a scope without keys nothing is kept. */
  remove(scope: string, key: string): void {
    const own = this.#scopes.get(scope)
    if (own?.delete(key) !== true) return
    this.#size -= 1
    if (own.size === 0) this.#scopes.delete(scope)
  }
}
