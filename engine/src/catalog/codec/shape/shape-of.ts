import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import { badSchema } from '../fault.ts'
import { mergeShapes } from './merge-shapes.ts'
import type { Reference } from './reference.ts'
import { createReferences } from './reference.ts'
import type { MemberShape, RecordShape, Shape } from './shape.ts'

const maxShapes = 10_000
const maxSchemaDepth = 64
const json: Shape = { kind: 'json' }
/** Keywords that say more about the form of a value than shapes can: such a schema is JSON text in binary forms. */
const beyondShapes = [
  'allOf',
  'not',
  'if',
  'dependentSchemas',
  '$dynamicRef',
  'prefixItems',
  'additionalItems',
]
const anyName = new Set(['', '.*', '^.*$', '^(.*)$', '^.*', '.*$'])

/**
 * The shape of a JSON Schema 2020-12.
 *
 * @throws KeelsonError `schema_invalid` for a reference that leads nowhere or outside, and for schemas too large.
 */
export function shapeOf(schema: JsonValue): Shape {
  return new ShapeBuilder(schema).build(schema, [], 0)
}

type Path = readonly string[]

/** "One of these members must be there" says nothing of the form: the object beside it does. */
const onlyRequires = (branch: JsonValue): boolean =>
  isJsonObject(branch) &&
  Object.keys(branch).length > 0 &&
  Object.keys(branch).every(keyword => keyword === 'required')

class ShapeBuilder {
  readonly #references: (ref: string) => Reference
  readonly #records = new Map<JsonValue, RecordShape>()
  readonly #open = new Set<JsonValue>()
  #count = 0

  constructor(root: JsonValue) {
    this.#references = createReferences(root)
  }

  build(schema: JsonValue, path: Path, depth: number): Shape {
    this.#count += 1
    if (this.#count > maxShapes) throw badSchema(`The schema has more than ${maxShapes} parts`)
    if (depth > maxSchemaDepth) throw badSchema(`The schema is nested deeper than ${maxSchemaDepth} levels`)
    if (!isJsonObject(schema) || beyondShapes.some(keyword => schema[keyword] !== undefined)) return json
    const known = this.#records.get(schema)
    if (known !== undefined) return known
    // A schema that contains itself other than through an object has no name that a binary form could refer to.
    if (this.#open.has(schema)) return json
    this.#open.add(schema)
    try {
      return this.#describe(schema, path, depth + 1)
    } finally {
      this.#open.delete(schema)
    }
  }

  #describe(given: JsonObject, path: Path, depth: number): Shape {
    if (typeof given['$ref'] === 'string') {
      const target = this.#references(given['$ref'])
      return this.build(target.schema, target.name === undefined ? path : [target.name], depth)
    }
    const branches = given['anyOf'] ?? given['oneOf']
    if (Array.isArray(branches) && !(given['type'] === 'object' && branches.every(onlyRequires))) {
      const shapes = branches.map((branch, index) =>
        this.build(branch, [...path, branchName(branch, index)], depth),
      )
      return mergeShapes(shapes, path)
    }
    if (given['const'] !== undefined) return shapeOfValues([given['const']], given, path)
    if (Array.isArray(given['enum'])) return shapeOfValues(given['enum'], given, path)
    const { type } = given
    if (Array.isArray(type))
      return mergeShapes(
        type.map(name => this.#shapeOfType(name, given, path, depth)),
        path,
      )
    return this.#shapeOfType(type, given, path, depth)
  }

  #shapeOfType(type: JsonValue | undefined, schema: JsonObject, path: Path, depth: number): Shape {
    switch (type) {
      case 'null':
      case 'boolean':
      case 'integer':
      case 'number':
      case 'string':
        return { kind: type }
      case 'array':
        return { kind: 'array', items: this.#arrayItems(schema['items'], path, depth) }
      case 'object':
        return this.#shapeOfObject(schema, path, depth)
      default:
        return json
    }
  }

  #arrayItems(items: JsonValue | undefined, path: Path, depth: number): Shape {
    return items === undefined || Array.isArray(items) ? json : this.build(items, [...path, 'item'], depth)
  }

  #shapeOfObject(schema: JsonObject, path: Path, depth: number): Shape {
    const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
    const names = Object.keys(properties)
    const rest = this.#restOf(schema, names.length > 0, [...path, 'value'], depth)
    if (names.length === 0 && rest !== undefined) return { kind: 'map', values: rest }
    const record: RecordShape = { kind: 'record', path, description: describedBy(schema), members: [] }
    this.#records.set(schema, record)
    if (rest !== undefined) record.rest = rest
    const required = Array.isArray(schema['required']) ? schema['required'] : []
    for (const name of names) {
      if (name === '__proto__') throw badSchema('No payload can have a member "__proto__"')
      const member = properties[name] as JsonValue
      if (member === false) continue
      record.members.push({
        name,
        shape: this.build(member, [...path, name], depth),
        isOptional: !required.includes(name),
        description: describedBy(member),
      } satisfies MemberShape)
    }
    return record
  }

  #restOf(schema: JsonObject, hasNames: boolean, path: Path, depth: number): Shape | undefined {
    const patterns = isJsonObject(schema['patternProperties']) ? schema['patternProperties'] : {}
    const [first, ...others] = Object.entries(patterns)
    const further = schema['additionalProperties'] ?? schema['unevaluatedProperties']
    if (first === undefined) {
      if (further === false) return undefined
      return further === undefined || further === true ? json : this.build(further, path, depth)
    }
    const isWhole = others.length === 0 && !hasNames && (further === false || anyName.has(first[0]))
    return isWhole ? this.build(first[1], path, depth) : json
  }
}

function shapeOfValues(values: readonly JsonValue[], schema: JsonObject, path: Path): Shape {
  const shapes = values.map((value): Shape => {
    if (value === null) return { kind: 'null' }
    if (typeof value === 'string')
      return { kind: 'enum', path, values: [value], description: describedBy(schema) }
    if (typeof value === 'boolean') return { kind: 'boolean' }
    if (typeof value === 'number')
      return { kind: Number.isSafeInteger(value) && schema['type'] !== 'number' ? 'integer' : 'number' }
    return json
  })
  return mergeShapes(shapes, path)
}

/** A name for a branch that stays when branches are added: its id or title, or the value of its first constant. */
function branchName(branch: JsonValue, index: number): string {
  if (!isJsonObject(branch)) return `option${index + 1}`
  for (const name of [branch['$id'], branch['title']])
    if (typeof name === 'string' && name !== '') return name
  const properties = isJsonObject(branch['properties']) ? Object.values(branch['properties']) : []
  for (const property of properties)
    if (isJsonObject(property) && typeof property['const'] === 'string') return property['const']
  return `option${index + 1}`
}

function describedBy(schema: JsonValue): string | undefined {
  const description = isJsonObject(schema) ? schema['description'] : undefined
  return typeof description === 'string' && description !== '' ? description : undefined
}
