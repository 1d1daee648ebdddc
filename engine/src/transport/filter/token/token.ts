/** Words that are no names unless they are delimited. */
const keywords = [
  'AND',
  'OR',
  'NOT',
  'IN',
  'LIKE',
  'ESCAPE',
  'IS',
  'NULL',
  'EXISTS',
  'BETWEEN',
  'TRUE',
  'FALSE',
] as const

export type Keyword = (typeof keywords)[number]

const keywordSet: ReadonlySet<string> = new Set(keywords)

/** The keyword that a word is, in any case; undefined for a name. */
export function keywordOf(word: string): Keyword | undefined {
  const upper = word.toUpperCase()
  // Some letters outside of ASCII have a capital within it.
  return upper.length === word.length && keywordSet.has(upper) && /^[a-z]+$/i.test(word)
    ? (upper as Keyword)
    : undefined
}

export type TokenKind =
  | 'keyword'
  | 'name'
  /** A name in brackets or double quotes. */
  | 'delimited'
  | 'string'
  | 'number'
  | 'symbol'
  | 'end'

/** A word of the text. Offsets count UTF-16 code units from 0. */
export interface Token {
  readonly kind: TokenKind
  /** Of a name or a string its content, of a symbol or a keyword its one spelling, of a number its text. */
  readonly text: string
  readonly start: number
  readonly end: number
}

const nameStart = /^\p{L}/u
const namePart = /^[\p{L}\p{Nd}_]/u

export function startsName(text: string, at: number): boolean {
  return nameStart.test(characterAt(text, at))
}

export function continuesName(text: string, at: number): boolean {
  return namePart.test(characterAt(text, at))
}

/** The code point at an offset as text, empty at the end. */
export function characterAt(text: string, at: number): string {
  const point = text.codePointAt(at)
  return point === undefined ? '' : String.fromCodePoint(point)
}

/** Whether a name can be written as it is, without brackets. */
export function isRegularName(name: string): boolean {
  return /^\p{L}[\p{L}\p{Nd}_]*$/u.test(name) && keywordOf(name) === undefined
}
