import type { Document } from '../../../store/index.ts'
import { parkedId } from '../../record/collections.ts'
import { readTrouble } from '../../record/trouble.ts'

/** A document that is not in memory. */
export interface LeftDocument {
  readonly tenantId: string
  readonly id: string
}

/** The keys of what waits and is not in memory: about a hundred bytes for each, so that order is kept behind them. */
export class LeftKeys {
  readonly #byKey = new Map<string, LeftDocument[]>()
  readonly #known = new Set<string>()

  /** Whether the tenant's keys were added. */
  knows(tenantId: string): boolean {
    return this.#known.has(tenantId)
  }

  /** Adds all that waits of a tenant. */
  add(tenantId: string, documents: readonly Document[]): void {
    this.#known.add(tenantId)
    for (const document of documents) {
      const key = readTrouble(document)?.orderingKey
      if (key === undefined) continue
      const name = parkedId(tenantId, key)
      const left = { tenantId, id: document.id }
      const others = this.#byKey.get(name)
      if (others === undefined) this.#byKey.set(name, [left])
      else others.push(left)
    }
  }

  /** All of it is in hand. */
  clear(): void {
    this.#known.clear()
    this.#byKey.clear()
  }

  /** What waits of a key; to be followed by `forget` once it is in hand. */
  of(tenantId: string, orderingKey: string): readonly LeftDocument[] {
    return this.#byKey.get(parkedId(tenantId, orderingKey)) ?? []
  }

  forget(tenantId: string, orderingKey: string): void {
    this.#byKey.delete(parkedId(tenantId, orderingKey))
  }
}
