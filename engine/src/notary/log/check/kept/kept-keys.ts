import type { EventStore } from '../../../../store/index.ts'
import { collections } from '../../../keys/key-documents.ts'

const readsAtOnce = 32

/** Which data keys of a tenant are there: looked up when they are asked for, as there may be very many. */
export class KeptKeys {
  readonly #store: EventStore
  readonly #tenantId: string
  readonly #most: number
  /** By id, whether it was there; the one that was asked for last at the end. */
  readonly #known = new Map<string, boolean>()

  /** `most` are remembered. */
  constructor(store: EventStore, tenantId: string, most = 20_000) {
    this.#store = store
    this.#tenantId = tenantId
    this.#most = most
  }

  /** Those of the keys that are there. */
  async of(kids: ReadonlySet<string>, signal?: AbortSignal): Promise<ReadonlySet<string>> {
    const found = new Set<string>()
    const queue = kids.values()
    const lookUp = async (): Promise<void> => {
      for (const kid of queue) {
        signal?.throwIfAborted()
        if (await this.#has(kid)) found.add(kid)
      }
    }
    await Promise.all(Array.from({ length: readsAtOnce }, lookUp))
    return found
  }

  async #has(kid: string): Promise<boolean> {
    const has =
      this.#known.get(kid) ??
      (await this.#store.document(this.#tenantId, collections.dataKey, kid)) !== undefined
    this.#known.delete(kid)
    this.#known.set(kid, has)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= this.#most) break
      this.#known.delete(oldest)
    }
    return has
  }
}
