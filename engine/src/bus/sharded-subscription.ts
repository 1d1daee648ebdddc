import type { EventStore } from '../store/index.ts'
import { shardOf } from '../store/index.ts'
import type { SubscriptionOptions, SubscriptionStatus } from './subscription.ts'
import { Subscription } from './subscription.ts'

/**
 * A subscription to every shard of a store: each shard has a log, and so a checkpoint, of its own. On a store with one
 * shard, and for one tenant, it is a single subscription.
 */
export class ShardedSubscription {
  readonly #options: SubscriptionOptions
  readonly #shards: readonly Subscription[]

  constructor(store: EventStore, options: SubscriptionOptions) {
    this.#options = options
    const { shards } = store.capabilities
    const { scope } = options
    const isWhole = scope === undefined || (scope.tenantId === 'every tenant' && !('shard' in scope))
    this.#shards =
      shards === 1 || !isWhole
        ? [new Subscription(store, options)]
        : Array.from(
            { length: shards },
            (_, shard) =>
              new Subscription(store, {
                ...options,
                name: `${options.name}#${shard}`,
                scope: { tenantId: 'every tenant', shard },
              }),
          )
  }

  /** Of the shard that has come least far, or is in trouble. */
  get status(): SubscriptionStatus {
    const all = this.#shards.map(shard => shard.status)
    const first = all.toSorted((a, b) => a.position - b.position)[0] as SubscriptionStatus
    const troubled = all.find(status => status.state !== 'running') ?? first
    return { ...troubled, name: this.#options.name, position: first.position }
  }

  /** Reads the checkpoints and begins to follow the log. */
  async start(): Promise<void> {
    for (const shard of this.#shards) await shard.start()
  }

  /** Resolves true when everything of the tenant up to `position` is handled, false after `milliseconds`. */
  waitFor(position: number, milliseconds: number, tenantId = ''): Promise<boolean> {
    return this.#shardOf(tenantId).waitFor(position, milliseconds)
  }

  /** Position up to which everything of the tenant is handled. */
  positionOf(tenantId: string): number {
    return this.#shardOf(tenantId).status.position
  }

  /** Ends after the batches in hand. May be called twice. */
  async close(): Promise<void> {
    await Promise.all(this.#shards.map(shard => shard.close()))
  }

  #shardOf(tenantId: string): Subscription {
    return this.#shards[shardOf(tenantId, this.#shards.length)] as Subscription
  }
}
