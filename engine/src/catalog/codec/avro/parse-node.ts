import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import { createBudget } from '../budget.ts'
import { badSchema } from '../fault.ts'
import { isAvroName } from './avro-name.ts'
import type { AvroField, AvroNode, AvroPrimitive, AvroRecord } from './avro-node.ts'
import { marks } from './avro-node.ts'
import { fitsDefault } from './default-value.ts'

const primitives: ReadonlySet<string> = new Set([
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
])
const named: ReadonlySet<string> = new Set(['record', 'error', 'enum', 'fixed'])
const maxSchemaDepth = 64
const maxFixedSize = 1_048_576
const maxDefaultSteps = 100_000

/**
 * Reads an Avro schema, checks it against the specification and resolves its names.
 *
 * @throws KeelsonError `schema_invalid`, naming the place.
 */
export function parseAvroNode(schema: JsonValue): AvroNode {
  const parser = new AvroParser()
  const node = parser.parse(schema, '', 'The schema', 0)
  parser.checkDefaults()
  return node
}

class AvroParser {
  readonly #types = new Map<string, AvroNode>()
  /** Checked at the end, when recursive types are whole. */
  readonly #defaults: { readonly field: AvroField; readonly place: string }[] = []

  parse(given: JsonValue, namespace: string, place: string, depth: number): AvroNode {
    if (depth > maxSchemaDepth) throw badSchema(`The schema is nested deeper than ${maxSchemaDepth} levels`)
    if (typeof given === 'string') return this.#lookUp(given, namespace, place)
    if (Array.isArray(given)) return this.#parseUnion(given, namespace, place, depth)
    if (!isJsonObject(given)) throw badSchema(`${place} is no Avro schema`)
    const { type } = given
    if (typeof type !== 'string') {
      if (type === undefined) throw badSchema(`${place} has no type`)
      return this.parse(type, namespace, place, depth + 1)
    }
    if (primitives.has(type)) return { kind: type as AvroPrimitive, isJson: given[marks.json] === true }
    if (type === 'array')
      return {
        kind: 'array',
        items: this.parse(need(given, 'items', place), namespace, `${place}[]`, depth + 1),
      }
    if (type === 'map')
      return {
        kind: 'map',
        values: this.parse(need(given, 'values', place), namespace, `${place}{}`, depth + 1),
      }
    return named.has(type)
      ? this.#parseNamed(type, given, namespace, place, depth)
      : this.#lookUp(type, namespace, place)
  }

  #lookUp(name: string, namespace: string, place: string): AvroNode {
    if (primitives.has(name)) return { kind: name as AvroPrimitive, isJson: false }
    const found = this.#types.get(qualify(name, namespace)) ?? this.#types.get(name)
    if (found === undefined)
      throw badSchema(`${place} names the type ${JSON.stringify(name)}, which is not defined`)
    return found
  }

  #parseUnion(given: JsonValue[], namespace: string, place: string, depth: number): AvroNode {
    const branches = given.map(branch => this.parse(branch, namespace, place, depth + 1))
    const seen = new Set<string>()
    for (const branch of branches) {
      if (branch.kind === 'union') throw badSchema(`${place} is a union directly within a union`)
      const key = 'name' in branch ? branch.name : branch.kind
      if (seen.has(key)) throw badSchema(`${place} is a union with ${key} twice`)
      seen.add(key)
    }
    return { kind: 'union', branches }
  }

  #parseNamed(type: string, given: JsonObject, outer: string, place: string, depth: number): AvroNode {
    const name = fullName(given, outer, place)
    const namespace = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : ''
    const aliases = namesIn(given, 'aliases', place).map(alias => qualify(alias, namespace))
    if (this.#types.has(name)) throw badSchema(`${place} defines ${name} a second time`)
    if (type === 'fixed') {
      const { size } = given
      if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > maxFixedSize)
        throw badSchema(`${name} has no size from 0 to ${maxFixedSize}`)
      return this.#define(name, { kind: 'fixed', name, aliases, size })
    }
    if (type === 'enum') {
      const symbols = namesIn(given, 'symbols', name)
      const fallback = given['default']
      if (symbols.length === 0 || new Set(symbols).size < symbols.length)
        throw badSchema(`${name} has no symbols, or one twice`)
      if (fallback !== undefined && !symbols.includes(fallback as string))
        throw badSchema(`${name} has a default that is none of its symbols`)
      const isNull = given[marks.null] === true
      return this.#define(name, {
        kind: 'enum',
        name,
        aliases,
        symbols,
        fallback: fallback as string | undefined,
        isNull,
      })
    }
    const record: AvroRecord = { kind: 'record', name, aliases, fields: [] }
    this.#define(name, record)
    this.#parseFields(record, given['fields'], namespace, depth)
    return record
  }

  #define(name: string, node: AvroNode): AvroNode {
    this.#types.set(name, node)
    return node
  }

  #parseFields(record: AvroRecord, fields: JsonValue | undefined, namespace: string, depth: number): void {
    if (!Array.isArray(fields)) throw badSchema(`${record.name} has no list of fields`)
    const seen = new Set<string>()
    for (const given of fields) {
      if (!isJsonObject(given)) throw badSchema(`${record.name} has a field that is no object`)
      const { name } = given
      if (typeof name !== 'string' || !isAvroName(name))
        throw badSchema(`${record.name} has a field without a legal name`)
      const place = `${record.name}.${name}`
      if (seen.has(name)) throw badSchema(`${place} is there twice`)
      seen.add(name)
      const node = this.parse(need(given, 'type', place), namespace, place, depth + 1)
      const field = toField(name, node, given, place)
      record.fields.push(field)
      if (field.fallback !== undefined) this.#defaults.push({ field, place })
    }
  }

  checkDefaults(): void {
    const budget = createBudget(maxDefaultSteps, () =>
      badSchema('The defaults of the schema are too intricate'),
    )
    for (const { field, place } of this.#defaults)
      if (!fitsDefault(field.node, field.fallback as JsonValue, budget))
        throw badSchema(`${place} has a default that its type does not take`)
  }
}

function toField(name: string, node: AvroNode, given: JsonObject, place: string): AvroField {
  const key = given[marks.name] ?? name
  if (typeof key !== 'string' || key === '__proto__')
    throw badSchema(`${place} has a ${marks.name} that is no name`)
  return {
    name,
    aliases: namesIn(given, 'aliases', place),
    node,
    fallback: given['default'],
    key,
    isOptional: given[marks.optional] === true,
    isRest: given[marks.rest] === true && node.kind === 'map',
  }
}

function need(schema: JsonObject, member: string, place: string): JsonValue {
  const value = schema[member]
  if (value === undefined) throw badSchema(`${place} has no ${member}`)
  return value
}

function namesIn(schema: JsonObject, member: string, place: string): string[] {
  const names = schema[member] ?? []
  const isLegal = (name: JsonValue): name is string =>
    typeof name === 'string' && name.split('.').every(isAvroName)
  if (!Array.isArray(names) || !names.every(isLegal))
    throw badSchema(`${place} has ${member} that are no names`)
  return names
}

/** A name with dots is whole; else the namespace of the type itself, or of what it stands in, goes before it. */
function fullName(schema: JsonObject, outer: string, place: string): string {
  const { name, namespace = outer } = schema
  if (typeof name !== 'string' || typeof namespace !== 'string') throw badSchema(`${place} has no name`)
  const full = qualify(name, namespace)
  if (!full.split('.').every(isAvroName) || primitives.has(full))
    throw badSchema(`${place} has no legal name`)
  return full
}

function qualify(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
}
