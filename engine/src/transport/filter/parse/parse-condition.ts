import type { Node, Predicate } from '../syntax/expression.ts'
import { isExpression, junction } from '../syntax/expression.ts'
import { syntaxError } from '../syntax/syntax-error.ts'
import type { Token } from '../token/token.ts'
import { tokenize } from '../token/tokenize.ts'
import type { FilterWarning } from './cursor.ts'
import { Cursor } from './cursor.ts'
import { parseTest } from './parse-test.ts'

export interface ParsedCondition {
  readonly predicate: Predicate
  readonly warnings: readonly FilterWarning[]
}

/**
 * Reads a whole filter of at most `maxLength` characters.
 *
 * @throws KeelsonError `filter_invalid`, `filter_too_large` or `filter_unsupported`, with the place in its details
 */
export function parseCondition(text: string, maxLength: number): ParsedCondition {
  if (text.length > maxLength)
    throw syntaxError(text, maxLength, `The filter has more than ${maxLength} characters`, {
      code: 'filter_too_large',
    })
  const cursor = new Cursor(text, tokenize(text))
  const start = cursor.peek()
  if (start.kind === 'end')
    throw cursor.error(start, 'The filter is empty', 'The filter TRUE lets everything pass.')
  refuseAction(cursor)
  const predicate = asCondition(cursor, parseEither(cursor), start)
  if (cursor.peek().kind !== 'end') throw cursor.unexpected(['AND', 'OR', 'the end'], endHint(cursor.peek()))
  return { predicate, warnings: cursor.warnings }
}

function refuseAction(cursor: Cursor): void {
  const [first, second] = [cursor.peek(), cursor.peek(1)]
  const isAction = first.kind === 'name' && /^(?:set|remove)$/i.test(first.text)
  if (isAction && (second.kind === 'name' || second.kind === 'delimited'))
    throw cursor.error(
      first,
      `Actions such as ${first.text.toUpperCase()} are not supported`,
      'A filter chooses events and never changes them: what was stored is what is delivered.',
      'filter_unsupported',
    )
}

function endHint(token: Token): string | undefined {
  if (token.kind === 'string') return 'A quote within a text is written twice.'
  return token.kind === 'name' ? "A text is put in single quotes: 'text'." : undefined
}

/** A node that can stand as a condition: a value does so where it is TRUE. */
function asCondition(cursor: Cursor, node: Node, start: Token): Predicate {
  if (!isExpression(node)) return node
  if (node.kind === 'literal' && typeof node.value !== 'boolean' && node.value !== null)
    throw cursor.error(start, 'A value stands where a condition belongs', 'Compare it with something.')
  if (node.kind === 'arithmetic' || node.kind === 'sign')
    throw cursor.error(start, 'A number stands where a condition belongs', 'Compare it with something.')
  return cursor.made({ kind: 'truth', expression: node }, start)
}

function parseEither(cursor: Cursor): Node {
  return parseJunction(cursor, 'or', () => parseJunction(cursor, 'and', () => parseNegation(cursor)))
}

function parseJunction(cursor: Cursor, kind: 'and' | 'or', term: () => Node): Node {
  const start = cursor.peek()
  const first = term()
  const keyword = kind === 'and' ? 'AND' : 'OR'
  if (!cursor.isNext('keyword', keyword)) return first
  const terms = [asCondition(cursor, first, start)]
  while (cursor.keyword(keyword)) {
    const termStart = cursor.peek()
    terms.push(asCondition(cursor, term(), termStart))
  }
  return cursor.made(junction(kind, terms), start)
}

function parseNegation(cursor: Cursor): Node {
  const start = cursor.peek()
  if (!cursor.keyword('NOT')) return parseTest(cursor, parseEither)
  const operandStart = cursor.peek()
  const operand = cursor.nested(() => parseNegation(cursor))
  return cursor.made({ kind: 'not', operand: asCondition(cursor, operand, operandStart) }, start)
}
