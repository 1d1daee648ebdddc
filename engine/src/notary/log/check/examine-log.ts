import type { JsonValue } from '../../../core/index.ts'
import type { Tile } from '../../../proof/index.ts'
import {
  hashText,
  isSignedBy,
  MerkleTree,
  parseCheckpoint,
  parseHash,
  parseNote,
  parseVerifierKey,
  tilePath,
} from '../../../proof/index.ts'
import type { EventStore } from '../../../store/index.ts'
import type { RememberedHead } from '../memory/port.ts'
import { leafPage } from '../tree/log-signer.ts'
import type { TreeState } from '../tree/log-state.ts'
import {
  checkpointId,
  logCollections,
  onlyId,
  readCheckpoint,
  readTile,
  readTree,
  tileId,
} from '../tree/log-state.ts'
import { checkpointFaults, walkCheckpoints } from './kept/kept-checkpoints.ts'

/** What was found of a tenant's signed log. */
export interface LogExamination {
  /** Leaves that are signed; 0 for a log that never was. */
  readonly size: number
  /** Full tiles that were compared with the leaves, and checkpoints that were gone through. */
  readonly tiles: number
  readonly checkpoints: number
  /** What is wrong, in words without content. */
  readonly faults: readonly string[]
}

export interface ExamineOptions {
  /** Verifier keys of all that the log was ever signed with. */
  readonly keys: readonly string[]
  /** A head that the log is to have had, known from elsewhere. */
  readonly remembered?: RememberedHead | undefined
  readonly signal?: AbortSignal
  readonly onLeaves?: (count: number) => void
}

const mostFaults = 10

/**
 * Holds what is kept of a tenant's log to its leaves, by their hashes alone: each tile, the tree, and the newest checkpoint,
 * which the log is to have signed; and looks whether all checkpoints are there, and the log goes on from the head that is
 * remembered of it. Writes nothing.
 */
export async function examineLog(
  store: EventStore,
  tenantId: string,
  options: ExamineOptions,
): Promise<LogExamination> {
  const found = await examine(store, tenantId, options)
  const { remembered } = options
  if (remembered === undefined || remembered.size <= found.size) return found
  const shorter = `The log was signed up to ${remembered.size} leaves, as is remembered beside the keys, and is up to ${found.size}`
  return { ...found, faults: [...found.faults, shorter] }
}

async function examine(
  store: EventStore,
  tenantId: string,
  options: ExamineOptions,
): Promise<LogExamination> {
  const faults: string[] = []
  const document = await store.document(tenantId, logCollections.tree, onlyId)
  const walked = await walkCheckpoints(store, tenantId, options.signal)
  faults.push(...checkpointFaults(walked))
  if (document === undefined) {
    if (walked.count > 0) faults.push('There are checkpoints, and the tree that they are of is gone')
    return { size: 0, tiles: 0, checkpoints: walked.count, faults }
  }
  let state: TreeState
  try {
    state = readTree(document.value)
    await checkNewest(store, tenantId, { state, keys: options.keys, faults })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    faults.push(error.message)
    return { size: 0, tiles: 0, checkpoints: walked.count, faults }
  }
  const tiles = await checkTiles(store, tenantId, { ...options, state, faults })
  return { size: state.size, tiles, checkpoints: walked.count, faults: faults.slice(0, mostFaults) }
}

interface Examined extends ExamineOptions {
  readonly state: TreeState
  readonly faults: string[]
}

async function checkNewest(
  store: EventStore,
  tenantId: string,
  { state, keys, faults }: Examined,
): Promise<void> {
  const kept = await store.document(tenantId, logCollections.checkpoint, checkpointId(state.size))
  if (kept === undefined) {
    faults.push(`The newest checkpoint, of ${state.size} leaves, is gone`)
    return
  }
  const note = parseNote(readCheckpoint(kept.value).text)
  const head = parseCheckpoint(note.text)
  if (head.size !== state.size || hashText(head.root, 'base64') !== state.root)
    faults.push(`The newest checkpoint is of another tree than is kept, of ${state.size} leaves`)
  if (!keys.some(key => isSignedBy(note, parseVerifierKey(key))))
    faults.push('The newest checkpoint is not signed by a key of the log')
}

/** Gives how many full tiles were compared. */
async function checkTiles(
  store: EventStore,
  tenantId: string,
  { state, faults, remembered, signal, onLeaves }: Examined,
): Promise<number> {
  const tree = new MerkleTree()
  let tiles = 0
  const compare = async (full: readonly Tile[]): Promise<void> => {
    for (const { level, index, width, bytes } of full) {
      tiles += 1
      const kept = await store.document(tenantId, logCollections.tile, tileId(level, index))
      const isSame = kept && hashesOf(kept.value) === Buffer.from(bytes).toString('base64')
      if (isSame || faults.length >= mostFaults) continue
      const what = kept ? 'is not what the leaves come to' : 'is gone'
      faults.push(`${tilePath({ level, index, width })} ${what}`)
    }
  }
  for (let after = 0; tree.size < state.size; ) {
    signal?.throwIfAborted()
    const leaves = await store.leaves(
      { tenantId },
      { after, limit: Math.min(leafPage, state.size - tree.size) },
    )
    for (const { sequence, leafHash } of leaves) {
      if (sequence !== tree.size) {
        faults.push(`Leaf ${tree.size} of ${state.size} that were signed is gone`)
        return tiles
      }
      tree.append(parseHash(leafHash, 'base64url'))
      if (tree.size === remembered?.size && hashText(tree.root(), 'base64') !== remembered.root)
        faults.push(
          `Its first ${tree.size} leaves are others than were signed, as is remembered beside the keys`,
        )
    }
    await compare(tree.takeFull())
    onLeaves?.(leaves.length)
    after = leaves.at(-1)?.position ?? after
    if (leaves.length === 0) {
      faults.push(`The log ends after ${tree.size} leaves, and ${state.size} were signed`)
      return tiles
    }
  }
  const isSame = String(tree.frontier().rows) === String(state.rows)
  if (hashText(tree.root(), 'base64') !== state.root || !isSame)
    faults.push(`The tree that is kept is not that of the first ${state.size} leaves`)
  return tiles
}

/** Undefined for a tile that cannot be read. */
function hashesOf(value: JsonValue): string | undefined {
  try {
    return readTile(value).hashes
  } catch {
    return undefined
  }
}
