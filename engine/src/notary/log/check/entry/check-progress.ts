import type { TreeFrontier } from '../../../../proof/index.ts'
import { MerkleTree } from '../../../../proof/index.ts'
import type { OpenAbsences } from './absences.ts'

/** Where a check stands between two entries, so that it can be gone on with as if it had not been cut off. */
export interface CheckProgress {
  /** Size of the checkpoint that is checked against. */
  readonly size: number
  readonly position: number
  /** base64url hash of the last leaf, and its time. */
  readonly previous: string
  readonly time: string
  readonly tree: TreeFrontier
  /** What is to be explained by records that come later. */
  readonly absences: OpenAbsences
  /** Entries whose content is in an archive that was not opened. */
  readonly unseen: number
  /** That it has taken until then. */
  readonly milliseconds: number
}

/** Undefined for what is none, or was kept by a version that kept less: such a check begins anew. */
export function readProgress(value: unknown): CheckProgress | undefined {
  const isOne =
    isObject(value) &&
    areNumbers(value, 'size', 'position', 'unseen', 'milliseconds') &&
    areTexts(value, 'previous', 'time') &&
    isTree(value['tree']) &&
    areAbsences(value['absences'])
  return isOne ? (value as unknown as CheckProgress) : undefined
}

type Members = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null

const areNumbers = (value: Members, ...names: readonly string[]): boolean =>
  names.every(name => Number.isSafeInteger(value[name]))

const areTexts = (value: Members, ...names: readonly string[]): boolean =>
  names.every(name => typeof value[name] === 'string')

function isTree(value: unknown): boolean {
  try {
    return new MerkleTree(value as TreeFrontier).size >= 0
  } catch {
    return false
  }
}

function areAbsences(value: unknown): boolean {
  if (!isObject(value) || !areNumbers(value, 'explained')) return false
  const isList = (name: string, isOne: (one: Members) => boolean): boolean => {
    const list = value[name]
    return Array.isArray(list) && list.every(one => isObject(one) && isOne(one))
  }
  const isPlace = (one: Members) => areNumbers(one, 'index', 'version') && areTexts(one, 'eventId')
  return (
    isList('removed', one => isPlace(one) && areNumbers(one, 'to')) &&
    isList('keys', one => isPlace(one) && areTexts(one, 'kid') && areNumbers(one, 'last', 'erased')) &&
    isList('changed', one => isPlace(one) && areTexts(one, 'expected', 'actual')) &&
    isList('ranges', one => areNumbers(one, 'from', 'to'))
  )
}
