import type { JsonValue } from '../../../core/index.ts'
import { canonicalJson } from '../../../core/index.ts'
import { compileSchema } from '../check.ts'
import { given } from '../given/given.ts'
import { createPatternTest } from '../pattern/pattern-test.ts'
import type { Schema } from '../schema/node.ts'
import { createNodeIds } from '../schema/node.ts'
import { readSchema } from '../schema/read-schema.ts'
import { createGenerator } from './generate.ts'
import { createRandom } from './random.ts'

export interface SampleOptions {
  /** How many values at most, 1,000 being the most; fewer come where the schema has fewer or they are hard to find. */
  readonly count: number
  /** The same seed gives the same values. */
  readonly seed: number
}

const maxCount = 1000
const triesPerValue = 20
const builtPerValue = 2000

/** Different values that the schema accepts, each checked by the validator. Throws `schema_invalid`. */
export function sampleValues(schema: Schema, { count, seed }: SampleOptions): JsonValue[] {
  const patternTest = createPatternTest()
  const document = readSchema(schema, createNodeIds())
  const compiled = compileSchema(schema, document.patterns.every(patternTest.isQuick))
  if (compiled === undefined) return []
  let built = 0
  const generator = createGenerator({
    matches: patternTest.matches,
    random: createRandom(seed),
    mayBuild: () => {
      built += 1
      return built <= builtPerValue
    },
  })
  const known = given(document.root)
  const wanted = Math.min(count, maxCount)
  const found = new Map<string, JsonValue>()
  for (let attempt = 0; found.size < wanted && attempt < wanted * triesPerValue; attempt += 1) {
    built = 0
    const value = generator.value(known)
    if (value !== undefined && compiled.accepts(value)) found.set(canonicalJson(value), value)
  }
  return [...found.values()]
}
