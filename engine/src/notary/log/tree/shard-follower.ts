import type { Clock } from '../../../core/index.ts'
import { KeelsonError, toKeelsonError } from '../../../core/index.ts'
import type { EventStore, LeafRow } from '../../../store/index.ts'
import { isPassing } from '../passing.ts'
import type { LogSigner } from './log-signer.ts'
import { documentsOf, isConflict, leafPage } from './log-signer.ts'
import type { TenantTree } from './tenant-tree.ts'
import type { TreeCache } from './tree-cache.ts'
import { forked } from './tree-cache.ts'

export interface FollowerOptions {
  readonly clock: Clock
  /** Leaves of a tenant after which its head is signed, and milliseconds after the first of them. */
  readonly leaves: number
  readonly milliseconds: number
  /** Milliseconds without progress after which the work of another process is taken over. */
  readonly standby: number
  /** Told once for each tenant whose log contradicts what was signed. */
  readonly onForked: (tenantId: string, error: KeelsonError) => void
  /** Told of a tenant that cannot be signed for now. */
  readonly onBlocked: (tenantId: string, error: KeelsonError) => void
  /** Told of a tenant whose leaves another process has signed. */
  readonly onSignedElsewhere: (tenantId: string) => void
}

/** Documents in one unit of work, and leaves that may wait for a signature altogether. */
const unitDocuments = 500
const mostWaiting = 5 * leafPage
/** Trees that are read from the store at once. */
const readsAtOnce = 32
const mostConflicts = 3
/** Milliseconds until what cannot be had or done for one tenant is tried again. */
const blockedPause = 5_000
/** Times that reading one tenant's documents fails, of a store that answers, before nobody waits for it any more. */
const mostFailures = 3

/** Follows one shard of the store: takes its leaves into the trees of their tenants, and has these signed when due. */
export class ShardFollower {
  readonly #store: EventStore
  readonly #trees: TreeCache
  readonly #signer: LogSigner
  readonly #options: FollowerOptions
  readonly #shard: number
  readonly #name: string
  /** Trees with leaves that are not signed. */
  readonly #open = new Map<string, TenantTree>()
  readonly #forked = new Set<string>()
  /** Tenants whose key cannot be had, and when they are tried again. */
  readonly #blocked = new Map<string, number>()
  /** Tenants whose leaves could not be taken, and when they are tried again. */
  readonly #late = new Map<string, number>()
  /** Tenants that are signed by themselves, as they were in the way of others, and when that is tried. */
  readonly #alone = new Map<string, number>()
  readonly #failures = new Map<string, number>()
  /** Position up to which all leaves are signed, as the store has it; undefined before the first step. */
  #kept: number | undefined
  #cursor = 0
  #conflicts = 0
  /** Where another process was when it was last looked at, while it does the work. */
  #other: { position: number; since: number } | undefined

  constructor(
    store: EventStore,
    trees: TreeCache,
    signer: LogSigner,
    shard: number,
    options: FollowerOptions,
  ) {
    this.#store = store
    this.#trees = trees
    this.#signer = signer
    this.#options = options
    this.#shard = shard
    this.#name = `notary#${shard}`
  }

  /** Whether this process signs the shard's logs; false before its first step. */
  get isLeading(): boolean {
    return this.#kept !== undefined && this.#other === undefined
  }

  get isStandby(): boolean {
    return this.#other !== undefined
  }

