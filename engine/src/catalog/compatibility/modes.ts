import type { CompareOptions } from './compare.ts'
import { compareWith, createWorkshop } from './compare.ts'
import type { Comparison } from './comparison.ts'
import { readMaterial } from './material.ts'
import { createPatternTest } from './pattern/pattern-test.ts'
import type { Schema } from './schema/node.ts'
import { createNodeIds } from './schema/node.ts'

export const compatibilityModes = [
  'none',
  'backward',
  'backward_transitive',
  'forward',
  'forward_transitive',
  'full',
  'full_transitive',
] as const
export type CompatibilityMode = (typeof compatibilityModes)[number]

/** Backward: the new schema reads what the old one wrote. Forward: the old schema reads what the new one writes. */
export type Direction = 'backward' | 'forward'

export interface VersionComparison extends Comparison {
  readonly direction: Direction
  /** Index of the earlier schema, the newest being 0. */
  readonly against: number
}

export interface Verdict {
  readonly mode: CompatibilityMode
  /** Of all comparisons: incompatible where one is, else unproven where one is. */
  readonly verdict: Comparison['verdict']
  readonly isCompatible: boolean
  readonly comparisons: readonly VersionComparison[]
}

export interface CheckOptions extends Omit<CompareOptions, 'older'> {
  readonly mode: CompatibilityMode
}

/**
 * Whether a new schema may follow the old ones, which come newest first. Without `_transitive` only the newest of
 * them counts. `maxSteps` is for each comparison. Throws `schema_invalid` as `compareSchemas` does.
 */
export function checkCompatibility(
  oldSchemas: readonly Schema[],
  newSchema: Schema,
  { mode, ...options }: CheckOptions,
): Verdict {
  const directions = directionsOf(mode)
  if (directions.length === 0 || oldSchemas.length === 0)
    return { mode, verdict: 'compatible', isCompatible: true, comparisons: [] }
  const patternTest = createPatternTest()
  const ids = createNodeIds()
  const next = readMaterial(newSchema, ids, options)
  const earlier = mode.endsWith('_transitive') ? oldSchemas : oldSchemas.slice(0, 1)
  const comparisons = earlier.flatMap((schema, against) => {
    const old = readMaterial(schema, ids, options)
    const workshop = createWorkshop(patternTest, ids)
    return directions.map((direction): VersionComparison => {
      const comparison =
        direction === 'backward'
          ? compareWith(workshop, old, next, { ...options, older: 'writer' })
          : compareWith(workshop, next, old, { ...options, older: 'reader' })
      return { direction, against, ...comparison }
    })
  })
  const verdict = worst(comparisons)
  return { mode, verdict, isCompatible: verdict === 'compatible', comparisons }
}

function directionsOf(mode: CompatibilityMode): readonly Direction[] {
  if (mode === 'none') return []
  if (mode.startsWith('full')) return ['backward', 'forward']
  return mode.startsWith('backward') ? ['backward'] : ['forward']
}

function worst(comparisons: readonly Comparison[]): Comparison['verdict'] {
  const verdicts = comparisons.map(({ verdict }) => verdict)
  if (verdicts.includes('incompatible')) return 'incompatible'
  return verdicts.includes('unproven') ? 'unproven' : 'compatible'
}
