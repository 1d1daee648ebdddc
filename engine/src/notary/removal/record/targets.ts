import { createHash } from 'node:crypto'

/** How many entries a removal is about, and base64url of SHA-256 over the JCS of the ascending list of their indexes. */
export interface RemovalTargets {
  readonly count: number
  readonly leaves: string
}

/** Takes indexes in ascending order, without keeping them. */
export class TargetsHash {
  readonly #hash = createHash('sha256').update('[')
  #count = 0

  add(n: number): void {
    // Numbers of indexes are written alike by JCS and here.
    this.#hash.update(this.#count === 0 ? String(n) : `,${n}`)
    this.#count += 1
  }

  finish(): RemovalTargets {
    return { count: this.#count, leaves: this.#hash.update(']').digest('base64url') }
  }
}
