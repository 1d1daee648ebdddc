import type { Expression, Node } from '../syntax/expression.ts'
import { filterLimits } from '../syntax/limits.ts'
import { userReference } from '../syntax/property-reference.ts'
import { quoted } from '../syntax/syntax-error.ts'
import type { Cursor } from './cursor.ts'

type Nested = (cursor: Cursor) => Node

/** `property(name)` and its short form `p(name)`; a constant name is the same as the name itself. */
export function parseFunction(
  cursor: Cursor,
  parseValue: (cursor: Cursor, nested: Nested) => Expression,
  nested: Nested,
): Expression {
  const start = cursor.next()
  const name = start.text.toLowerCase()
  if (name === 'newid')
    throw cursor.error(
      start,
      'newid() is not allowed',
      'It yields another value at every call, so that no message could be matched by it again.',
      'filter_unsupported',
    )
  if (name !== 'property' && name !== 'p')
    throw cursor.error(
      start,
      `There is no function ${quoted(start.text)}`,
      'The functions are property(name) and p(name).',
    )
  cursor.next()
  const argument = cursor.nested(() => parseValue(cursor, nested))
  cursor.expectSymbol(')')
  if (argument.kind !== 'literal') return cursor.made({ kind: 'lookup', name: argument }, start)
  if (typeof argument.value !== 'string' || argument.value === '')
    throw cursor.error(start, 'The name of a property is a text that is not empty')
  if (argument.value.length > filterLimits.name)
    throw cursor.tooLarge(start, `The name has more than ${filterLimits.name} characters`)
  return cursor.made({ kind: 'property', property: userReference(argument.value) }, start)
}
