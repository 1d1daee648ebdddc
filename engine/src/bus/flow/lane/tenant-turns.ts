import { Chain } from './chain.ts'

interface Entry<Item extends object> {
  readonly item: Item
  readonly cost: number
  next: Entry<Item> | undefined
}

interface TenantQueue<Item extends object> {
  readonly tenantId: string
  readonly entries: Chain<Entry<Item>>
  /** Cost that it may still take in this turn. */
  deficit: number
  next: TenantQueue<Item> | undefined
}

/**
 * Tenants by turns, each with its own queue (deficit round robin, M. Shreedhar and G. Varghese, 1995). A turn is worth
 * `quantum`, and no item costs more, so each turn takes something and each call costs the same however many tenants
 * there are. With n other tenants, and items that cost the whole quantum, the p-th item of a tenant waits for at most
 * p · n items of the others, whatever they have queued.
 */
export class TenantTurns<Item extends object> {
  readonly #quantum: number
  readonly #queues = new Map<string, TenantQueue<Item>>()
  readonly #turns = new Chain<TenantQueue<Item>>()

  constructor(quantum: number) {
    this.#quantum = quantum
  }

  /** A cost beyond 1 and the quantum counts as the nearer of them. */
  add(item: Item, tenantId: string, cost: number): void {
    let queue = this.#queues.get(tenantId)
    if (queue === undefined) {
      queue = { tenantId, entries: new Chain(), deficit: this.#quantum, next: undefined }
      this.#queues.set(tenantId, queue)
      this.#turns.add(queue)
    }
    const charged = cost >= 1 ? Math.min(cost, this.#quantum) : 1
    queue.entries.add({ item, cost: charged, next: undefined })
  }

  /** The next item; undefined where there is none, or none of a tenant that may. Whoever may not loses its turn. */
  take(mayTake: (tenantId: string) => boolean): Item | undefined {
    for (let tries = this.#queues.size; tries > 0; tries -= 1) {
      const queue = this.#turns.first as TenantQueue<Item>
      if (mayTake(queue.tenantId)) return this.#takeOf(queue)
      this.#turns.take()
      this.#turns.add(queue)
    }
    return undefined
  }

  /** Of the one whose turn it is. */
  #takeOf(queue: TenantQueue<Item>): Item {
    const { item, cost } = queue.entries.take() as Entry<Item>
    queue.deficit -= cost
    const following = queue.entries.first
    if (following === undefined) {
      this.#turns.take()
      this.#queues.delete(queue.tenantId)
    } else if (following.cost > queue.deficit) {
      queue.deficit += this.#quantum
      this.#turns.take()
      this.#turns.add(queue)
    }
    return item
  }
}
