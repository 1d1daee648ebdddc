import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject, KeelsonError, parseJson } from '../../core/index.ts'
import { FaultList } from './fault-list.ts'
import { schemaLimits } from './limits.ts'
import type { FoundReference } from './schema-node.ts'
import { SchemaWalk } from './walk-schema.ts'

/** A schema that another one refers to by a name of its choice. */
export interface NamedSchema {
  readonly name: string
  readonly text: string
}

/** @throws KeelsonError `schema_invalid` where the text is no JSON within the bounds. */
export function parseSchemaText(text: string): JsonValue {
  const bytes = Buffer.byteLength(text)
  if (bytes > schemaLimits.bytes)
    throw new KeelsonError(
      'schema_invalid',
      `The schema has ${bytes} bytes; at most ${schemaLimits.bytes} are taken`,
    )
  try {
    return parseJson(text, schemaLimits.depth)
  } catch (error) {
    if (!(error instanceof KeelsonError)) throw error
    throw new KeelsonError('schema_invalid', `The schema cannot be taken: ${error.message}`, {}, error)
  }
}

/** One document of a schema and all that it refers to by name, which then stands among its definitions. */
export function bundleReferences(schema: JsonValue, references: readonly NamedSchema[]): JsonValue {
  if (!isJsonObject(schema) || references.length === 0) return schema
  const places = new Map(references.map(({ name }, at) => [name, `/$defs/${placeName(at)}`]))
  const embedded = references.map(({ text }, at): [string, JsonValue] => {
    const document = parseSchemaText(text)
    redirect(document, `/$defs/${placeName(at)}`, places)
    return [placeName(at), withoutIdentity(document)]
  })
  redirect(schema, '', places)
  const own = isJsonObject(schema['$defs']) ? schema['$defs'] : {}
  return { ...schema, $defs: { ...own, ...Object.fromEntries(embedded) } }
}

const placeName = (at: number): string => `reference:${at}`

/** Makes the references of a document lead to where it, and what it names, will stand. */
function redirect(document: JsonValue, place: string, places: ReadonlyMap<string, string>): void {
  const walk = new SchemaWalk(document, new FaultList(), false)
  for (const reference of walk.references) {
    const target = redirected(reference, walk, place, places)
    if (target !== undefined) (reference.from.schema as JsonObject)['$ref'] = `#${target}`
  }
  if (place === '') return
  for (const { schema } of walk.nodes.values()) if (isJsonObject(schema)) delete schema['$anchor']
}

function redirected(
  { target }: FoundReference,
  walk: SchemaWalk,
  place: string,
  places: ReadonlyMap<string, string>,
): string | undefined {
  const exact = places.get(target)
  if (exact !== undefined) return exact
  const [name, fragment = ''] = splitFragment(target)
  if (name !== '') return places.has(name) ? places.get(name) + fragment : undefined
  // Within the root itself nothing moves.
  if (place === '') return undefined
  const anchored = walk.anchors.get(fragment)
  return place + (anchored === undefined ? fragment : encodePointer(anchored))
}

function splitFragment(target: string): [name: string, fragment?: string] {
  const at = target.indexOf('#')
  return at < 0 ? [target] : [target.slice(0, at), target.slice(at + 1)]
}

const encodePointer = (pointer: string): string => pointer.split('/').map(encodeURIComponent).join('/')

function withoutIdentity(document: JsonValue): JsonValue {
  if (!isJsonObject(document)) return document
  const { $id: _, $schema: __, ...rest } = document
  return rest
}
