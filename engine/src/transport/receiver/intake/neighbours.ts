import type { EventStore, Scope } from '../../../store/index.ts'
import type { Alarm } from '../../alarm.ts'

/** Milliseconds between two looks while somebody waits; where a look takes long, ten times as long as that. */
const lookEvery = 4
const longestPause = 250

interface Waiter {
  readonly tenantId: string
  readonly position: number
  readonly onCome: () => void
}

/** What is known of all tenants but one. */
interface Known {
  /** Position of their newest event when it was last looked for. */
  newest: number
  lookedAt: number
  pause: number
  looking: Promise<void> | undefined
}

/**
 * Whether anybody but a tenant has events behind a position: only then is there somebody for whom it has to make room.
 * While a tenant is alone in what is left of the log, it is looked again and again whether that is still so.
 */
export class Neighbours {
  readonly #store: EventStore
  readonly #scope: Scope
  readonly #alarm: Alarm
  readonly #known = new Map<string, Known>()
  readonly #waiting = new Map<object, Waiter>()
  #watching: AbortController | undefined

  constructor(store: EventStore, scope: Scope, alarm: Alarm) {
    this.#store = store
    this.#scope = scope
    this.#alarm = alarm
  }

  /** Whether others are known to have events from the position on. */
  has({ tenantId, position }: { readonly tenantId: string; readonly position: number }): boolean {
    return (this.#known.get(tenantId)?.newest ?? 0) >= position
  }

  /** `onCome` is called once when others have events from the position on. Replaces what `who` waited for before. */
  wait(who: object, waiter: Waiter): void {
    this.#waiting.set(who, waiter)
    this.#lookFor(waiter.tenantId)
    this.#watch()
  }

  /** Waits no more. */
  leave(who: object): void {
    this.#waiting.delete(who)
  }

  #lookFor(tenantId: string): void {
    const known = this.#known.get(tenantId) ?? {
      newest: 0,
      lookedAt: -Infinity,
      pause: 0,
      looking: undefined,
    }
    this.#known.set(tenantId, known)
    if (known.looking !== undefined || this.#alarm.now() < known.lookedAt + known.pause) return
    known.looking = this.#look(tenantId, known).finally(() => {
      known.looking = undefined
    })
  }

  async #look(tenantId: string, known: Known): Promise<void> {
    const begun = this.#alarm.now()
    try {
      known.newest = Math.max(known.newest, await this.#store.head(this.#scope, { except: tenantId }))
    } catch {
      // Whoever cannot be asked about is taken for somebody: it costs more, and nobody waits.
      known.newest = Number.POSITIVE_INFINITY
    }
    known.lookedAt = this.#alarm.now()
    known.pause = Math.min(longestPause, Math.max(lookEvery, (known.lookedAt - begun) * 10))
    for (const [who, waiter] of [...this.#waiting]) {
      if (waiter.tenantId !== tenantId || !this.has(waiter)) continue
      this.#waiting.delete(who)
      waiter.onCome()
    }
  }

  /** Looks for all who wait until nobody does. */
  #watch(): void {
    if (this.#watching !== undefined) return
    const stop = new AbortController()
    this.#watching = stop
    void this.#alarm.wait(lookEvery, stop.signal).then(() => {
      this.#watching = undefined
      if (this.#waiting.size === 0) return this.#known.clear()
      for (const tenantId of new Set([...this.#waiting.values()].map(waiter => waiter.tenantId)))
        this.#lookFor(tenantId)
      this.#watch()
    })
  }
}

const ofStores = new WeakMap<EventStore, Map<number, Neighbours>>()

/** Those of a store's partition: one for all receivers of a process. */
export function neighboursIn(store: EventStore, partition: number, alarm: Alarm): Neighbours {
  const ofStore = ofStores.get(store) ?? new Map<number, Neighbours>()
  ofStores.set(store, ofStore)
  const known = ofStore.get(partition)
  if (known !== undefined) return known
  const isWhole = store.capabilities.shards === 1
  const scope: Scope = isWhole ? { tenantId: 'every tenant' } : { tenantId: 'every tenant', shard: partition }
  const neighbours = new Neighbours(store, scope, alarm)
  ofStore.set(partition, neighbours)
  return neighbours
}
