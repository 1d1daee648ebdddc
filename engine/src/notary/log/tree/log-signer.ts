import type { Clock } from '../../../core/index.ts'
import { KeelsonError, toKeelsonError } from '../../../core/index.ts'
import type { SignerKey } from '../../../proof/index.ts'
import type { EventStore, UnitOfWork } from '../../../store/index.ts'
import type { LogKeys } from '../port.ts'
import { logCollections } from './log-state.ts'
import type { Signing, TenantTree } from './tenant-tree.ts'
import type { TreeCache } from './tree-cache.ts'
import { forked } from './tree-cache.ts'

export interface SignerOptions {
  readonly clock: Clock
  readonly wantsWitnesses: boolean
  /** Milliseconds between two time stamps of a log; undefined for none. */
  readonly stampEvery: number | undefined
  /** Told of each tenant whose head has moved. */
  readonly onSigned: (tenantId: string, signing: Signing) => void
}

/** A tree that could not be signed, and why. */
export interface Unsigned {
  readonly tree: TenantTree
  readonly error: KeelsonError
}

/** Leaves that are read at once. */
export const leafPage = 4_096
/** Leaves of one tenant that may wait in memory. */
const mostPending = 8 * leafPage
const attempts = 5

/** Puts what trees have taken into the store: tiles, tree and checkpoint of a log change together or not at all. */
export class LogSigner {
  readonly #store: EventStore
  readonly #keys: LogKeys
  readonly #trees: TreeCache
  readonly #options: SignerOptions

  constructor(store: EventStore, keys: LogKeys, trees: TreeCache, options: SignerOptions) {
    this.#store = store
    this.#keys = keys
    this.#trees = trees
    this.#options = options
  }

  /**
   * In one unit. Trees whose unit fails are not to be used any more: they are dropped here, and read again. Gives those
   * that were left as they are because their key cannot be had.
   */
  async sign(
    trees: readonly TenantTree[],
    checkpoint?: UnitOfWork['checkpoint'],
  ): Promise<readonly Unsigned[]> {
    const keys = await Promise.allSettled(trees.map(({ tenantId }) => this.#keys.logKey(tenantId)))
    const unsigned: Unsigned[] = []
    const signings = new Map<TenantTree, Signing>()
    const { clock, wantsWitnesses, stampEvery } = this.#options
    try {
      for (const [at, tree] of trees.entries()) {
        const key = keys[at] as PromiseSettledResult<SignerKey>
        if (key.status === 'rejected') unsigned.push({ tree, error: toKeelsonError(key.reason) })
        else signings.set(tree, tree.sign({ signer: key.value, at: clock.now(), wantsWitnesses, stampEvery }))
      }
      await this.#store.commit({
        scope: { tenantId: 'every tenant' },
        ...(checkpoint ? { checkpoint } : {}),
        documents: [...signings.values()].flatMap(({ documents }) => documents),
      })
      for (const [tree, signing] of signings) await this.#keep(tree, signing)
      return unsigned
    } catch (error) {
      for (const tree of trees) this.#trees.drop(tree.tenantId)
      throw error
    }
  }

  /**
   * Takes all that the log has behind the tree, and signs where that is much.
   * @throws KeelsonError `log_forked` where leaves are missing.
   */
  async catchUp(start: TenantTree): Promise<TenantTree> {
    let tree = start
    for (;;) {
      const { tenantId } = tree
      const leaves = await this.#store.leaves({ tenantId }, { after: tree.position, limit: leafPage })
      for (const leaf of leaves) {
        if (tree.place(leaf) !== 'next')
          throw forked(`Leaf ${leaf.sequence} of the log follows leaf ${tree.size - 1}`)
        tree.append(leaf, this.#options.clock.now())
      }
      if (leaves.length < leafPage) return tree
      if (tree.pending < mostPending) continue
      await this.#signOne(tree)
      tree = await this.#trees.get(tenantId)
    }
  }

  /** Signs up to the end of a tenant's log; others may do the same at the same time. */
  async signNow(tenantId: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const tree = await this.catchUp(await this.#trees.get(tenantId))
        if (tree.pending > 0) await this.#signOne(tree)
        return
      } catch (error) {
        this.#trees.drop(tenantId)
        const isConflict = error instanceof KeelsonError && error.code === 'document_conflict'
        if (!isConflict || attempt === attempts) throw error
      }
    }
  }

  async #signOne(tree: TenantTree): Promise<void> {
    const [unsigned] = await this.sign([tree])
    if (unsigned) throw unsigned.error
  }

  async #keep(tree: TenantTree, signing: Signing): Promise<void> {
    const wasNew = tree.isNew
    tree.keep(signing)
    if (wasNew && (await this.#isGone(tree))) await this.#remove(tree)
    else this.#options.onSigned(tree.tenantId, signing)
  }

  /** Whether the tenant was deleted before its first checkpoint was kept, which nobody would delete any more. */
  async #isGone({ tenantId }: TenantTree): Promise<boolean> {
    return (await this.#store.leaves({ tenantId }, { after: 0, limit: 1 })).length === 0
  }

  async #remove({ tenantId }: TenantTree): Promise<void> {
    this.#trees.drop(tenantId)
    const { tree, tile, checkpoint, check } = logCollections
    for (const collection of [tree, tile, checkpoint, check])
      for (;;) {
        const found = await this.#store.documents({ tenantId }, collection, { limit: 500 })
        if (found.length === 0) break
        const documents = found.map(({ id }) => ({ tenantId, collection, id }))
        await this.#store.commit({ scope: { tenantId }, documents })
      }
  }
}

/** Documents that the signing of a tree changes. */
export const documentsOf = (tree: TenantTree): number => 3 + Math.ceil((tree.pending / 256) * 1.01)

export const isConflict = (error: unknown): boolean =>
  error instanceof KeelsonError &&
  (error.code === 'document_conflict' || error.code === 'checkpoint_conflict')
