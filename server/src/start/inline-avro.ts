import type { JsonObject, JsonValue, SchemaDocument } from 'keelson'
import { isJsonObject, KeelsonError, parseJson } from 'keelson'

const maxDepth = 32
const namedTypes: ReadonlySet<unknown> = new Set(['record', 'error', 'enum', 'fixed'])

/**
 * An Avro schema that stands alone: where it first names a type of a schema that it refers to, the definition stands
 * in its place.
 *
 * @throws KeelsonError `schema_invalid` where a text is no JSON within the bounds.
 */
export function inlineAvro({ text, references }: SchemaDocument): string {
  if (references.length === 0) return text
  const inliner = new Inliner(references.map(reference => parse(reference.text)))
  return JSON.stringify(inliner.inline(parse(text), ''))
}

class Inliner {
  readonly #known = new Map<string, JsonObject>()
  readonly #defined = new Set<string>()

  constructor(schemas: readonly JsonValue[]) {
    for (const schema of schemas)
      if (isJsonObject(schema) && namedTypes.has(schema['type']))
        this.#known.set(fullName(schema, ''), schema)
  }

  inline(schema: JsonValue, namespace: string): JsonValue {
    if (typeof schema === 'string') return this.#named(schema, namespace)
    if (Array.isArray(schema)) return schema.map(branch => this.inline(branch, namespace))
    if (!isJsonObject(schema)) return schema
    const { type = null, items = null, values = null, fields } = schema
    if (type === 'array') return { ...schema, items: this.inline(items, namespace) }
    if (type === 'map') return { ...schema, values: this.inline(values, namespace) }
    if (!namedTypes.has(type)) return { ...schema, type: this.inline(type, namespace) }
    const name = fullName(schema, namespace)
    this.#defined.add(name)
    if (!Array.isArray(fields)) return schema
    const inner = name.slice(0, Math.max(0, name.lastIndexOf('.')))
    return { ...schema, fields: fields.map(field => this.#field(field, inner)) }
  }

  #field(field: JsonValue, namespace: string): JsonValue {
    if (!isJsonObject(field) || field['type'] === undefined) return field
    return { ...field, type: this.inline(field['type'], namespace) }
  }

  #named(name: string, namespace: string): JsonValue {
    const full = qualified(name, namespace)
    const definition = this.#known.get(full)
    if (definition === undefined || this.#defined.has(full)) return name
    const at = full.lastIndexOf('.')
    // Its names must mean the same where it stands now.
    const placed = { ...definition, name: full.slice(at + 1), namespace: full.slice(0, Math.max(0, at)) }
    return this.inline(placed, namespace)
  }
}

function fullName(schema: JsonObject, namespace: string): string {
  const own = schema['namespace']
  return qualified(String(schema['name']), typeof own === 'string' ? own : namespace)
}

const qualified = (name: string, namespace: string): string =>
  name.includes('.') || namespace === '' ? name : `${namespace}.${name}`

function parse(text: string): JsonValue {
  try {
    return parseJson(text, maxDepth)
  } catch (error) {
    throw new KeelsonError(
      'schema_invalid',
      'The schema, or one that it refers to, is no JSON within 32 levels',
      {},
      error,
    )
  }
}
