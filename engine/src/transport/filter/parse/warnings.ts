import type { Expression } from '../syntax/expression.ts'
import type { Token } from '../token/token.ts'
import type { Cursor } from './cursor.ts'

/** Whoever compares with a name in double quotes has mostly meant a text. */
export function warnOfName(cursor: Cursor, token: Token): void {
  if (cursor.text[token.start] === '"')
    cursor.warn(
      token,
      "In double quotes stands the name of a property. A text is put in single quotes: 'text'.",
    )
}

export function warnOfNull(cursor: Cursor, value: Expression, at: Token): void {
  if (value.kind === 'literal' && value.value === null)
    cursor.warn(at, 'A comparison with NULL never holds. Write IS NULL or IS NOT NULL.')
}
