import { KeelsonError } from 'keelson'
import { tokens } from './tokens.ts'

const maxTerms = 20

/** A word or phrase to look for; `isPrefix` where its last word may go on. */
export interface TextTerm {
  readonly text: string
  readonly isPrefix: boolean
}

export interface TextTerms {
  readonly wanted: readonly TextTerm[]
  readonly unwanted: readonly TextTerm[]
  readonly hasOpenQuote: boolean
}

/** Takes apart what a person types: words, `"a phrase"`, `wor*` by its beginning, `-word` for what must not be. */
export function parseTextQuery(input: string): TextTerms {
  const wanted: TextTerm[] = []
  const unwanted: TextTerm[] = []
  const rest = input.replace(/(-?)"([^"]*)"/g, (_, minus: string, phrase: string) => {
    add(minus ? unwanted : wanted, phrase, false)
    return ' '
  })
  for (const word of rest.split(/[\s"]+/)) {
    if (word === '') continue
    const isUnwanted = word.startsWith('-') && word.length > 1
    const bare = isUnwanted ? word.slice(1) : word
    const isPrefix = bare.endsWith('*')
    add(isUnwanted ? unwanted : wanted, isPrefix ? bare.slice(0, -1) : bare, isPrefix)
  }
  return { wanted, unwanted, hasOpenQuote: rest.includes('"') }
}

/**
 * As `parseTextQuery`, refusing what cannot be looked for.
 *
 * @throws KeelsonError `query_invalid` with more than 20 terms, an open quote, or nothing but exclusions.
 */
export function checkTextQuery(input: string): TextTerms {
  const terms = parseTextQuery(input)
  const { wanted, unwanted, hasOpenQuote } = terms
  if (hasOpenQuote) throw new KeelsonError('query_invalid', 'The text has a quote that is not closed')
  if (wanted.length + unwanted.length > maxTerms)
    throw new KeelsonError('query_invalid', `The text has more than ${maxTerms} terms`)
  if (wanted.length === 0) throw new KeelsonError('query_invalid', 'The text names no word to look for')
  return terms
}

/**
 * Turns what a person types into an FTS5 query: words are all wanted, `"a phrase"` in this order, `wor*` by its
 * beginning, `-word` not. Nothing of FTS5's own syntax passes through.
 *
 * @throws KeelsonError as `checkTextQuery`.
 */
export function toTextQuery(input: string, tenantId: string): string {
  const { wanted, unwanted } = checkTextQuery(input)
  const positive = `tenant : ${quote(tenantId)} AND text : (${wanted.map(toFts).join(' AND ')})`
  return unwanted.length === 0 ? positive : `(${positive}) NOT text : (${unwanted.map(toFts).join(' OR ')})`
}

function add(terms: TextTerm[], text: string, isPrefix: boolean): void {
  // A term without a word, of punctuation only, would match nothing.
  if (tokens(text).length > 0) terms.push({ text, isPrefix })
}

const toFts = ({ text, isPrefix }: TextTerm): string => quote(text) + (isPrefix ? ' *' : '')

/** FTS5 reads a query up to its first NUL, which would leave the quote open. */
const quote = (text: string): string => `"${text.replaceAll('"', '""').replaceAll('\0', ' ')}"`
