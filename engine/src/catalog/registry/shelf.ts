const width = 64

/**
 * A map that is never changed: `with` gives another one, which shares most of it. Changing one of ten thousand
 * entries copies about two hundred.
 */
export class Shelf<Value> {
  static empty<Value>(): Shelf<Value> {
    return new Shelf<Value>([], 0)
  }

  readonly size: number
  readonly #parts: readonly (ReadonlyMap<string, Value> | undefined)[]

  private constructor(parts: readonly (ReadonlyMap<string, Value> | undefined)[], size: number) {
    this.#parts = parts
    this.size = size
  }

  get(key: string): Value | undefined {
    return this.#parts[partOf(key)]?.get(key)
  }

  with(key: string, value: Value): Shelf<Value> {
    const at = partOf(key)
    const part = new Map(this.#parts[at])
    part.set(key, value)
    return this.#replace(at, part)
  }

  without(key: string): Shelf<Value> {
    const at = partOf(key)
    const part = new Map(this.#parts[at])
    return part.delete(key) ? this.#replace(at, part) : this
  }

  *values(): Generator<Value> {
    for (const part of this.#parts) if (part) yield* part.values()
  }

  #replace(at: number, part: ReadonlyMap<string, Value>): Shelf<Value> {
    const parts = Array.from({ length: width }, (_, index) => this.#parts[index])
    const size = this.size + part.size - (parts[at]?.size ?? 0)
    parts[at] = part
    return new Shelf(parts, size)
  }
}

/** FNV-1a. */
function partOf(key: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % width
}