  /** The log is as it was signed: it is followed again, with what has come meanwhile. */
  mended(tenantId: string): void {
    if (this.#forked.delete(tenantId)) this.takeUp(tenantId)
  }

  /** Takes what came while it could not be taken. */
  takeUp(tenantId: string): void {
    this.#late.set(tenantId, 0)
  }

  /** Forgets that a log was forked, as when its tenant was deleted. */
  forget(tenantId: string): void {
    this.#forked.delete(tenantId)
    this.#open.delete(tenantId)
    this.#blocked.delete(tenantId)
    this.#late.delete(tenantId)
    this.#alone.delete(tenantId)
    this.#failures.delete(tenantId)
  }

  /** Reads what has come, and signs what is due; `all` also what is not due yet. Gives whether there is more to read. */
  async step(all = false): Promise<boolean> {
    if (this.#other && !(await this.#takesOver())) return false
    try {
      this.#kept ??= this.#cursor = await this.#store.checkpoint(this.#name)
      const isMore = await this.#read()
      await this.#takeLate()
      await this.#sign(all)
      await this.#signAlone()
      this.#conflicts = 0
      return isMore
    } catch (error) {
      await this.#startOver(error)
      if (!isConflict(error)) throw error
      return true
    }
  }

  /** What is in memory may not be what is kept: the next step begins where the store says. */
  async #startOver(error: unknown): Promise<void> {
    const open = [...this.#open.keys()]
    for (const tenantId of open) this.#trees.drop(tenantId)
    this.#open.clear()
    this.#blocked.clear()
    this.#kept = undefined
    if (!isConflict(error)) return
    this.#conflicts += 1
    const isOther = error instanceof KeelsonError && error.code === 'checkpoint_conflict'
    if (!isOther && this.#conflicts < mostConflicts) return
    this.#conflicts = 0
    // Of one tenant, perhaps, which would be in the way of all others for ever.
    if (!isOther) for (const tenantId of open) await this.#tryAlone(tenantId)
    this.#other = { position: await this.#store.checkpoint(this.#name), since: this.#options.clock.now() }
  }

  /** Another process works as long as it gets on, or has nothing left to do. */
  async #takesOver(): Promise<boolean> {
    const other = this.#other as { position: number; since: number }
    const now = this.#options.clock.now()
    const position = await this.#store.checkpoint(this.#name)
    const head = await this.#head()
    if (position !== other.position || position >= head) this.#other = { position, since: now }
    else if (now - other.since >= this.#options.standby) this.#other = undefined
    return this.#other === undefined
  }

  #head(): Promise<number> {
    return this.#store.head(this.#scope)
  }

  get #scope() {
    return { tenantId: 'every tenant', shard: this.#shard } as const
  }

  async #read(): Promise<boolean> {
    const head = await this.#head()
    if (head <= this.#cursor) return false
    const leaves = await this.#store.leaves(this.#scope, { after: this.#cursor, limit: leafPage })
    const byTenant = Map.groupBy(leaves, ({ tenantId }) => tenantId)
    for (const tenants of chunks([...byTenant], readsAtOnce)) {
      const taken = await Promise.allSettled(tenants.map(([tenantId, own]) => this.#take(tenantId, own)))
      const failed = taken.find(one => one.status === 'rejected')
      if (failed) throw failed.reason
    }
    const isWhole = leaves.length < leafPage
    this.#cursor = isWhole ? Math.max(head, leaves.at(-1)?.position ?? 0) : (leaves.at(-1)?.position ?? head)
    return !isWhole
  }

  /** Takes leaves into their tree; what is wrong with one tenant keeps no other waiting. */
  async #take(tenantId: string, leaves: readonly LeafRow[]): Promise<void> {
    if (this.#forked.has(tenantId) || this.#alone.has(tenantId)) return
    try {
      const tree = await this.#grow(tenantId, leaves)
      this.#failures.delete(tenantId)
      if (tree.pending > 0) this.#open.set(tenantId, tree)
      else this.#options.onSignedElsewhere(tenantId)
    } catch (error) {
      this.#trees.drop(tenantId)
      this.#open.delete(tenantId)
      const isDamaged = error instanceof TypeError
      const known = isDamaged
        ? forked(`A leaf of the log cannot be read: ${error.message}`)
        : toKeelsonError(error)
      if (known.code === 'log_forked') {
        this.#forked.add(tenantId)
        this.#options.onForked(tenantId, known)
      } else if (this.#isOfAll(tenantId, known)) throw error
      else {
        this.#late.set(tenantId, this.#options.clock.now() + blockedPause)
        this.#options.onBlocked(tenantId, known)
      }
    }
  }

  /** Whether an error ends the step: that of one tenant alone does not. */
  #isOfAll(tenantId: string, error: KeelsonError): boolean {
    if (isConflict(error)) return true
    if (!isOfStore(error)) return false
    const failures = (this.#failures.get(tenantId) ?? 0) + 1
    this.#failures.set(tenantId, failures)
    return failures < mostFailures
  }

  /** Takes what came while the keys could not be had. */
  async #takeLate(): Promise<void> {
    const now = this.#options.clock.now()
    for (const [tenantId, until] of this.#late) {
      if (until > now) continue
      this.#late.delete(tenantId)
      await this.#take(tenantId, [])
    }
  }

  /** Signs by themselves those that were in the way of others, when it is time to. */
  async #signAlone(): Promise<void> {
    const now = this.#options.clock.now()
    for (const [tenantId, until] of this.#alone) if (until <= now) await this.#tryAlone(tenantId)
  }

  async #tryAlone(tenantId: string): Promise<void> {
    try {
      await this.#signer.signNow(tenantId)
      this.#alone.delete(tenantId)
    } catch (error) {
      const known = toKeelsonError(error)
      if (isOfStore(known) && !isConflict(known)) throw error
      this.#alone.set(tenantId, this.#options.clock.now() + blockedPause)
      if (known.code === 'log_forked') this.#options.onForked(tenantId, known)
      else this.#options.onBlocked(tenantId, known)
    }
  }

  async #grow(tenantId: string, leaves: readonly LeafRow[]): Promise<TenantTree> {
    let tree = await this.#trees.get(tenantId)
    if (leaves.length === 0) tree = await this.#signer.catchUp(tree)
    let isAnew = false
    for (const leaf of leaves) {
      let place = tree.place(leaf)
      if (place === 'against' && !isAnew) {
        // Perhaps the tenant was deleted, and this is the log of another one of its name.
        isAnew = true
        this.#trees.drop(tenantId)
        tree = await this.#trees.get(tenantId)
        place = tree.place(leaf)
      }
      if (place === 'later') {
        tree = await this.#signer.catchUp(tree)
        place = tree.place(leaf)
      }
      if (place === 'next') tree.append(leaf, this.#options.clock.now())
      else if (place !== 'known')
        throw forked(`Leaf ${leaf.sequence} of the log does not follow the ${tree.size} that were taken`)
    }
    return tree
  }

  async #sign(all: boolean): Promise<void> {
    const { clock, leaves, milliseconds } = this.#options
    const now = clock.now()
    for (const [tenantId, tree] of this.#open) if (tree.pending === 0) this.#open.delete(tenantId)
    const waiting = [...this.#open.values()].reduce((sum, tree) => sum + tree.pending, 0)
    const isAll = all || waiting >= mostWaiting
    const due = [...this.#open.values()].filter(
      tree =>
        (this.#blocked.get(tree.tenantId) ?? 0) <= now &&
        (isAll || tree.pending >= leaves || now - (tree.since ?? now) >= milliseconds),
    )
    for (const group of groups(due)) await this.#signGroup(group)
    // Leaves that were signed already, are of forked logs, or wait for a key, are behind us too.
    if ([...this.#open.keys()].every(one => this.#blocked.has(one)) && this.#cursor > (this.#kept as number))
      await this.#signGroup([])
  }

  async #signGroup(group: readonly TenantTree[]): Promise<void> {
    const from = this.#kept as number
    const signed = new Set(group)
    const rest = [...this.#open.values()].filter(
      tree => !signed.has(tree) && !this.#blocked.has(tree.tenantId),
    )
    const to = Math.max(
      from,
      rest.reduce((least, tree) => Math.min(least, (tree.firstPending ?? least + 1) - 1), this.#cursor),
    )
    const unsigned = await this.#signer.sign(group, { name: this.#name, from, to })
    this.#kept = to
    for (const { tenantId } of group) {
      this.#open.delete(tenantId)
      this.#blocked.delete(tenantId)
    }
    for (const { tree, error } of unsigned) this.#block(tree, error)
  }

  /** Keeps a tree whose key cannot be had for later; nobody else waits for it. */
  #block(tree: TenantTree, error: KeelsonError): void {
    const { clock, onBlocked } = this.#options
    this.#open.set(tree.tenantId, tree)
    this.#blocked.set(tree.tenantId, clock.now() + blockedPause)
    onBlocked(tree.tenantId, error)
  }
}

/** Whether it can end for all at once: neither a tenant's key nor its log is what is wrong. */
const isOfStore = (error: KeelsonError): boolean => isPassing(error) && !/^(key_ring|log)_/.test(error.code)

/** Trees by units of work. */
function* groups(trees: readonly TenantTree[]): Generator<readonly TenantTree[]> {
  let group: TenantTree[] = []
  let documents = 0
  for (const tree of trees) {
    if (group.length > 0 && documents + documentsOf(tree) > unitDocuments) {
      yield group
      group = []
      documents = 0
    }
    group.push(tree)
    documents += documentsOf(tree)
  }
  if (group.length > 0) yield group
}

function* chunks<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}
