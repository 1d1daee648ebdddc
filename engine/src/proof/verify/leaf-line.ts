import type { LeafKind } from '../leaf.ts'

/** A leaf as it stands in a line. */
export interface LeafLine {
  readonly body: string
  readonly id: string
  readonly kind: LeafKind
  readonly n: number
  readonly prev: string
  readonly t: string
}

const kinds: ReadonlySet<string> = new Set<LeafKind>([
  'event',
  'erasure',
  'retention',
  'redaction',
  'hold.set',
  'hold.release',
  'policy',
  'key',
  'seal',
])

// The one way in which version 1 writes a leaf: canonical JSON of known members, none of which needs an escape.
const leafPattern =
  /^\{"body":"([\w-]{43})","id":"([A-Za-z0-9._:-]{1,128})","kind":"([a-z.]{1,20})","n":(0|[1-9]\d{0,15}),"prev":"([\w-]{43})","t":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)","v":1\}$/

/** The leaf; a word where it is of another version, or none. */
export function parseLeaf(text: string): LeafLine | 'leaf_malformed' | 'version_unknown' {
  const found = leafPattern.exec(text)
  if (found === null) return isOtherVersion(text) ? 'version_unknown' : 'leaf_malformed'
  const [, body = '', id = '', kind = '', n = '', prev = '', t = ''] = found
  if (!kinds.has(kind)) return 'version_unknown'
  if (!Number.isSafeInteger(Number(n))) return 'leaf_malformed'
  return { body, id, kind: kind as LeafKind, n: Number(n), prev, t }
}

function isOtherVersion(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'v' in value && value.v !== 1
  } catch {
    return false
  }
}
