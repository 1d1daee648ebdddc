import type { JsonValue } from '../../../core/index.ts'
import { refuse } from './read-keywords.ts'

const maxDepth = 100
const maxValues = 50_000

/** Refuses a schema that is too large or too deep to be worked on, and what is not JSON. */
export function checkBounds(schema: unknown): void {
  let count = 0
  const visit = (value: unknown, depth: number): void => {
    count += 1
    if (count > maxValues) refuse('', `holds more than ${maxValues} values`)
    if (depth > maxDepth) refuse('', `is nested deeper than ${maxDepth} levels`)
    if (Array.isArray(value)) for (const item of value) visit(item, depth + 1)
    else if (typeof value === 'object' && value !== null)
      for (const member of Object.values(value)) visit(member, depth + 1)
    else if (!isScalar(value)) refuse('', 'is not JSON')
  }
  visit(schema, 0)
}

function isScalar(value: unknown): value is JsonValue {
  return value === null || typeof value === 'boolean' || typeof value === 'string' || Number.isFinite(value)
}
