import type { TSchema } from 'typebox'
import type { JsonObject, JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { PayloadValidator } from '../validator.ts'
import { createValidator } from '../validator.ts'
import { workToDecide } from './place-work.ts'
import { WorkMeter } from './work-meter.ts'

/**
 * A validator of payloads for a schema that was checked. Values that it could not judge in bounded time and stack,
 * because they are many, or deep where the schema recurses, are refused with `payload_invalid`.
 */
export function createSchemaValidator(checked: {
  readonly schema: JsonObject | boolean
  readonly recursionWidth: number
}): PayloadValidator {
  const validate = createValidator(checked.schema as TSchema)
  const meter = new WorkMeter(checked.schema, workToDecide)
  return payload => {
    try {
      refuseCostly(payload, meter, checked.recursionWidth > 1)
      validate(payload)
    } catch (error) {
      if (error instanceof RangeError) throw refusal('', tooDeep)
      throw error
    }
  }
}

const tooDeep = 'is nested too deep for its schema, which recurses'

function refuseCostly(payload: JsonValue, meter: WorkMeter, recurses: boolean): void {
  const pointer = meter.excess(payload)
  if (pointer === undefined) return
  if (recurses) throw refusal('', tooDeep)
  throw refusal(
    pointer,
    'would take too long to check: it has too many values for a schema with so many alternatives or conditions',
    'send fewer items in one event, or say less of each in the schema',
  )
}

function refusal(place: string, message: string, hint?: string): KeelsonError {
  const pointer = `/payload${place}`
  return new KeelsonError('payload_invalid', `${pointer} ${message}`, {
    faults: [{ pointer, message, ...(hint === undefined ? {} : { hint }) }],
  })
}
