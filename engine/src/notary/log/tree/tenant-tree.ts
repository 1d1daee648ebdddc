import { KeelsonError } from '../../../core/index.ts'
import type { SignerKey, Tile } from '../../../proof/index.ts'
import { hashText, MerkleTree, noteText, parseHash, signCheckpoint } from '../../../proof/index.ts'
import type { DocumentChange, LeafRow } from '../../../store/index.ts'
import type { CheckpointState, TreeState } from './log-state.ts'
import {
  checkpointId,
  checkpointValue,
  logCollections,
  onlyId,
  tileId,
  tileValue,
  treeValue,
} from './log-state.ts'

/** Milliseconds from a log's first checkpoint to its first check. */
const firstCheck = 86_400_000

/** How a leaf stands to the tree: the next one, in it already, behind others that are missing, or against it. */
export type LeafPlace = 'next' | 'known' | 'later' | 'against'

/** What is signed of a tree in one unit of work. */
export interface SigningOptions {
  readonly signer: SignerKey
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Whether witnesses are to be asked. */
  readonly wantsWitnesses: boolean
  /** Milliseconds between two time stamps of a log; undefined for none. */
  readonly stampEvery: number | undefined
}

export interface Signing {
  readonly documents: readonly DocumentChange[]
  readonly checkpoint: CheckpointState
  readonly tree: TreeState
}

/** The tree of one tenant's log as it grows: leaves are taken first and signed later. */
export class TenantTree {
  readonly tenantId: string
  readonly #tree: MerkleTree
  /** Of tiles of leaves that are full and not kept yet, the position of the first leaf. */
  #firsts = new Map<number, number>()
  #signed: TreeState | undefined
  #revision: number
  #position: number
  #first: number
  #last: string
  #since: number | undefined
  #firstPending: number | undefined
  #isSpent = false

  /** @throws TypeError where the state is no tree. */
  constructor(tenantId: string, kept?: { readonly state: TreeState; readonly revision: number }) {
    this.tenantId = tenantId
    this.#tree = new MerkleTree(kept?.state)
    this.#signed = kept?.state
    this.#revision = kept?.revision ?? 0
    this.#position = kept?.state.position ?? 0
    this.#first = kept?.state.first ?? 0
    this.#last = kept?.state.last ?? ''
  }

  get size(): number {
    return this.#tree.size
  }

  /** Position of the newest leaf, 0 before the first. */
  get position(): number {
    return this.#position
  }

  /** base64url hash of the newest leaf. */
  get last(): string {
    return this.#last
  }

  /** Leaves that were taken and not signed. */
  get pending(): number {
    return this.#tree.size - (this.#signed?.size ?? 0)
  }

  /** When the first of these was taken, and its position. */
  get since(): number | undefined {
    return this.#since
  }

  get firstPending(): number | undefined {
    return this.#firstPending
  }

  /** As it was last kept; undefined before the first checkpoint. */
  get signed(): TreeState | undefined {
    return this.#signed
  }

  place({ sequence, position, leafHash }: LeafRow): LeafPlace {
    if (sequence > this.size) return 'later'
    if (sequence === this.size) return position > this.#position ? 'next' : 'against'
    // A sequence that comes back behind the newest leaf is that of another log under the same name.
    if (position > this.#position) return 'against'
    return sequence === this.size - 1 && leafHash !== this.#last ? 'against' : 'known'
  }

  /** Takes the next leaf. @throws TypeError where its hash is none. */
  append({ position, leafHash }: LeafRow, now: number): void {
    const index = Math.floor(this.size / 256)
    if (this.size % 256 === 0) this.#first = position
    this.#tree.append(parseHash(leafHash, 'base64url'))
    if (this.size % 256 === 0) {
      this.#firsts.set(index, this.#first)
      this.#first = 0
    }
    this.#position = position
    this.#last = leafHash
    this.#since ??= now
    this.#firstPending ??= position
  }

  /**
   * The documents that make what was taken part of the signed log: full tiles, the checkpoint, and the tree with its
   * expected revision. To be followed by `keep` when they are committed; a tree whose commit fails is thrown away.
   * @throws KeelsonError `document_conflict` for a tree that was signed and not kept.
   */
  sign(options: SigningOptions): Signing {
    if (this.#isSpent) throw new KeelsonError('document_conflict', 'The tree was signed before, and not kept')
    this.#isSpent = true
    const { signer, at, stampEvery } = options
    const root = this.#tree.root()
    const note = signCheckpoint({ origin: signer.name, size: this.size, root }, signer)
    const stampedAt = this.#signed?.stampedAt ?? 0
    const wantsStamp = stampEvery !== undefined && at - stampedAt >= stampEvery
    const tree: TreeState = {
      ...this.#tree.frontier(),
      position: this.#position,
      first: this.#first,
      last: this.#last,
      root: hashText(root, 'base64'),
      stampedAt: wantsStamp ? at : stampedAt,
    }
    const checkpoint: CheckpointState = {
      size: this.size,
      text: noteText(note),
      at,
      before: this.#signed?.size ?? 0,
      cosignatures: [],
      stamp: '',
      wantsStamp,
      tries: 0,
    }
    const { tenantId } = this
    const documents: DocumentChange[] = this.#tree.takeFull().map(tile => this.#tileDocument(tile))
    documents.push({
      tenantId,
      collection: logCollections.checkpoint,
      id: checkpointId(this.size),
      value: checkpointValue(checkpoint),
      expected: 0,
      ...(options.wantsWitnesses || wantsStamp ? { due: at } : {}),
    })
    documents.push({
      tenantId,
      collection: logCollections.tree,
      id: onlyId,
      value: treeValue(tree),
      expected: this.#revision,
    })
    // From here on the log is checked now and then.
    if (this.isNew)
      documents.push({
        tenantId,
        collection: logCollections.check,
        id: onlyId,
        value: {},
        due: at + firstCheck,
      })
    return { documents, checkpoint, tree }
  }

  keep({ tree }: Signing): void {
    this.#isSpent = false
    this.#signed = tree
    this.#revision += 1
    this.#firsts = new Map()
    this.#since = undefined
    this.#firstPending = undefined
  }

  /** Whether nothing of it was kept yet. */
  get isNew(): boolean {
    return this.#revision === 0
  }

  #tileDocument({ level, index, bytes }: Tile): DocumentChange {
    const first = level === 0 ? (this.#firsts.get(index) ?? 0) : 0
    return {
      tenantId: this.tenantId,
      collection: logCollections.tile,
      id: tileId(level, index),
      value: tileValue({ hashes: Buffer.from(bytes).toString('base64'), first }),
      expected: 0,
    }
  }
}
