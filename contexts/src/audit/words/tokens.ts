import { accentPattern, unfoldedPattern, wordPattern } from './unicode61.ts'

/** Words as the tokenizer of SQLite's text index (`unicode61 remove_diacritics 2`) cuts and folds them. */
export function tokens(text: string): string[] {
  const words = text.replace(accentPattern, '').match(wordPattern) ?? []
  return words.map(word => word.replace(/[A-Z]+|[^\0-\x7F]/gu, fold))
}

/** One letter without case, so that σ and ς are one; accents go from Latin letters only, й is a letter of its own. */
function fold(letter: string): string {
  if (unfoldedPattern.test(letter)) return letter
  const upper = letter.toUpperCase()
  const lower = (upper.length === letter.length && upper !== 'I' ? upper : letter).toLowerCase()
  // The one Latin letter with an accent of its own that the tokenizer has no entry for.
  if (lower === 'ǡ') return lower
  return /^([a-z])\p{M}+$/u.exec(lower.normalize('NFD'))?.[1] ?? lower
}
