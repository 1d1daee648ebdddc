import type { CompatibilityMode, VersionComparison } from '../compatibility/index.ts'
import { checkCompatibility } from '../compatibility/index.ts'
import type { CheckedSchema } from '../schema/index.ts'
import { checkSchema, readSchema } from '../schema/index.ts'
import type { CompatibilityVerdict, SchemaChecker, SchemaDocument } from './checker.ts'

const maxMessages = 50
/** A fifth of a second at the most: everybody else waits meanwhile. Schemas as people write them take some hundreds. */
const maxSteps = 10_000

/** JSON Schema: checked by `checkSchema`, compared by proof or counter-example. */
export function createJsonChecker(): SchemaChecker {
  return {
    parse: ({ text, references }) => {
      const { canonical, title, description } = checkSchema(text, references)
      return {
        canonical,
        ...(title !== undefined && { title }),
        ...(description !== undefined && { description }),
      }
    },
    compare: (earlier, next, mode) => compare(read(earlier), read(next), mode),
  }
}

const read = ({ text, references }: SchemaDocument): CheckedSchema['schema'] =>
  readSchema(text, references).schema

function compare(
  earlier: CheckedSchema['schema'],
  next: CheckedSchema['schema'],
  mode: CompatibilityMode,
): CompatibilityVerdict {
  const { verdict, isCompatible, comparisons } = checkCompatibility([earlier], next, { mode, maxSteps })
  const differences = comparisons.flatMap(one =>
    one.differences.map(difference => ({ direction: one.direction, ...difference })),
  )
  if (isCompatible) return { isCompatible, messages: [], details: { verdict, differences } }
  const [shown] = comparisons.filter(one => one.counterExample !== undefined)
  return {
    isCompatible,
    messages: comparisons.flatMap(messagesOf).slice(0, maxMessages),
    details: {
      verdict,
      differences: differences.slice(0, maxMessages),
      ...(shown && { counterExample: { direction: shown.direction, ...shown.counterExample } }),
    },
  }
}

function messagesOf({ direction, verdict, differences, counterExample }: VersionComparison): string[] {
  if (verdict === 'compatible') return []
  const breaking = differences.filter(({ isBreaking }) => isBreaking)
  if (breaking.length > 0) return breaking.map(({ message }) => `${direction}: ${message}`)
  const [fault] = counterExample?.faults ?? []
  if (fault) return [`${direction}: ${fault.pointer || 'the value'} ${fault.message}`]
  return [`${direction}: it could not be shown that every value stays readable`]
}
