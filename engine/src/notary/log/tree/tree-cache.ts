import { KeelsonError } from '../../../core/index.ts'
import {
  hashText,
  isSignedBy,
  MerkleTree,
  parseCheckpoint,
  parseHash,
  parseNote,
  parseVerifierKey,
  verifyConsistency,
} from '../../../proof/index.ts'
import type { EventStore } from '../../../store/index.ts'
import type { RememberedHead } from '../memory/port.ts'
import type { LogKeys } from '../port.ts'
import type { TreeState } from './log-state.ts'
import { checkpointId, logCollections, onlyId, readCheckpoint, readTree } from './log-state.ts'
import { TenantTree } from './tenant-tree.ts'

/** What was signed and what is there contradict each other. */
export const forked = (reason: string): KeelsonError => new KeelsonError('log_forked', reason)

/** Nothing is signed on where nobody can tell whether it goes on. */
function unshown(error: unknown): never {
  if (!(error instanceof KeelsonError && error.code === 'log_damaged')) throw error
  throw forked(`Nothing shows that the log goes on from what was signed: ${error.message}`)
}

/** What trees are held to beside what stands in the store next to them. */
export interface Proofs {
  /** The newest head that is remembered of a tenant's log. */
  remembered(tenantId: string): Promise<RememberedHead | undefined>
  /** Hashes in base64. */
  consistency(tenantId: string, from: number, to: number): Promise<readonly string[]>
}

/** The trees of the tenants that were active of late; each was held to what was signed when it was read. */
export class TreeCache {
  readonly #store: EventStore
  readonly #keys: LogKeys
  readonly #size: number
  readonly #proofs: Proofs | undefined
  readonly #trees = new Map<string, TenantTree>()

  constructor(store: EventStore, keys: LogKeys, size: number, proofs?: Proofs) {
    this.#store = store
    this.#keys = keys
    this.#size = size
    this.#proofs = proofs
  }

  /** @throws KeelsonError `log_forked` where the log is not that of the newest checkpoint. */
  async get(tenantId: string): Promise<TenantTree> {
    const known = this.#trees.get(tenantId)
    if (known) {
      this.#trees.delete(tenantId)
      this.#trees.set(tenantId, known)
      return known
    }
    const tree = await this.#load(tenantId)
    this.#trees.set(tenantId, tree)
    this.#shrink()
    return tree
  }

  /** The next to ask for it reads it again. */
  drop(tenantId: string): void {
    this.#trees.delete(tenantId)
  }

  /** Trees with leaves that are not signed stay: they are few, and lead to more than the limit for a moment only. */
  #shrink(): void {
    for (const [tenantId, tree] of this.#trees) {
      if (this.#trees.size <= this.#size) return
      if (tree.pending === 0) this.#trees.delete(tenantId)
    }
  }

  async #load(tenantId: string): Promise<TenantTree> {
    const document = await this.#store.document(tenantId, logCollections.tree, onlyId)
    if (!document) {
      const kept = await this.#store.documents({ tenantId }, logCollections.checkpoint, { limit: 1 })
      if (kept.length > 0 && (await this.#isThere(tenantId)))
        throw forked('There are checkpoints of the log, but its tree is gone')
      const remembered = await this.#proofs?.remembered(tenantId)
      if (remembered && (await this.#isThere(tenantId)))
        throw forked(`The log was signed up to ${remembered.size} leaves, and its tree is gone`)
      return new TenantTree(tenantId)
    }
    try {
      const state = readTree(document.value)
      await this.#compare(tenantId, state)
      await this.#holdToRemembered(tenantId, state)
      return new TenantTree(tenantId, { state, revision: document.revision })
    } catch (error) {
      // A tenant that was deleted meanwhile has no log that anything could contradict.
      if (!(await this.#store.document(tenantId, logCollections.tree, onlyId)))
        return new TenantTree(tenantId)
      if (error instanceof TypeError) throw forked(`The tree of the log cannot be read: ${error.message}`)
      throw error
    }
  }

  /** A deletion in the store does not reach what is remembered: a log that was begun anew does not go on from it. */
  async #holdToRemembered(tenantId: string, state: TreeState): Promise<void> {
    const remembered = await this.#proofs?.remembered(tenantId)
    if (this.#proofs === undefined || remembered === undefined) return
    const { size } = remembered
    if (size > state.size)
      throw forked(`The log was signed up to ${size} leaves, and its newest checkpoint has ${state.size}`)
    const older = { size, root: parseHash(remembered.root, 'base64') }
    const newer = { size: state.size, root: parseHash(state.root, 'base64') }
    const path =
      size === state.size ? [] : await this.#proofs.consistency(tenantId, size, state.size).catch(unshown)
    const nodes = path.map(node => parseHash(node, 'base64'))
    if (!verifyConsistency(older, newer, nodes))
      throw forked(`The first ${size} leaves of the log are others than those that were signed`)
  }

  async #isThere(tenantId: string): Promise<boolean> {
    return (await this.#store.leaves({ tenantId }, { after: 0, limit: 1 })).length > 0
  }

  async #compare(tenantId: string, state: TreeState): Promise<void> {
    const [[leaf], checkpoint, keys] = await Promise.all([
      this.#store.leaves({ tenantId }, { after: state.position - 1, limit: 1 }),
      this.#store.document(tenantId, logCollections.checkpoint, checkpointId(state.size)),
      this.#keys.logKeys(tenantId),
    ])
    if (leaf === undefined || leaf.sequence !== state.size - 1)
      throw forked(`The log ends before the ${state.size} leaves that were signed`)
    if (leaf.leafHash !== state.last)
      throw forked(`Leaf ${leaf.sequence} of the log is another one than was signed`)
    if (!checkpoint) throw forked(`The checkpoint of ${state.size} leaves is gone`)
    const note = parseNote(readCheckpoint(checkpoint.value).text)
    const { size, root } = parseCheckpoint(note.text)
    if (!keys.some(key => isSignedBy(note, parseVerifierKey(key))))
      throw forked(`The checkpoint of ${state.size} leaves is not signed by a key of the log`)
    if (
      size !== state.size ||
      root !== new MerkleTree(state).root() ||
      hashText(root, 'base64') !== state.root
    )
      throw forked(
        `The tree has another root at ${state.size} leaves than ${hashText(root, 'base64')}, which was signed`,
      )
  }
}
