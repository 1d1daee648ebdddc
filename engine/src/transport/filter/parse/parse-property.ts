import { nearestNames } from '../../../catalog/index.ts'
import type { PropertyValue } from '../syntax/expression.ts'
import { filterLimits } from '../syntax/limits.ts'
import { systemReference, userReference } from '../syntax/property-reference.ts'
import { quoted } from '../syntax/syntax-error.ts'
import { systemProperties, systemProperty } from '../syntax/system-property.ts'
import type { Token } from '../token/token.ts'
import type { Cursor } from './cursor.ts'

/** A name, a scope with a name, or names with dots between them. A scope is never delimited. */
export function parseProperty(cursor: Cursor): PropertyValue {
  const first = cursor.next()
  const scope = first.kind === 'name' && cursor.isNext('symbol', '.') ? first.text.toLowerCase() : ''
  if (scope === 'sys') {
    cursor.next()
    return parseSystemProperty(cursor, first)
  }
  const parts: string[] = []
  if (scope !== 'user') parts.push(first.text)
  while (cursor.symbol('.')) parts.push(parsePart(cursor))
  const name = parts.join('.')
  if (name.length > filterLimits.name)
    throw cursor.tooLarge(first, `The name has more than ${filterLimits.name} characters`)
  return cursor.made({ kind: 'property', property: userReference(name) }, first)
}

function parsePart(cursor: Cursor): string {
  const { kind } = cursor.peek()
  // After a dot a keyword can only be a name.
  if (kind !== 'name' && kind !== 'delimited' && kind !== 'keyword') throw cursor.unexpected(['a name'])
  const token = cursor.next()
  return kind === 'keyword' ? cursor.text.slice(token.start, token.end) : token.text
}

function parseSystemProperty(cursor: Cursor, scope: Token): PropertyValue {
  const token = cursor.peek()
  const name = parsePart(cursor)
  const known = systemProperty(name)
  if (known === undefined) {
    const near = nearestNames(name, systemProperties)
    throw cursor.error(
      token,
      `There is no system property ${quoted(name)}`,
      near.length > 0
        ? `Did you mean ${near.map(each => `sys.${each}`).join(' or ')}?`
        : 'A property of your own is written without a scope, or with user.',
    )
  }
  return cursor.made({ kind: 'property', property: systemReference(known) }, scope)
}
