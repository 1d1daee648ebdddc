import { syntaxError } from '../syntax/syntax-error.ts'
import { readDelimited } from './read-delimited.ts'
import { readNumber } from './read-number.ts'
import type { Token } from './token.ts'
import { characterAt, continuesName, keywordOf, startsName } from './token.ts'

const symbols = ['<>', '!=', '<=', '>=', '=', '<', '>', '+', '-', '*', '/', '%', '(', ')', ',', '.']

/** What other languages write, with what is written here. */
const mistakes: Readonly<Record<string, string>> = {
  '==': 'Write = for equality.',
  '&&': 'Write AND.',
  '||': 'Write OR.',
  '--': 'Comments are not read; for a minus before a negative number put a space between the two.',
  '/*': 'Comments are not read.',
  '=>': 'Write >= for greater or equal.',
  '=<': 'Write <= for less or equal.',
  '!': 'Write NOT, or != between two values.',
  ';': 'A filter is one condition, without a semicolon.',
  '@': 'Parameters are not known here; write the value itself.',
  _: 'A name starts with a letter; write others in brackets, such as [_name].',
  '‘': "Put strings in straight single quotes: 'text'.",
  '’': "Put strings in straight single quotes: 'text'.",
  '“': "Put strings in straight single quotes: 'text'.",
  '”': "Put strings in straight single quotes: 'text'.",
  '`': "Put strings in single quotes: 'text'.",
}

/** The words of a text and a last one of kind `end`. Every step goes forward, so that it is done in linear time. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = skipSpace(text, 0)
  while (at < text.length) {
    const token = readToken(text, at)
    tokens.push(token)
    at = skipSpace(text, token.end)
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length })
  return tokens
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text[at] as string)) at += 1
  return at
}

function readToken(text: string, start: number): Token {
  const first = text[start] as string
  if (startsName(text, start)) return readWord(text, start)
  if (/\d/.test(first) || (first === '.' && /\d/.test(text[start + 1] ?? ''))) return readNumber(text, start)
  if (first === "'" || first === '"' || first === '[') return readDelimited(text, start)
  const mistaken = text.slice(start, start + 2)
  if (Object.hasOwn(mistakes, mistaken)) throw unexpected(text, start, mistaken)
  const symbol = symbols.find(each => text.startsWith(each, start))
  if (symbol === undefined) throw unexpected(text, start, characterAt(text, start))
  return { kind: 'symbol', text: symbol === '!=' ? '<>' : symbol, start, end: start + symbol.length }
}

function unexpected(text: string, at: number, found: string): Error {
  const hint = Object.hasOwn(mistakes, found) ? mistakes[found] : undefined
  return syntaxError(
    text,
    at,
    `${JSON.stringify(found)} has no meaning here`,
    hint === undefined ? {} : { hint },
  )
}

function readWord(text: string, start: number): Token {
  let end = start
  while (end < text.length && continuesName(text, end)) end += characterAt(text, end).length
  const word = text.slice(start, end)
  const keyword = keywordOf(word)
  return keyword === undefined
    ? { kind: 'name', text: word, start, end }
    : { kind: 'keyword', text: keyword, start, end }
}
