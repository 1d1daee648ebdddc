import { hash } from 'node:crypto'

/** Longest text of an envelope's member, in characters. */
export const maxText = 512

/** A name of at most `maxText` characters: a longer one keeps its beginning and ends in a digest of the whole. */
export function boundedName(name: string): string {
  if (name.length <= maxText) return name
  return `${name.slice(0, maxText - 65).toWellFormed()}~${hash('sha256', name)}`
}
