import type { LikeStep } from '../syntax/like-steps.ts'
import { likeSteps } from '../syntax/like-steps.ts'
import { filterLimits } from '../syntax/limits.ts'
import { createAutomaton } from './like-automaton.ts'

export type Match = (text: string) => boolean

/** Up to this length a search in a text costs no more steps than the automaton would take. */
const shortPart = 32

/**
 * Makes the matcher of a pattern: `%` stands for any text, `_` for any one character (code point). Its time is linear
 * in the text, whatever the pattern. Undefined for a pattern that is too long or wrongly escaped.
 */
export function createLike(pattern: string, mark: string | undefined): Match | undefined {
  if (pattern.length > filterLimits.pattern) return undefined
  const steps = likeSteps(pattern, mark)
  if (steps === undefined) return undefined
  return simpleMatch(steps) ?? createAutomaton(steps)
}

/** Patterns without `_` whose inner parts are short, which are most: the parts are looked for in turn. */
function simpleMatch(steps: readonly LikeStep[]): Match | undefined {
  if (steps.includes('one')) return undefined
  const parts = partsOf(steps)
  const [first = '', ...inner] = parts
  const last = inner.pop()
  if (last === undefined) return text => text === first
  if (inner.some(part => part.length > shortPart)) return undefined
  const shortest = first.length + last.length
  return text => {
    if (text.length < shortest || !text.startsWith(first) || !text.endsWith(last)) return false
    return inner.length === 0 || hasInTurn(text, inner, first.length, text.length - last.length)
  }
}

/** What stands between the `%` of a pattern; one part more than there are of those. */
function partsOf(steps: readonly LikeStep[]): string[] {
  const parts = ['']
  for (const step of steps) {
    if (typeof step === 'number') parts.push(`${parts.pop()}${String.fromCodePoint(step)}`)
    else parts.push('')
  }
  return parts
}

function hasInTurn(text: string, parts: readonly string[], from: number, end: number): boolean {
  let at = from
  for (const part of parts) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= end
}
