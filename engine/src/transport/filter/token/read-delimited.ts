import { filterLimits } from '../syntax/limits.ts'
import { syntaxError } from '../syntax/syntax-error.ts'
import type { Token } from './token.ts'

interface Delimiter {
  readonly close: string
  readonly kind: 'string' | 'delimited'
  readonly what: string
  readonly hint: string
}

const delimiters: Readonly<Record<string, Delimiter>> = {
  "'": {
    close: "'",
    kind: 'string',
    what: 'string',
    hint: "End it with a single quote; one within it is written twice: 'it''s'.",
  },
  '"': {
    close: '"',
    kind: 'delimited',
    what: 'quoted name',
    hint: "End it with a double quote. A text, as opposed to a name, is put in single quotes: 'text'.",
  },
  '[': {
    close: ']',
    kind: 'delimited',
    what: 'name in brackets',
    hint: 'End it with ]; one within the name is written twice: [a]]b].',
  },
}

/** Reads what is between quotes or brackets; a closing mark that is doubled belongs to it. */
export function readDelimited(text: string, start: number): Token {
  const { close, kind, what, hint } = delimiters[text[start] as string] as Delimiter
  const parts: string[] = []
  let from = start + 1
  for (;;) {
    const at = text.indexOf(close, from)
    if (at < 0) throw syntaxError(text, start, `The ${what} does not end that starts`, { hint })
    if (text[at + 1] !== close) {
      const token: Token = { kind, text: parts.join('') + text.slice(from, at), start, end: at + 1 }
      if (kind === 'delimited') checkName(text, token)
      return token
    }
    parts.push(text.slice(from, at + 1))
    from = at + 2
  }
}

function checkName(text: string, token: Token): void {
  if (token.text === '')
    throw syntaxError(text, token.start, 'The name is empty', { hint: "A text is put in single quotes: ''." })
  if (token.text.length > filterLimits.name)
    throw syntaxError(text, token.start, `The name has more than ${filterLimits.name} characters`, {
      code: 'filter_too_large',
    })
}
