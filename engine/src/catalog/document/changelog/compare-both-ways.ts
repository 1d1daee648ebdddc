import type { JsonObject } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import { checkCompatibility } from '../../compatibility/index.ts'
import type { SchemaChange, SchemaComparison } from './schema-change.ts'

/** Versions of one event differ in a few places: what takes longer than this is not meant to be shown. */
const maxSteps = 10_000

/**
 * Whether each of two versions reads what was written with the other, as every two versions of one event must. A
 * schema that cannot be read is no proof of anything.
 */
export function compareBothWays(older: JsonObject, newer: JsonObject): SchemaComparison {
  try {
    const { verdict, comparisons } = checkCompatibility([older], newer, { mode: 'full', maxSteps })
    const shown = comparisons.find(one => one.counterExample !== undefined)
    const differences = merge(comparisons.flatMap(one => one.differences))
    if (shown?.counterExample === undefined) return { verdict, differences }
    const { direction, counterExample } = shown
    return { verdict, differences, counterExample: { direction, ...counterExample } }
  } catch (error) {
    if (!(error instanceof KeelsonError)) throw error
    return { verdict: 'unproven', differences: [unreadable(error.message)] }
  }
}

/** Each change once: where it breaks one direction, that is what counts. */
function merge(found: readonly SchemaChange[]): readonly SchemaChange[] {
  const changes = new Map<string, SchemaChange>()
  for (const change of found) {
    const key = `${change.pointer} ${change.instancePath} ${change.keyword} ${change.change}`
    const known = changes.get(key)
    if (known === undefined || (change.isBreaking && !known.isBreaking)) changes.set(key, change)
  }
  return [...changes.values()]
}

const unreadable = (message: string): SchemaChange => ({
  pointer: '',
  instancePath: '',
  keyword: '',
  change: 'changed',
  isBreaking: true,
  message,
})
