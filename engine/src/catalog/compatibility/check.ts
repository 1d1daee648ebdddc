import { Compile } from 'typebox/compile'
import { Check, Errors } from 'typebox/value'
import type { FieldFault, JsonValue } from '../../core/index.ts'
import type { Schema } from './schema/node.ts'

/** A schema as the validator of events compiles it. */
export interface CompiledSchema {
  accepts(value: JsonValue): boolean
  faults(value: JsonValue): FieldFault[]
}

const maxFaults = 10

/**
 * Compiles a schema; undefined where its patterns could take too long. What is too large to be compiled is judged by
 * the same validator without compiling.
 */
export function compileSchema(schema: Schema, isQuick: boolean): CompiledSchema | undefined {
  if (!isQuick) return undefined
  const type = schema as Parameters<typeof Compile>[0]
  const faults = (value: JsonValue) => describe(Errors(type, value) as readonly Found[])
  try {
    const compiled = Compile(type)
    return { accepts: value => compiled.Check(value), faults }
  } catch {
    return { accepts: value => Check(type, value), faults }
  }
}

interface Found {
  readonly instancePath: string
  readonly message: string
}

function describe(found: readonly Found[]): FieldFault[] {
  const faults = new Map<string, FieldFault>()
  for (const { instancePath, message } of found)
    faults.set(`${instancePath} ${message}`, { pointer: instancePath, message })
  return [...faults.values()].slice(0, maxFaults)
}
