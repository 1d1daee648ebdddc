import type { ArithmeticOperator, Expression, Node } from '../syntax/expression.ts'
import { isExpression, literal, signed } from '../syntax/expression.ts'
import { numberValue } from '../token/read-number.ts'
import type { Token } from '../token/token.ts'
import type { Cursor } from './cursor.ts'
import { parseFunction } from './parse-function.ts'
import { parseProperty } from './parse-property.ts'

/** Reads what stands in parentheses: a value or a whole condition. */
export type NestedRule = (cursor: Cursor) => Node

const sums: readonly string[] = ['+', '-']
const products: readonly string[] = ['*', '/', '%']
const constants: Readonly<Record<string, boolean | null>> = { TRUE: true, FALSE: false, NULL: null }

/** A sum; also a condition in parentheses, since those cannot be told apart before they are read. */
export function parseSum(cursor: Cursor, nested: NestedRule): Node {
  return parseChain(cursor, sums, () => parseChain(cursor, products, () => parseSigned(cursor, nested)))
}

/** A value, and an error where a condition stands. */
export function parseValue(cursor: Cursor, nested: NestedRule): Expression {
  const start = cursor.peek()
  return asValue(cursor, parseSum(cursor, nested), start)
}

export function asValue(cursor: Cursor, node: Node, start: Token): Expression {
  if (isExpression(node)) return node
  throw cursor.error(
    start,
    'A condition stands where a value belongs',
    'Conditions are combined with AND, OR and NOT, and are not compared or calculated with.',
  )
}

function parseChain(cursor: Cursor, operators: readonly string[], operand: () => Node): Node {
  const start = cursor.peek()
  let left = operand()
  while (cursor.peek().kind === 'symbol' && operators.includes(cursor.peek().text)) {
    const operator = cursor.next()
    warnOfHyphen(cursor, operator)
    const rightStart = cursor.peek()
    left = cursor.made(
      {
        kind: 'arithmetic',
        operator: operator.text as ArithmeticOperator,
        left: numeric(cursor, left, start),
        right: numeric(cursor, operand(), rightStart),
      },
      operator,
    )
  }
  return left
}

/** `cs-event-type` is three names and two minuses; whoever writes no space has hardly meant that. */
function warnOfHyphen(cursor: Cursor, operator: Token): void {
  const right = cursor.peek()
  const before = cursor.text[operator.start - 1] ?? ' '
  const isTight = right.kind === 'name' && right.start === operator.end && /[\p{L}\p{Nd}_]/u.test(before)
  if (operator.text === '-' && isTight)
    cursor.warn(operator, 'This is a subtraction. A name with a hyphen is put in brackets: [a-b].')
}

function numeric(cursor: Cursor, node: Node, start: Token): Expression {
  const value = asValue(cursor, node, start)
  if (value.kind === 'literal' && (typeof value.value === 'string' || typeof value.value === 'boolean'))
    throw cursor.error(start, `Only numbers are calculated with, not a ${typeof value.value}`)
  return value
}

function parseSigned(cursor: Cursor, nested: NestedRule): Node {
  const sign = cursor.peek()
  if (sign.kind !== 'symbol' || !sums.includes(sign.text)) return parsePrimary(cursor, nested)
  cursor.next()
  const start = cursor.peek()
  if (start.kind === 'number') {
    cursor.next()
    return cursor.made(literal(numberValue(cursor.text, start, sign.text === '-')), start)
  }
  const operand = numeric(
    cursor,
    cursor.nested(() => parseSigned(cursor, nested)),
    start,
  )
  return cursor.made(signed(sign.text as '+' | '-', operand), sign)
}

function parsePrimary(cursor: Cursor, nested: NestedRule): Node {
  const token = cursor.peek()
  if (cursor.isNext('symbol', '(')) return parseGroup(cursor, nested)
  if (token.kind === 'number' || token.kind === 'string' || Object.hasOwn(constants, token.text)) {
    const constant = parseConstant(cursor)
    if (constant) return constant
  }
  if (token.kind === 'name' && cursor.isNext('symbol', '(', 1))
    return parseFunction(cursor, parseValue, nested)
  if (token.kind === 'name' || token.kind === 'delimited') return parseProperty(cursor)
  throw cursor.unexpected(['a value'], keywordHint(token))
}

function parseGroup(cursor: Cursor, nested: NestedRule): Node {
  cursor.next()
  const inner = cursor.nested(() => nested(cursor))
  cursor.expectSymbol(')')
  return inner
}

function parseConstant(cursor: Cursor): Expression | undefined {
  const token = cursor.peek()
  if (token.kind === 'number')
    return cursor.made(literal(numberValue(cursor.text, cursor.next(), false)), token)
  if (token.kind === 'string') return cursor.made(literal(cursor.next().text), token)
  const value = token.kind === 'keyword' ? constants[token.text] : undefined
  if (value === undefined) return undefined
  cursor.next()
  return cursor.made(literal(value), token)
}

function keywordHint(token: Token): string | undefined {
  return token.kind === 'keyword'
    ? `${token.text} is a word of the language; a property of this name is put in brackets: [${token.text}].`
    : undefined
}
