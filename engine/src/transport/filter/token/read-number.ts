import type { Constant } from '../syntax/expression.ts'
import { syntaxError } from '../syntax/syntax-error.ts'
import type { Token } from './token.ts'
import { continuesName } from './token.ts'

const hexadecimal = /0x[0-9a-f]+/iy
const decimal = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy

/** Digits, a point and an exponent, or `0x` and hexadecimal digits. */
export function readNumber(text: string, start: number): Token {
  const found = matchAt(hexadecimal, text, start) ?? matchAt(decimal, text, start) ?? ''
  const end = start + found.length
  if (continuesName(text, end) || text[end] === '.')
    throw syntaxError(text, start, 'The number is not well formed', {
      hint: 'Numbers have no suffix: write 5, 5.0, 5e3 or 0x1F. A name that starts with a digit is put in brackets.',
    })
  return { kind: 'number', text: found, start, end }
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

const largestLong = 2n ** 63n - 1n

/** The value of a number with its sign: an integer unless it has a point or an exponent. */
export function numberValue(text: string, token: Token, isNegative: boolean): Constant {
  const isLong = /^(?:0x[0-9a-f]+|\d+)$/i.test(token.text)
  if (!isLong) {
    const value = Number(token.text)
    if (!Number.isFinite(value))
      throw syntaxError(text, token.start, 'The number is larger than a double can be', {})
    return isNegative ? -value : value
  }
  const value = BigInt(token.text)
  if (value > (isNegative ? largestLong + 1n : largestLong))
    throw syntaxError(text, token.start, 'The number is outside of 64-bit integers', {
      hint: 'Write it with a point to have it as a double.',
    })
  return isNegative ? -value : value
}
