import { createHash } from 'node:crypto'
import { causesOf, codeOf, messageOf, nameOf, normaliseError } from './failure.ts'

/** Of a message only so much is looked at. */
const longestMessage = 1_000

/**
 * A short name for errors of one kind, to group dead letters by: 16 hexadecimal digits of the SHA-256 of the names,
 * codes and messages of the error and its causes. Numbers, ids, times, addresses and places in files do not count, so
 * the same fault in another event, or after a release that moved the line, has the same name.
 */
export function fingerprintOf(thrown: unknown): string {
  const parts = causesOf(normaliseError(thrown)).map(error => [
    nameOf(error).slice(0, longestMessage),
    codeOf(error)?.slice(0, longestMessage) ?? '',
    generalise(messageOf(error)),
  ])
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

/** A message with `#` where a number or an id stood, and single blanks. Time is linear in its length. */
export function generalise(message: string): string {
  return message
    .slice(0, longestMessage)
    .replace(/[\w-]+(?:[.,:][\w-]+)*/g, generaliseWord)
    .replace(/\s+/g, ' ')
    .trim()
}

/** A word and what dots, commas and colons tie to it, as in `12.5`, `10.0.0.7:5432` or `store.ts:12:5`. */
function generaliseWord(text: string): string {
  const parts = text.split(/[.,:]/)
  const first = parts.findIndex(part => /\d/.test(part))
  if (first < 0) return text
  const start = parts.slice(0, first + 1).reduce((length, part) => length + part.length + 1, -1)
  const before = text.slice(0, start - (parts[first] as string).length)
  return before + generalisePart(parts[first] as string)
}

/** `order1234` keeps what it is a number of; anything longer that mixes letters and digits is an id. */
function generalisePart(part: string): string {
  const isHex = part.length >= 8 && /^[0-9a-f]+$/i.test(part)
  if (!isHex && /^[a-z_-]*\d+$/i.test(part)) return part.replace(/\d+$/, '#')
  return part.length >= 8 ? '#' : part.replace(/\d+/g, '#')
}
