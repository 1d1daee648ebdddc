import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Settings } from 'typebox/system'
import type { FieldFault, JsonObject, JsonValue } from '../core/index.ts'
import { KeelsonError } from '../core/index.ts'
import type { SchemaFault } from './fault-words.ts'
import { toFieldFault } from './fault-words.ts'
import { namesInherited, withoutPrototype } from './schema/inherited-names.ts'
import { withOwnUniqueness } from './schema/own-uniqueness.ts'
import { workToExplain } from './schema/place-work.ts'
import { WorkMeter } from './schema/work-meter.ts'

/** Returns when the payload fits; throws `payload_invalid` with every fault (at most 50) otherwise. */
export type PayloadValidator = (payload: JsonValue) => void

const maxFaults = 50

/** Compiles a schema once; checking an 800-byte payload then takes about a microsecond. */
export function createValidator(schema: TSchema): PayloadValidator {
  const compiled = Compile(withOwnUniqueness(schema))
  const ownOnly = namesInherited(schema as JsonValue)
  const isCostly = costOfFaults(schema)
  return payload => {
    const value = ownOnly ? withoutPrototype(payload) : payload
    if (compiled.Check(value)) return
    if (isCostly(value)) throw refusal([untold])
    const errors = withManyErrors(() => compiled.Errors(value) as readonly SchemaFault[])
    throw refusal(describe(errors, schema as JsonValue, value))
  }
}

const untold: FieldFault = {
  pointer: '/payload',
  message: 'does not fit its schema, and is too large to find out where',
  hint: 'check its parts each in a smaller one',
}

/** Whether to find all that is wrong with a value would take too long; measured where first a value is refused. */
function costOfFaults(schema: TSchema): (value: JsonValue) => boolean {
  let meter: WorkMeter | undefined
  return value => {
    meter ??= new WorkMeter(schema as JsonObject, workToExplain)
    return meter.excess(value) !== undefined
  }
}

function refusal(faults: readonly FieldFault[]): KeelsonError {
  const first = faults[0] as FieldFault
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : ''
  return new KeelsonError('payload_invalid', `${first.pointer} ${first.message}${more}`, { faults })
}

/** TypeBox stops at eight errors by a setting of the whole process, which is put back at once. */
function withManyErrors(find: () => readonly SchemaFault[]): readonly SchemaFault[] {
  const { maxErrors } = Settings.Get()
  // Several errors may be the same fault.
  Settings.Set({ maxErrors: maxFaults * 4 })
  try {
    return find()
  } finally {
    Settings.Set({ maxErrors })
  }
}

function describe(errors: readonly SchemaFault[], schema: JsonValue, payload: JsonValue): FieldFault[] {
  const faults = new Map<string, FieldFault>()
  for (const error of errors) {
    // A closed object reports each unknown member twice; the entry at the member's own place is the useful one.
    if (error.keyword === 'additionalProperties') continue
    const fault = toFieldFault(error, schema, payload)
    const key = `${fault.pointer} ${fault.message}`
    if (!faults.has(key)) faults.set(key, fault)
    if (faults.size === maxFaults) break
  }
  return [...faults.values()]
}
