import type { Expression, Predicate } from '../syntax/expression.ts'
import { likeSteps } from '../syntax/like-steps.ts'
import { filterLimits } from '../syntax/limits.ts'
import type { Token } from '../token/token.ts'
import type { Cursor } from './cursor.ts'
import type { NestedRule } from './parse-value.ts'
import { parseValue } from './parse-value.ts'
import { warnOfName } from './warnings.ts'

/** What follows LIKE: a pattern and, if need be, the character that makes the next one stand for itself. */
export function parseLike(
  cursor: Cursor,
  operand: Expression,
  operator: Token,
  nested: NestedRule,
): Predicate {
  const start = cursor.peek()
  warnOfName(cursor, start)
  const pattern = parseValue(cursor, nested)
  const mark = cursor.keyword('ESCAPE') ? parseEscape(cursor) : undefined
  if (pattern.kind === 'literal') checkPattern(cursor, pattern.value, mark, start)
  return cursor.made(
    { kind: 'like', operand, pattern, ...(mark === undefined ? {} : { escape: mark }) },
    operator,
  )
}

function parseEscape(cursor: Cursor): string {
  const token = cursor.peek()
  if (token.kind !== 'string' || [...token.text].length !== 1)
    throw cursor.unexpected(['one character in single quotes'], "For example: LIKE '10\\%' ESCAPE '\\'.")
  return cursor.next().text
}

function checkPattern(cursor: Cursor, pattern: unknown, mark: string | undefined, at: Token): void {
  if (typeof pattern !== 'string') throw cursor.error(at, 'The pattern of LIKE is a text')
  if (pattern.length > filterLimits.pattern)
    throw cursor.tooLarge(at, `The pattern has more than ${filterLimits.pattern} characters`)
  if (likeSteps(pattern, mark) === undefined)
    throw cursor.error(
      at,
      'The pattern of LIKE has an escape character before none of %, _ and itself',
      `To have it stand for itself write it twice: ${mark}${mark}.`,
    )
}
