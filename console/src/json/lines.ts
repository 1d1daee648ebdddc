import type { JsonValue } from '../api/types.ts'

export type LeafType = 'string' | 'number' | 'boolean' | 'null'

/** One line of a printed JSON tree. `id` is the value's JSON Pointer (RFC 6901), with `/]` for a closing line. */
export interface JsonLine {
  readonly id: string
  readonly pointer: string
  readonly depth: number
  readonly name: string | undefined
  readonly kind: 'open' | 'close' | 'leaf' | 'folded'
  readonly text: string
  readonly type?: LeafType
  readonly size?: number
  readonly value: JsonValue
  readonly hit: boolean
}

const token = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')

function branch(value: JsonValue): [string, JsonValue][] | undefined {
  if (value === null || typeof value !== 'object') return undefined
  return Object.entries(value)
}

const leafType = (value: JsonValue): LeafType => (value === null ? 'null' : (typeof value as LeafType))

/** Pointers of all values whose name or text has the words in it, and of everything above them. */
export function findMatches(root: JsonValue, query: string): { hits: Set<string>; above: Set<string> } {
  const hits = new Set<string>()
  const above = new Set<string>()
  const wanted = query.trim().toLowerCase()
  const walk = (
    value: JsonValue,
    name: string | undefined,
    pointer: string,
    parents: readonly string[],
  ): void => {
    const inside = branch(value)
    const text = inside ? '' : String(value)
    if (`${name ?? ''}\n${text}`.toLowerCase().includes(wanted)) {
      hits.add(pointer)
      for (const parent of parents) above.add(parent)
    }
    for (const [key, child] of inside ?? [])
      walk(child, key, `${pointer}/${token(key)}`, [...parents, pointer])
  }
  if (wanted !== '') walk(root, undefined, '', [])
  return { hits, above }
}

/** Prints a value as lines; `folded` decides by pointer and depth what stays closed. */
export function jsonLines(
  root: JsonValue,
  folded: (pointer: string, depth: number) => boolean,
  hits: ReadonlySet<string> = new Set(),
): JsonLine[] {
  const lines: JsonLine[] = []
  const print = (value: JsonValue, name: string | undefined, pointer: string, depth: number): void => {
    const base = { pointer, depth, name, value, hit: hits.has(pointer) }
    const inside = branch(value)
    if (!inside) {
      lines.push({ ...base, id: pointer, kind: 'leaf', text: JSON.stringify(value), type: leafType(value) })
      return
    }
    const [left, right] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
    const size = inside.length
    if (size === 0 || folded(pointer, depth)) {
      lines.push({
        ...base,
        id: pointer,
        kind: 'folded',
        text: size === 0 ? left + right : `${left}…${right}`,
        size,
      })
      return
    }
    lines.push({ ...base, id: pointer, kind: 'open', text: left, size })
    for (const [key, child] of inside) {
      print(child, Array.isArray(value) ? undefined : key, `${pointer}/${token(key)}`, depth + 1)
    }
    lines.push({ ...base, id: `${pointer}/]`, kind: 'close', name: undefined, text: right, hit: false })
  }
  print(root, undefined, '', 0)
  return lines
}
