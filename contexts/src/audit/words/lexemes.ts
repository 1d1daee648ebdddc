import { hash } from 'node:crypto'
import type { AuditFilter, ListName } from '../search/filter.ts'
import { columnsOf, isPersonal, listNames } from '../search/filter.ts'
import type { TextTerm } from './text-query.ts'
import { checkTextQuery } from './text-query.ts'
import { tokens } from './tokens.ts'

/**
 * What PostgreSQL's index of words holds of an event: its words in order, then a key for each value that a list of a
 * filter can name. Each begins with a tag of the tenant, so that one index holds a list of its own for every tenant.
 */
export function wordsOf(tenantId: string, text: string, cell: (column: string) => string | null): string {
  const tag = tagOf(tenantId)
  const keys = listNames.flatMap(name =>
    columnsOf[name].flatMap(column => {
      const value = cell(column)
      if (value === null) return []
      return [isPersonal(column, value, cell('resource_type')) ? personalKeyOf(value) : keyOf(name, value)]
    }),
  )
  return [...tokens(text).map(cut), ...new Set(keys)].map(lexeme => tag + lexeme).join(' ')
}

/** A question to the index of words. */
export interface WordQuery {
  /** A `tsquery` of what every match has; null where all rows match. */
  readonly wanted: string | null
  /** Texts that must stand in a row's words as they are, and texts that must not, each between blanks. */
  readonly phrases: readonly string[]
  readonly noPhrases: readonly string[]
}

/**
 * What a filter asks of the index; undefined where nothing can match.
 *
 * @throws KeelsonError as `checkTextQuery`.
 */
export function toWordQuery(tenantId: string, filter: AuditFilter): WordQuery | undefined {
  const tag = tagOf(tenantId)
  const parts: string[] = []
  const phrases: string[] = []
  const noPhrases: string[] = []
  for (const name of listNames) {
    const values = filter[name]
    if (values === undefined || values.length === 0) continue
    const stored = values.map(storable)
    const keys = stored.map(value => keyOf(name, value))
    if (name === 'resource' && !filter.withoutPersonal) keys.push(...stored.map(personalKeyOf))
    parts.push(`(${keys.map(key => quote(tag + key)).join(' | ')})`)
  }
  if (filter.text !== undefined) {
    const { wanted, unwanted } = checkTextQuery(filter.text)
    for (const term of wanted) {
      const words = lexemesOf(term, tag)
      if (words.length === 0) return undefined
      parts.push(...words.map((word, at) => quote(word, term.isPrefix && at === words.length - 1)))
      if (words.length > 1) phrases.push(phraseOf(words, term))
    }
    for (const term of unwanted) {
      const words = lexemesOf(term, tag)
      if (words.length === 1) parts.push(`!${quote(words[0] as string, term.isPrefix)}`)
      else if (words.length > 1) noPhrases.push(phraseOf(words, term))
    }
  }
  return { wanted: parts.length === 0 ? null : parts.join(' & '), phrases, noPhrases }
}

/** PostgreSQL keeps no NUL in a text. */
export const storable = (text: string): string => text.replaceAll('\0', '\uFFFD')

const lexemesOf = ({ text }: TextTerm, tag: string): string[] => tokens(text).map(token => tag + cut(token))

/** Its last word may go on where the term is a beginning: then no blank follows. */
const phraseOf = (words: readonly string[], { isPrefix }: TextTerm): string =>
  ` ${words.join(' ')}${isPrefix ? '' : ' '}`

/** Lexemes hold neither quotes nor backslashes: they are letters, digits and what this module adds. */
const quote = (lexeme: string, isPrefix = false): string => `'${lexeme}'${isPrefix ? ':*' : ''}`

const maxLength = 400

/** A word that is too long for the index stands there by its beginning and its digest. */
function cut(token: string): string {
  if (token.length <= maxLength) return token
  return `${token.slice(0, maxLength).toWellFormed()}~${hash('sha256', token, 'base64url').slice(0, 16)}`
}

const letterOf: Readonly<Record<ListName, string>> = {
  type: 't',
  actor: 'a',
  action: 'c',
  resource: 'r',
  outcome: 'o',
  source: 's',
  stream: 'm',
  correlationId: 'k',
}

/** No word begins with an equals sign. */
const keyOf = (name: ListName, value: string): string => `=${letterOf[name]}${digestOf(value)}`

/** Of a resource that is a person: a list of its own, that not everybody may ask. */
const personalKeyOf = (value: string): string => `=p${digestOf(value)}`

const digestOf = (value: string): string => hash('sha256', value, 'base64url').slice(0, 16)

/** Tenants that share a tag share lists, and are told apart by the column. */
function tagOf(tenantId: string): string {
  return Number.parseInt(hash('sha256', tenantId, 'hex').slice(0, 10), 16)
    .toString(36)
    .slice(-5)
    .padStart(5, '0')
}
