import type { DataKey, WantedKey } from '../port.ts'

type Provide<Wanted> = (tenantId: string, wanted: readonly Wanted[]) => Promise<ReadonlyMap<string, DataKey>>

interface Waiting<Wanted> {
  readonly wanted: readonly Wanted[]
  readonly resolve: (keys: ReadonlyMap<string, DataKey>) => void
  readonly reject: (error: unknown) => void
}

interface Named extends Pick<WantedKey, 'isNew'> {
  readonly name: string
}

/** Keys that are provided at once. */
const maxTogether = 200

/**
 * Requests for keys of a tenant, one batch after the other: those that come while one is under way are the next, so that
 * two of this process never make keys against each other.
 */
export class KeyRequests<Wanted extends Named> {
  readonly #provide: Provide<Wanted>
  readonly #waiting = new Map<string, Waiting<Wanted>[]>()

  constructor(provide: Provide<Wanted>) {
    this.#provide = provide
  }

  /** Keys by name, of this request and of those that were served with it. */
  ask(tenantId: string, wanted: readonly Wanted[]): Promise<ReadonlyMap<string, DataKey>> {
    return new Promise((resolve, reject) => {
      const one = { wanted, resolve, reject }
      const queue = this.#waiting.get(tenantId)
      if (queue) {
        queue.push(one)
        return
      }
      this.#waiting.set(tenantId, [one])
      void this.#serve(tenantId)
    })
  }

  async #serve(tenantId: string): Promise<void> {
    for (;;) {
      const queue = this.#waiting.get(tenantId) ?? []
      if (queue.length === 0) {
        this.#waiting.delete(tenantId)
        return
      }
      const batch = this.#nextBatch(queue)
      try {
        const keys = await this.#keysOf(tenantId, batch)
        for (const { resolve } of batch) resolve(keys)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
  }

  #nextBatch(queue: Waiting<Wanted>[]): readonly Waiting<Wanted>[] {
    let count = 0
    const end = queue.findIndex(({ wanted }, at) => {
      count += wanted.length
      return at > 0 && count > maxTogether
    })
    return queue.splice(0, end < 0 ? queue.length : end)
  }

  /** A single request may be larger than what is provided at once. */
  async #keysOf(tenantId: string, batch: readonly Waiting<Wanted>[]): Promise<ReadonlyMap<string, DataKey>> {
    const byName = new Map<string, Wanted>()
    for (const { wanted } of batch)
      for (const one of wanted) byName.set(one.name, forBoth(byName.get(one.name), one))
    const distinct = [...byName.values()]
    const keys = new Map<string, DataKey>()
    for (let at = 0; at < distinct.length; at += maxTogether)
      for (const [name, key] of await this.#provide(tenantId, distinct.slice(at, at + maxTogether)))
        keys.set(name, key)
    return keys
  }
}

/** Wanted by two, it is new where it is for one of them. */
function forBoth<Wanted extends Named>(one: Wanted | undefined, other: Wanted): Wanted {
  if (one?.isNew === undefined) return one ?? other
  const { isNew } = one
  return { ...other, isNew: async () => (await isNew()) || (await (other.isNew?.() ?? true)) }
}
