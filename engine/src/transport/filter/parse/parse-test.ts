import type {
  ComparisonOperator,
  Expression,
  Lookup,
  Node,
  Predicate,
  PropertyValue,
} from '../syntax/expression.ts'
import { filterLimits } from '../syntax/limits.ts'
import type { Token } from '../token/token.ts'
import type { Cursor } from './cursor.ts'
import { parseLike } from './parse-like.ts'
import type { NestedRule } from './parse-value.ts'
import { asValue, parseSum, parseValue } from './parse-value.ts'
import { warnOfName, warnOfNull } from './warnings.ts'

const comparisons: readonly string[] = ['=', '<>', '<', '<=', '>', '>=']

/** A value with what is asked of it: compared, in a list or a range, like a pattern, null. Also a value alone. */
export function parseTest(cursor: Cursor, nested: NestedRule): Node {
  const start = cursor.peek()
  if (cursor.keyword('EXISTS')) return parseExists(cursor, start, nested)
  const node = parseSum(cursor, nested)
  const token = cursor.peek()
  if (token.kind === 'symbol' && comparisons.includes(token.text))
    return parseComparison(cursor, asValue(cursor, node, start), start, nested)
  if (token.kind !== 'keyword') return node
  if (cursor.keyword('IS')) return parseNull(cursor, asValue(cursor, node, start), start)
  const negation = cursor.peek()
  const isNegated = isTestAhead(cursor, 1) && cursor.keyword('NOT')
  if (!isTestAhead(cursor, 0)) return node
  const test = parseOperator(cursor, asValue(cursor, node, start), nested)
  return isNegated ? cursor.made({ kind: 'not', operand: test }, negation) : test
}

function isTestAhead(cursor: Cursor, ahead: number): boolean {
  return ['IN', 'LIKE', 'BETWEEN'].some(word => cursor.isNext('keyword', word, ahead))
}

function parseComparison(cursor: Cursor, left: Expression, start: Token, nested: NestedRule): Predicate {
  const operator = cursor.next()
  const rightStart = cursor.peek()
  warnOfName(cursor, rightStart)
  const right = parseValue(cursor, nested)
  warnOfNull(cursor, left, start)
  warnOfNull(cursor, right, rightStart)
  const following = cursor.peek()
  if (following.kind === 'symbol' && comparisons.includes(following.text))
    throw cursor.error(following, 'Comparisons do not follow one another', 'Combine two of them with AND.')
  return cursor.made(
    { kind: 'comparison', operator: operator.text as ComparisonOperator, left, right },
    operator,
  )
}

function parseOperator(cursor: Cursor, operand: Expression, nested: NestedRule): Predicate {
  const operator = cursor.next()
  if (operator.text === 'LIKE') return parseLike(cursor, operand, operator, nested)
  if (operator.text === 'IN') {
    const members = parseMembers(cursor, nested)
    return cursor.made({ kind: 'in', operand, members }, operator)
  }
  const low = parseValue(cursor, nested)
  cursor.expectKeyword('AND', 'A range is written x BETWEEN 1 AND 5.')
  const high = parseValue(cursor, nested)
  return cursor.made({ kind: 'between', operand, low, high }, operator)
}

function parseMembers(cursor: Cursor, nested: NestedRule): readonly Expression[] {
  cursor.expectSymbol('(', 'The list of IN is put in parentheses.')
  const members: Expression[] = []
  do {
    const start = cursor.peek()
    if (members.length === filterLimits.listMembers)
      throw cursor.tooLarge(start, `The list has more than ${filterLimits.listMembers} members`)
    warnOfName(cursor, start)
    members.push(parseValue(cursor, nested))
  } while (cursor.symbol(','))
  if (!cursor.symbol(')')) throw cursor.unexpected([',', ')'])
  return members
}

function parseNull(cursor: Cursor, operand: Expression, start: Token): Predicate {
  const negation = cursor.peek()
  const isNegated = cursor.keyword('NOT')
  cursor.expectKeyword('NULL')
  const test = cursor.made({ kind: 'null', operand: asProperty(cursor, operand, start) }, start)
  return isNegated ? cursor.made({ kind: 'not', operand: test }, negation) : test
}

function parseExists(cursor: Cursor, start: Token, nested: NestedRule): Predicate {
  cursor.expectSymbol('(', 'The property is put in parentheses: EXISTS(name).')
  const inner = cursor.peek()
  const operand = asProperty(cursor, parseValue(cursor, nested), inner)
  cursor.expectSymbol(')')
  return cursor.made({ kind: 'exists', operand }, start)
}

function asProperty(cursor: Cursor, operand: Expression, at: Token): PropertyValue | Lookup {
  if (operand.kind === 'property' || operand.kind === 'lookup') return operand
  throw cursor.error(at, 'Only a property exists or is null, and no other value')
}
