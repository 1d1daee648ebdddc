import { Compile } from 'typebox/compile'
import type { JsonObject, JsonValue } from '../../core/index.ts'
import { canonicalJson, isJsonObject } from '../../core/index.ts'
import type { NamedSchema } from './bundle-references.ts'
import { bundleReferences, parseSchemaText } from './bundle-references.ts'
import { FaultList } from './fault-list.ts'
import { schemaLimits } from './limits.ts'
import { expandedSize, recursionWidth, refuseEndless, widestPlace } from './measure-recursion.ts'
import { refuseWide } from './refuse-wide.ts'
import { resolveReferences } from './resolve-references.ts'
import { SchemaWalk } from './walk-schema.ts'

/** A schema that was found well formed and harmless. */
export interface CheckedSchema {
  /** With what it refers to by name among its definitions: it stands alone. */
  readonly schema: JsonObject | boolean
  /** Of the text alone, as RFC 8785 has it. */
  readonly canonical: string
  readonly title?: string
  readonly description?: string
  /** By how much evaluations can multiply with each level of a value; 1 unless alternatives recurse side by side. */
  readonly recursionWidth: number
}

/**
 * Checks a JSON Schema that comes from outside: that it is well formed (2020-12 or draft 07), says nothing that would
 * be passed over in silence, leads nowhere outside, and can be compiled and judged by in bounded time.
 *
 * @throws KeelsonError `schema_invalid` with every fault: a JSON Pointer into the schema, what is wrong, how to mend it.
 */
export function checkSchema(text: string, references: readonly NamedSchema[] = []): CheckedSchema {
  return examine(text, references, true)
}

/** As `checkSchema`, for a schema that was checked before: what takes long to judge is not judged again. */
export function readSchema(text: string, references: readonly NamedSchema[] = []): CheckedSchema {
  return examine(text, references, false)
}

function examine(text: string, references: readonly NamedSchema[], isNew: boolean): CheckedSchema {
  const parsed = parseSchemaText(text)
  const canonical = canonicalJson(parsed)
  const schema = bundleReferences(parsed, references) as JsonObject | boolean
  const faults = new FaultList()
  const walk = new SchemaWalk(schema, faults, isNew)
  // Where the walk broke off, what a reference leads to may not have been seen.
  if (walk.nodes.size > schemaLimits.nodes) faults.throwAny()
  resolveReferences(walk, faults)
  faults.throwAny()
  refuseEndless(walk.nodes, faults)
  faults.throwAny()
  if (Math.max(widestPlace(walk.nodes), expandedSize(walk.nodes)) > schemaLimits.expandedNodes)
    faults.add(
      '',
      `comes to more than ${schemaLimits.expandedNodes} schemas where each reference stands for a copy`,
      'refer to the same definition less often',
    )
  faults.throwAny()
  if (isNew) {
    refuseWide(walk.nodes, faults)
    faults.throwAny()
    tryCompile(schema, faults)
    faults.throwAny()
  }
  return {
    schema,
    canonical,
    ...textsOf(parsed),
    recursionWidth: walk.references.length === 0 ? 1 : recursionWidth(walk.nodes),
  }
}

function tryCompile(schema: JsonObject | boolean, faults: FaultList): void {
  try {
    Compile(schema)
  } catch (error) {
    faults.add('', `cannot be compiled: ${(error as Error).message.slice(0, 200)}`)
  }
}

function textsOf(schema: JsonValue): Pick<CheckedSchema, 'title' | 'description'> {
  if (!isJsonObject(schema)) return {}
  const { title, description } = schema
  return {
    ...(typeof title === 'string' && { title }),
    ...(typeof description === 'string' && { description }),
  }
}
