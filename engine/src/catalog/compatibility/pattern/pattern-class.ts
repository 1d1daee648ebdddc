/** Where the reading of a pattern is. */
export interface PatternCursor {
  readonly source: string
  at: number
}

/** Characters that stand for a class; samples are drawn from them and then checked. */
const samples: Readonly<Record<string, string>> = {
  d: '0123456789',
  D: 'aZ -',
  w: 'abcXYZ019_',
  W: ' -.',
  s: ' ',
  S: 'aZ0-',
}
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', 0: '\0' }
const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')

/** Reads what follows a backslash; undefined where it is no character. */
export function readEscape(cursor: PatternCursor): string | undefined {
  const { source } = cursor
  const char = source[cursor.at] ?? ''
  const code = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})/.exec(
    source.slice(cursor.at),
  )
  if (code !== null) {
    cursor.at += code[0].length
    const point = Number.parseInt((code[1] ?? code[2] ?? code[3]) as string, 16)
    // Two escaped halves count as one character, so a half alone says nothing about lengths.
    return point >= 0xd800 && point <= 0xdfff ? undefined : String.fromCodePoint(point)
  }
  const property = /^[pP]\{[^}]*\}/.exec(source.slice(cursor.at))
  if (property !== null) {
    cursor.at += property[0].length
    return printable
  }
  if (/[bBk1-9c]/.test(char)) return undefined
  cursor.at += 1
  return samples[char] ?? controls[char] ?? char
}

/** Reads a class after its bracket: some characters that it takes, or undefined. */
export function readCharacterClass(cursor: PatternCursor): string | undefined {
  const { source } = cursor
  const isNegated = source[cursor.at] === '^'
  if (isNegated) cursor.at += 1
  let chars = ''
  while (cursor.at < source.length && source[cursor.at] !== ']') {
    const from = readClassAtom(cursor)
    if (from === undefined) return undefined
    const isRange = source[cursor.at] === '-' && source[cursor.at + 1] !== ']'
    if (!isRange) {
      chars += from
      continue
    }
    cursor.at += 1
    const to = readClassAtom(cursor)
    if (to === undefined) return undefined
    chars += charRange(from, to)
  }
  cursor.at += 1
  if (!isNegated) return chars === '' ? undefined : chars
  const refused = new Set(chars)
  return [...printable].filter(char => !refused.has(char)).join('') || undefined
}

function readClassAtom(cursor: PatternCursor): string | undefined {
  if (cursor.source[cursor.at] === '\\') {
    cursor.at += 1
    if (cursor.source[cursor.at] === 'b') {
      cursor.at += 1
      return '\b'
    }
    return readEscape(cursor)
  }
  const char = String.fromCodePoint(cursor.source.codePointAt(cursor.at) as number)
  cursor.at += char.length
  return char
}

/** The ends of a range and some characters between. */
function charRange(from: string, to: string): string {
  const [first, last] = [from.codePointAt(0) as number, to.codePointAt(0) as number]
  const step = Math.max(1, Math.floor((last - first) / 60))
  let chars = to
  for (let code = first; code < last; code += step) chars += String.fromCodePoint(code)
  return chars
}
