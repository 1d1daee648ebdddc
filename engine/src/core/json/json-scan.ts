import { KeelsonError } from '../error.ts'
import type { JsonValue } from './json-value.ts'

const QUOTE = 34
const BACKSLASH = 92
const COLON = 58
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125
const OPEN_ARRAY = 91
const CLOSE_ARRAY = 93
const MINUS = 45
const ZERO = 48
const NINE = 57

/**
 * Looks at valid JSON text for what parsing hides. One pass over the characters finds depth, numbers and escapes;
 * a duplicate key shows as more colons in the text than keys in the value, and only then is it searched for.
 */
export function scanJson(text: string, value: JsonValue, maxDepth: number): void {
  let depth = 0
  let colons = 0
  let hasUnicodeEscape = false
  const end = text.length
  for (let at = 0; at < end; at += 1) {
    const char = text.charCodeAt(at)
    if (char === QUOTE) {
      at += 1
      for (let inside = text.charCodeAt(at); inside !== QUOTE; inside = text.charCodeAt(++at)) {
        if (inside === BACKSLASH) {
          at += 1
          if (text.charCodeAt(at) === 117) hasUnicodeEscape = true
        }
      }
    } else if (char === COLON) {
      colons += 1
    } else if (char === OPEN_OBJECT || char === OPEN_ARRAY) {
      depth += 1
      if (depth > maxDepth) {
        throw new KeelsonError('json_too_deep', `The JSON is nested deeper than ${maxDepth} levels`)
      }
    } else if (char === CLOSE_OBJECT || char === CLOSE_ARRAY) {
      depth -= 1
    } else if (char === MINUS || (char >= ZERO && char <= NINE)) {
      at = checkNumber(text, at)
    }
  }
  // Cheap when there is nothing to find: the names are looked for only in texts that could hold them.
  if (countKeys(value) !== colons) throw duplicateKey(text)
  if (text.includes('__proto__') || hasUnicodeEscape || !text.isWellFormed()) checkStrings(value, '')
}

/** Checks the number literal at `start` and returns the index of its last character. */
function checkNumber(text: string, start: number): number {
  let at = start
  let isPlain = true
  for (; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (char >= ZERO && char <= NINE) continue
    if (char === MINUS || char === 43 || char === 46 || char === 69 || char === 101) {
      if (at !== start) isPlain = false
      continue
    }
    break
  }
  // Up to 15 digits without exponent or fraction are always exact.
  if (!isPlain || at - start > 15) checkPrecision(text.slice(start, at))
  return at - 1
}

function checkPrecision(literal: string): void {
  const value = Number(literal)
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw new KeelsonError('json_number_unsafe', `The number ${shorten(literal)} lies outside ±(2^53−1)`)
  }
  const digits = significantDigits(literal)
  // 17 significant digits name a double exactly; more would be cut, and so would a value too small for a double.
  if (digits > 17 || (value === 0 && digits > 0)) {
    throw new KeelsonError(
      'json_number_unsafe',
      `The number ${shorten(literal)} would be rounded to ${value}`,
    )
  }
}

/** Digits from the first to the last that is not zero. Counted by hand: a pattern would be quadratic on long zeros. */
function significantDigits(literal: string): number {
  let count = 0
  let trailing = 0
  for (let at = 0; at < literal.length; at += 1) {
    const char = literal.charCodeAt(at)
    if (char === 69 || char === 101) break
    if (char < ZERO || char > NINE || (char === ZERO && count === 0)) continue
    count += 1
    trailing = char === ZERO ? trailing + 1 : 0
  }
  return count - trailing
}

function countKeys(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += countKeys(item)
    return count
  }
  for (const key in value) {
    count += 1
    const member = value[key] as JsonValue
    if (typeof member === 'object') count += countKeys(member)
  }
  return count
}

function checkStrings(value: JsonValue, pointer: string): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) {
      throw new KeelsonError(
        'json_lone_surrogate',
        `The string at ${pointer || 'the top'} holds half of a surrogate pair`,
      )
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkStrings(item, `${pointer}/${index}`)
  } else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value)) {
      if (key === '__proto__')
        throw new KeelsonError(
          'json_forbidden_key',
          `The object at ${pointer || 'the top'} has the key "__proto__"`,
        )
      if (!key.isWellFormed()) {
        throw new KeelsonError(
          'json_lone_surrogate',
          `A key of the object at ${pointer || 'the top'} holds half of a surrogate pair`,
        )
      }
      checkStrings(value[key] as JsonValue, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    }
  }
}

/** Slow path: names the key that stands twice. Keys are compared as parsed, so escapes do not hide one. */
function duplicateKey(text: string): KeelsonError {
  const open: (Set<string> | null)[] = []
  for (const match of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g)) {
    const token = match[0]
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    else if (match[1] !== undefined) {
      const key = JSON.parse(token.slice(0, token.length - match[1].length)) as string
      const keys = open.at(-1)
      if (keys?.has(key)) {
        return new KeelsonError(
          'json_duplicate_key',
          `The key ${JSON.stringify(shorten(key))} stands twice in one object`,
        )
      }
      keys?.add(key)
    }
  }
  return new KeelsonError('json_duplicate_key')
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text)
