import { Compile } from 'typebox/compile'
import { Check, Errors } from 'typebox/value'
import type { FieldFault, JsonValue } from '../../core/index.ts'
import type { SchemaFault } from '../fault-words.ts'
import { toFieldFault } from '../fault-words.ts'
import type { Schema } from './schema/node.ts'

/** A schema as the validator of events compiles it. */
export interface CompiledSchema {
  accepts(value: JsonValue): boolean
  faults(value: JsonValue): FieldFault[]
}

const maxFaults = 10
/** Up to so many values are judged sooner without compiling. */
const fewValues = 8

/**
 * Compiles a schema; undefined where its patterns could take too long. What is too large to be compiled is judged by
 * the same validator without compiling.
 */
export function compileSchema(schema: Schema, isQuick: boolean): CompiledSchema | undefined {
  if (!isQuick) return undefined
  const type = schema as Parameters<typeof Compile>[0]
  const faults = (value: JsonValue) => faultsOf(schema, value)
  try {
    const compiled = Compile(type)
    return { accepts: value => compiled.Check(value), faults }
  } catch {
    return { accepts: value => Check(type, value), faults }
  }
}

/** As `compileSchema`, for a schema that may have few values to judge: it is compiled when they are many. */
export function compileLate(schema: Schema, isQuick: boolean): CompiledSchema | undefined {
  if (!isQuick) return undefined
  const type = schema as Parameters<typeof Check>[0]
  let judged = 0
  let compiled: CompiledSchema | undefined
  return {
    accepts(value) {
      judged += 1
      if (judged <= fewValues) return Check(type, value)
      compiled ??= compileSchema(schema, isQuick)
      return compiled?.accepts(value) ?? false
    },
    faults: value => faultsOf(schema, value),
  }
}

function faultsOf(schema: Schema, value: JsonValue): FieldFault[] {
  const type = schema as Parameters<typeof Errors>[0]
  return describe(Errors(type, value) as readonly SchemaFault[], schema as JsonValue, value)
}

const placeOfPayload = '/payload'

/** What the validator of events says, with places counted from the value itself. */
function describe(found: readonly SchemaFault[], schema: JsonValue, value: JsonValue): FieldFault[] {
  const faults = new Map<string, FieldFault>()
  for (const error of found) {
    // A closed object says each unknown member a second time, at the member's own place.
    if (error.keyword === 'additionalProperties') continue
    const fault = toFieldFault(error, schema, value)
    const pointer = fault.pointer.slice(placeOfPayload.length)
    faults.set(`${pointer} ${fault.message}`, { ...fault, pointer })
  }
  return [...faults.values()].slice(0, maxFaults)
}
