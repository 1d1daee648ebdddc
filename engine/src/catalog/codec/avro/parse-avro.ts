import type { JsonValue } from '../../../core/index.ts'
import { canonicalJson, KeelsonError, parseJson } from '../../../core/index.ts'
import type { CompatibilityMode, CompatibilityResult } from '../comparison.ts'
import { boundSchema, compareBoth, maxSchemaDepth } from '../comparison.ts'
import { badSchema } from '../fault.ts'
import type { AvroNode } from './avro-node.ts'
import { createComparison, findMismatches } from './find-mismatches.ts'
import { parseAvroNode } from './parse-node.ts'

export interface AvroText {
  /** The same text for the same schema, whatever the white space and the order of members; with docs and defaults. */
  readonly canonicalText: string
  readonly schema: JsonValue
  /** Full name of a named type at the root. */
  readonly name: string | undefined
}

/**
 * Checks the text of an Avro schema, at most 64 KiB and 32 levels deep.
 *
 * @throws KeelsonError `schema_invalid`
 */
export function parseAvro(text: string): AvroText {
  const { schema, node } = read(text)
  return { canonicalText: canonicalJson(schema), schema, name: 'name' in node ? node.name : undefined }
}

/**
 * Compares two Avro schemas by the rules of schema resolution (Avro specification 1.12).
 *
 * @throws KeelsonError `schema_invalid`, also where schemas are so intricate that comparing them would take too long.
 */
export function compareAvro(oldText: string, newText: string, mode: CompatibilityMode): CompatibilityResult {
  return compareBoth(read(oldText).node, read(newText).node, mode, faults)
}

function faults(writer: AvroNode, reader: AvroNode): string[] {
  return findMismatches(writer, reader, '', createComparison()).map(
    ({ path, message }) => `${path || '/'}: ${message}`,
  )
}

function read(text: string): { readonly schema: JsonValue; readonly node: AvroNode } {
  boundSchema(text)
  try {
    const schema = parseJson(text, maxSchemaDepth)
    return { schema, node: parseAvroNode(schema) }
  } catch (error) {
    if (error instanceof KeelsonError && error.code.startsWith('json_')) throw badSchema(error.message)
    throw error
  }
}
