import { createRequire } from 'node:module'
import type * as RedosDetector from 'redos-detector'
import { schemaLimits } from './limits.ts'

/** Loaded when the first pattern is judged: most processes judge none, and it takes 5 MB. */
const detector = () => createRequire(import.meta.url)('redos-detector') as typeof RedosDetector

const maxSteps = 2_000
/** Ways of matching one text that a pattern may have: each may be tried before a text is refused. */
const maxWays = 100
/** Milliseconds for all patterns of a schema together, should a step ever cost more than it does. */
const maxTime = 500

/** Judges the patterns of one schema; together they get a bounded amount of work. */
export class PatternJudge {
  readonly #verdicts = new Map<string, string | undefined>()
  readonly #isStrict: boolean
  #timeLeft = maxTime

  /** One that is not strict finds nothing wrong with any. */
  constructor(isStrict = true) {
    this.#isStrict = isStrict
  }

  /** What is wrong with a pattern; undefined where it compiles and takes linear time on every text. */
  faultOf(pattern: string): string | undefined {
    if (!this.#isStrict) return undefined
    if (this.#verdicts.has(pattern)) return this.#verdicts.get(pattern)
    if (this.#verdicts.size >= schemaLimits.patterns)
      return `is beyond the ${schemaLimits.patterns} different patterns that a schema may have`
    const fault = this.#judge(pattern)
    this.#verdicts.set(pattern, fault)
    return fault
  }

  #judge(pattern: string): string | undefined {
    if (pattern.length > schemaLimits.patternLength)
      return `has ${pattern.length} characters; at most ${schemaLimits.patternLength} are taken`
    try {
      new RegExp(pattern, 'u')
    } catch (error) {
      return `is no regular expression (ECMAScript, unicode): ${(error as Error).message.slice(0, 200)}`
    }
    // The detector passes over what a lookbehind does.
    if (/\(\?<[=!]/.test(pattern)) return 'has a lookbehind, which is not supported'
    return this.#isLinear(pattern)
      ? undefined
      : 'cannot be shown to take linear time: a long text might keep it busy for ever'
  }

  #isLinear(pattern: string): boolean {
    if (this.#timeLeft <= 0) return false
    const started = performance.now()
    try {
      const bounds = { maxSteps, maxScore: maxWays, timeout: this.#timeLeft }
      return detector().isSafePattern(pattern, { unicode: true, ...bounds }).safe
    } catch {
      // Syntax that the detector does not read, such as a group's own flags.
      return false
    } finally {
      this.#timeLeft -= performance.now() - started
    }
  }
}
