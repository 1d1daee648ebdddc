/** Words as the tokenizer of SQLite's text index (`unicode61 remove_diacritics 2`) cuts and folds them. */
export function tokens(text: string): string[] {
  const folded = text.replace(/[\u0300-\u0331]/g, '').replace(/[^\0-\x7F]/gu, fold)
  return folded.toLowerCase().match(/[\p{L}\p{N}\p{Co}]+/gu) ?? []
}

/** One letter without case, so that σ and ς are one; accents go from Latin letters only, й is a letter of its own. */
function fold(letter: string): string {
  const upper = letter.toUpperCase()
  const lower = (upper.length === letter.length && upper !== 'I' ? upper : letter).toLowerCase()
  return /^([a-z])\p{M}+$/u.exec(lower.normalize('NFD'))?.[1] ?? lower
}
