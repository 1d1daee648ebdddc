import type { EventFilter, EventStore, Scope } from '../../store/index.ts'
import type { HubBounds } from './log-hub.ts'
import { LogHub } from './log-hub.ts'

interface Shared {
  readonly hub: LogHub
  users: number
}

/**
 * The hubs of a process: one for each partition, and of those that ask for topics one for each list of them, as the
 * store alone knows which types are of a topic. Each lasts as long as somebody uses it.
 */
export class LogHubs {
  readonly #store: EventStore
  readonly #bounds: HubBounds | undefined
  readonly #byKey = new Map<string, Shared>()

  constructor(store: EventStore, bounds?: HubBounds) {
    this.#store = store
    this.#bounds = bounds
  }

  /** To be given back by `release`. */
  take(partition: number, topics: readonly string[] | undefined): { hub: LogHub; release(): Promise<void> } {
    const key = JSON.stringify([partition, topics?.toSorted() ?? []])
    const shared = this.#byKey.get(key) ?? { hub: this.#open(partition, topics), users: 0 }
    this.#byKey.set(key, shared)
    shared.users += 1
    return { hub: shared.hub, release: () => this.#release(key, shared) }
  }

  #open(partition: number, topics: readonly string[] | undefined): LogHub {
    const isWhole = this.#store.capabilities.shards === 1
    const scope: Scope = isWhole
      ? { tenantId: 'every tenant' }
      : { tenantId: 'every tenant', shard: partition }
    const filter: EventFilter | undefined = topics === undefined ? undefined : { topics }
    return new LogHub(this.#store, scope, filter, { bounds: this.#bounds })
  }

  async #release(key: string, shared: Shared): Promise<void> {
    shared.users -= 1
    if (shared.users > 0) return
    this.#byKey.delete(key)
    await shared.hub.close()
  }
}
