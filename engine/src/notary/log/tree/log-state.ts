import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject, KeelsonError } from '../../../core/index.ts'
import type { TreeFrontier } from '../../../proof/index.ts'

/** Collections of the documents that a log's tree is kept in; all of one tenant go with it. */
export const logCollections = {
  tree: 'log-tree',
  tile: 'log-tile',
  checkpoint: 'log-checkpoint',
  check: 'log-check',
  heads: 'log-heads',
  meta: 'log-meta',
} as const

/** Id of a document that is alone in its collection. */
export const onlyId = 'main'

const digits = 16

export const tileId = (level: number, index: number): string =>
  `${level}/${String(index).padStart(digits, '0')}`

/** Falls as the size rises, so that the newest checkpoints come first by id. */
export const checkpointId = (size: number): string =>
  String(Number.MAX_SAFE_INTEGER - size).padStart(digits, '0')

export const checkpointSize = (id: string): number => Number.MAX_SAFE_INTEGER - Number(id)

/** The tree of a log as it was last signed. */
export interface TreeState extends TreeFrontier {
  /** Position of the newest leaf. */
  readonly position: number
  /** Position of the first leaf of the tile of leaves that is not full; 0 where there is none. */
  readonly first: number
  /** base64url hash of the newest leaf. */
  readonly last: string
  /** base64. */
  readonly root: string
  /** When a checkpoint was last sent for a time stamp, in milliseconds. */
  readonly stampedAt: number
}

export interface TileState {
  /** base64 of 256 hashes. */
  readonly hashes: string
  /** Position of the first leaf, of a tile of leaves. */
  readonly first: number
}

export interface CheckpointState {
  readonly size: number
  /** The note as the log has signed it. */
  readonly text: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Size of the checkpoint before this one, 0 where it is the first; undefined in what older versions have kept. */
  readonly before?: number | undefined
  /** Lines of witnesses, each with its line feed. */
  readonly cosignatures: readonly string[]
  /** base64 of the RFC 3161 response. */
  readonly stamp: string
  readonly wantsStamp: boolean
  /** Rounds in which a witness or the time stamp authority failed. */
  readonly tries: number
}

export const treeValue = (state: TreeState): JsonValue => ({ ...state, rows: [...state.rows] })
export const tileValue = (state: TileState): JsonValue => ({ ...state })
export const checkpointValue = ({ before, ...state }: CheckpointState): JsonValue => ({
  ...state,
  ...(before === undefined ? {} : { before }),
  cosignatures: [...state.cosignatures],
})

/** The whole note: the log's signature, then those of the witnesses. */
export const noteOf = ({ text, cosignatures }: CheckpointState): string => text + cosignatures.join('')

const number = (value: JsonObject, name: string): number => {
  const found = value[name]
  if (typeof found !== 'number' || !Number.isSafeInteger(found)) throw damaged(name)
  return found
}

const text = (value: JsonObject, name: string): string => {
  const found = value[name]
  if (typeof found !== 'string') throw damaged(name)
  return found
}

const texts = (value: JsonObject, name: string): string[] => {
  const found = value[name]
  if (!Array.isArray(found) || !found.every(one => typeof one === 'string')) throw damaged(name)
  return found as string[]
}

const object = (value: JsonValue): JsonObject => {
  if (!isJsonObject(value)) throw damaged('value')
  return value
}

/** What is not as it was written was changed by somebody else. */
const damaged = (name: string): TypeError =>
  new TypeError(`The member ${name} of a document of the log is damaged`)

/** What is no document of ours is `log_damaged` for whoever reads what was published. */
export function readOr<State>(what: string, read: () => State): State {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new KeelsonError('log_damaged', `${what} cannot be read: ${error.message}`)
  }
}

export function isTree(value: JsonValue): boolean {
  try {
    return readTree(value).size >= 0
  } catch {
    return false
  }
}

/** For who goes on without what is damaged: undefined in its place. */
export function noneWhereDamaged(error: unknown): undefined {
  if (!(error instanceof KeelsonError) || error.code !== 'log_damaged') throw error
}

/** These throw TypeError where the document is not one of ours. */
export function readTree(value: JsonValue): TreeState {
  const from = object(value)
  return {
    size: number(from, 'size'),
    rows: texts(from, 'rows'),
    position: number(from, 'position'),
    first: number(from, 'first'),
    last: text(from, 'last'),
    root: text(from, 'root'),
    stampedAt: number(from, 'stampedAt'),
  }
}

export function readTile(value: JsonValue): TileState {
  const from = object(value)
  return { hashes: text(from, 'hashes'), first: number(from, 'first') }
}

export function readCheckpoint(value: JsonValue): CheckpointState {
  const from = object(value)
  return {
    size: number(from, 'size'),
    text: text(from, 'text'),
    at: number(from, 'at'),
    ...(from['before'] === undefined ? {} : { before: number(from, 'before') }),
    cosignatures: texts(from, 'cosignatures'),
    stamp: text(from, 'stamp'),
    wantsStamp: from['wantsStamp'] === true,
    tries: number(from, 'tries'),
  }
}
