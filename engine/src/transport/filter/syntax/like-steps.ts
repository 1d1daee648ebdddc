/** One step of a pattern: `%`, `_`, or a character that stands for itself, as a code point. */
export type LikeStep = 'any' | 'one' | number

/** The steps of a pattern; undefined where its escape character stands before a character that needs none. */
export function likeSteps(pattern: string, mark: string | undefined): readonly LikeStep[] | undefined {
  const steps: LikeStep[] = []
  let isEscaped = false
  for (const character of pattern) {
    const isWildcard = character === '%' || character === '_'
    if (isEscaped && !isWildcard && character !== mark) return undefined
    if (!isEscaped && character === mark) {
      isEscaped = true
      continue
    }
    if (isEscaped || !isWildcard) steps.push(character.codePointAt(0) as number)
    // Several % in a row are as good as one.
    else if (character === '_') steps.push('one')
    else if (steps.at(-1) !== 'any') steps.push('any')
    isEscaped = false
  }
  return isEscaped ? undefined : steps
}
