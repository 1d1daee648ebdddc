import type { PatternCursor } from './pattern-class.ts'
import { readCharacterClass, readEscape } from './pattern-class.ts'

/** A regular expression (ECMAScript, flag `u`) as a tree; `chars` holds some of the characters that it takes. */
export type PatternTree =
  | { readonly kind: 'chars'; readonly chars: string }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternTree[] }
  | { readonly kind: 'repeat'; readonly part: PatternTree; readonly min: number; readonly max: number }

const maxPattern = 1000
const maxNesting = 50

/** Reads what it knows; undefined for look-around, back references, word boundaries and very long patterns. */
export function readPatternTree(source: string): PatternTree | undefined {
  if (source.length > maxPattern) return undefined
  const cursor: PatternCursor = { source, at: 0 }
  const tree = readChoice(cursor, 0)
  return cursor.at === source.length ? tree : undefined
}

function readChoice(cursor: PatternCursor, depth: number): PatternTree | undefined {
  if (depth > maxNesting) return undefined
  const options: PatternTree[] = []
  do {
    const option = readSequence(cursor, depth)
    if (option === undefined) return undefined
    options.push(option)
  } while (take(cursor, '|'))
  return options.length === 1 ? options[0] : { kind: 'choice', parts: options }
}

function readSequence(cursor: PatternCursor, depth: number): PatternTree | undefined {
  const parts: PatternTree[] = []
  while (cursor.at < cursor.source.length && !'|)'.includes(cursor.source[cursor.at] as string)) {
    const atom = readAtom(cursor, depth)
    const part = atom === undefined ? undefined : readQuantifier(cursor, atom)
    if (part === undefined) return undefined
    parts.push(part)
  }
  return { kind: 'sequence', parts }
}

function readAtom(cursor: PatternCursor, depth: number): PatternTree | undefined {
  const { source } = cursor
  if (take(cursor, '^')) return { kind: 'start' }
  if (take(cursor, '$')) return { kind: 'end' }
  if (take(cursor, '.')) return { kind: 'chars', chars: 'a0 _-é' }
  if (take(cursor, '[')) return charsOf(readCharacterClass(cursor))
  if (take(cursor, '\\')) return charsOf(readEscape(cursor))
  if (take(cursor, '(')) return readGroup(cursor, depth)
  const code = source.codePointAt(cursor.at) as number
  const char = String.fromCodePoint(code)
  cursor.at += char.length
  return { kind: 'chars', chars: char }
}

function charsOf(chars: string | undefined): PatternTree | undefined {
  return chars === undefined ? undefined : { kind: 'chars', chars }
}

function readGroup(cursor: PatternCursor, depth: number): PatternTree | undefined {
  const opening = /^\?(?::|<[\p{ID_Start}$_][\p{ID_Continue}$]*>)/u.exec(cursor.source.slice(cursor.at))
  if (opening !== null) cursor.at += opening[0].length
  else if (cursor.source[cursor.at] === '?') return undefined
  const inner = readChoice(cursor, depth + 1)
  return inner !== undefined && take(cursor, ')') ? inner : undefined
}

function readQuantifier(cursor: PatternCursor, part: PatternTree): PatternTree {
  const found = /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/.exec(cursor.source.slice(cursor.at))
  if (found === null) return part
  cursor.at += found[0].length
  const [, sign, least, comma, most] = found
  if (sign !== undefined)
    return { kind: 'repeat', part, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity }
  const min = Number(least)
  return { kind: 'repeat', part, min, max: comma === undefined ? min : most ? Number(most) : Infinity }
}

function take(cursor: PatternCursor, text: string): boolean {
  if (!cursor.source.startsWith(text, cursor.at)) return false
  cursor.at += text.length
  return true
}

/** How long a text that matches is at least and at most, in code points; undefined where the tree is not known. */
export function patternLengths(source: string): { readonly min: number; readonly max: number } | undefined {
  const tree = readPatternTree(source)
  if (tree === undefined) return undefined
  const { min, max } = lengthsOf(tree)
  return { min, max: isAnchored(tree) ? max : Infinity }
}

function isAnchored(tree: PatternTree): boolean {
  if (tree.kind === 'choice') return tree.parts.every(isAnchored)
  return tree.kind === 'sequence' && tree.parts[0]?.kind === 'start' && tree.parts.at(-1)?.kind === 'end'
}

function lengthsOf(tree: PatternTree): { min: number; max: number } {
  if (tree.kind === 'chars') return { min: 1, max: 1 }
  if (tree.kind === 'sequence') {
    const parts = tree.parts.map(lengthsOf)
    return { min: parts.reduce((n, { min }) => n + min, 0), max: parts.reduce((n, { max }) => n + max, 0) }
  }
  if (tree.kind === 'choice') {
    const parts = tree.parts.map(lengthsOf)
    return { min: Math.min(...parts.map(({ min }) => min)), max: Math.max(...parts.map(({ max }) => max)) }
  }
  if (tree.kind !== 'repeat') return { min: 0, max: 0 }
  const part = lengthsOf(tree.part)
  // Zero times without end is zero, where plain arithmetic says it is not a number.
  return { min: part.min * tree.min, max: part.max === 0 || tree.max === 0 ? 0 : part.max * tree.max }
}
