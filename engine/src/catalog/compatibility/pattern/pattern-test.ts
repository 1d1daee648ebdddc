import { isSafePattern } from 'redos-detector'

/** Runs regular expressions, except for those that could hang on some text. */
export interface PatternTest {
  /** Whether the pattern matches within the text; undefined where finding out could take too long. */
  matches(pattern: string, text: string): boolean | undefined
  isQuick(pattern: string): boolean
}

const maxText = 256
const maxAnalyses = 50

/** Compiles each pattern once. Of the patterns that are hard to judge only the first fifty are judged at all. */
export function createPatternTest(): PatternTest {
  const compiled = new Map<string, RegExp | undefined>()
  let analyses = 0
  const compile = (pattern: string): RegExp | undefined => {
    if (compiled.has(pattern)) return compiled.get(pattern)
    let isQuick = isPlain(pattern)
    if (!isQuick && pattern.length <= 1000 && analyses < maxAnalyses) {
      analyses += 1
      isQuick = isSafePattern(pattern, { unicode: true, maxSteps: 200, maxScore: 500 }).safe
    }
    const regexp = isQuick ? new RegExp(pattern, 'u') : undefined
    compiled.set(pattern, regexp)
    return regexp
  }
  return {
    matches: (pattern, text) => (text.length > maxText ? undefined : compile(pattern)?.test(text)),
    isQuick: pattern => compile(pattern) !== undefined,
  }
}

/** Without repeated groups and back references, two open repetitions can cost no more than the square of the text. */
function isPlain(pattern: string): boolean {
  const repetitions = pattern.match(/[*+]|\{\d+,/g)?.length ?? 0
  return pattern.length <= 1000 && repetitions <= 2 && !/\)[*+{?]|\\[1-9k]/.test(pattern)
}
