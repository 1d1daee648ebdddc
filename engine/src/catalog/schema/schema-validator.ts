import type { TSchema } from 'typebox'
import type { JsonObject, JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { PayloadValidator } from '../validator.ts'
import { createValidator } from '../validator.ts'

/** Evaluations that one value may cost beyond those of a schema that does not branch. */
const maxEvaluations = 200_000

/**
 * A validator of payloads for a schema that was checked. Values so deep that a recursive schema could not be judged
 * by in bounded time and stack are refused with `payload_invalid`.
 */
export function createSchemaValidator(checked: {
  readonly schema: JsonObject | boolean
  readonly recursionWidth: number
}): PayloadValidator {
  const validate = createValidator(checked.schema as TSchema)
  const namesInherited = inheritedNames.test(JSON.stringify(checked.schema))
  return payload => {
    if (checked.recursionWidth > 1) refuseCostly(payload, checked.recursionWidth)
    try {
      validate(namesInherited ? withoutPrototype(payload) : payload)
    } catch (error) {
      if (error instanceof RangeError) throw tooDeep()
      throw error
    }
  }
}

/** What every object seems to have; a compiled check of an optional member of such a name would find it. */
const inheritedNames = new RegExp(`"(${Object.getOwnPropertyNames(Object.prototype).join('|')})"`)

/** A copy whose objects have their own members alone. */
function withoutPrototype(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutPrototype)
  const copy: JsonObject = Object.create(null)
  for (const [name, member] of Object.entries(value)) copy[name] = withoutPrototype(member)
  return copy
}

function refuseCostly(payload: JsonValue, width: number): void {
  let evaluations = 0
  const visit = (value: JsonValue, cost: number): void => {
    if (typeof value !== 'object' || value === null) return
    evaluations += cost
    if (evaluations > maxEvaluations) throw tooDeep()
    for (const member of Object.values(value)) visit(member as JsonValue, cost * width)
  }
  visit(payload, 1)
}

function tooDeep(): KeelsonError {
  const message = 'is nested too deep for its schema, which recurses'
  return new KeelsonError('payload_invalid', `/payload ${message}`, {
    faults: [{ pointer: '/payload', message }],
  })
}
