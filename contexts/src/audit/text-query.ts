import { KeelsonError } from 'keelson'

const maxTerms = 20

/**
 * Turns what a person types into an FTS5 query: words are all wanted, `"a phrase"` in this order, `wor*` by its
 * beginning, `-word` not. Nothing of FTS5's own syntax passes through.
 *
 * @throws KeelsonError `query_invalid` with more than 20 terms, an open quote, or nothing but exclusions.
 */
export function toTextQuery(input: string, tenantId: string): string {
  const wanted: string[] = []
  const unwanted: string[] = []
  const rest = input.replace(/(-?)"([^"]*)"/g, (_, minus: string, phrase: string) => {
    add(minus ? unwanted : wanted, phrase, false)
    return ' '
  })
  if (rest.includes('"')) throw new KeelsonError('query_invalid', 'The text has a quote that is not closed')
  for (const word of rest.split(/\s+/)) {
    if (word === '') continue
    const isUnwanted = word.startsWith('-') && word.length > 1
    const bare = isUnwanted ? word.slice(1) : word
    const isPrefix = bare.endsWith('*')
    add(isUnwanted ? unwanted : wanted, isPrefix ? bare.slice(0, -1) : bare, isPrefix)
  }
  if (wanted.length + unwanted.length > maxTerms)
    throw new KeelsonError('query_invalid', `The text has more than ${maxTerms} terms`)
  if (wanted.length === 0) throw new KeelsonError('query_invalid', 'The text names no word to look for')
  const positive = `tenant : ${quote(tenantId)} AND text : (${wanted.join(' AND ')})`
  return unwanted.length === 0 ? positive : `(${positive}) NOT text : (${unwanted.join(' OR ')})`
}

function add(terms: string[], text: string, isPrefix: boolean): void {
  // A term without a letter or digit has no token and would match nothing.
  if (/[\p{L}\p{N}]/u.test(text)) terms.push(quote(text) + (isPrefix ? ' *' : ''))
}

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`
