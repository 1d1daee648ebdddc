import type { JsonValue } from '../../../core/index.ts'
import { canonicalJson, isJsonObject, KeelsonError } from '../../../core/index.ts'
import type { DraftNode, LimitKeyword, SchemaObject, TypeName } from './node.ts'
import { limitKeywords, valueKinds } from './node.ts'

/** Keywords that say something about a schema and refuse no value. */
export const annotations: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$anchor',
  '$comment',
  '$defs',
  '$vocabulary',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
  'default',
  'definitions',
  'deprecated',
  'description',
  'example',
  'examples',
  'externalDocs',
  'id',
  'readOnly',
  'title',
  'writeOnly',
  'xml',
])

export function isAnnotation(keyword: string): boolean {
  return annotations.has(keyword) || keyword.startsWith('x-')
}

const noted = ['title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly']

const typeNames: ReadonlySet<string> = new Set([...valueKinds, 'integer'])
/** The validator doubles a length in 32 bits, so a longer one does not count as it says. */
const longestLength = 2 ** 30 - 1
const maxListed = 10_000

/** Fills in the assertions that hold no schema. */
export function readKeywords(schema: SchemaObject, node: DraftNode): void {
  if ('type' in schema) node.types = readTypes(schema['type'], node.pointer)
  const values = readValues(schema, node.pointer)
  if (values !== undefined) setValues(node, values)
  for (const keyword of limitKeywords) readLimit(keyword, schema, node)
  if ('pattern' in schema) node.pattern = readPattern(schema['pattern'], `${node.pointer}/pattern`)
  if ('format' in schema) node.format = readText(schema['format'], `${node.pointer}/format`)
  if (readFlag(schema, 'uniqueItems', node.pointer)) node.isUnique = true
  if ('required' in schema)
    node.required = readNames(schema['required'] ?? [], `${node.pointer}/required`, node)
  if ('dependentRequired' in schema || 'dependencies' in schema)
    node.dependentRequired = readDependentRequired(schema, node)
  for (const note of noted) if (schema[note] !== undefined) node.notes.set(note, canonicalJson(schema[note]))
}

export function setValues(node: DraftNode, values: readonly JsonValue[]): void {
  node.values = values
  node.valueTexts = new Set(values.map(canonicalJson))
}

export function refuse(pointer: string, message: string): never {
  const place = pointer === '' ? 'The schema' : pointer
  throw new KeelsonError('schema_invalid', `${place} ${message}`, { faults: [{ pointer, message }] })
}

function readTypes(value: JsonValue | undefined, pointer: string): TypeName[] {
  const types = Array.isArray(value) ? value : [value]
  for (const type of types) {
    if (typeof type !== 'string' || !typeNames.has(type))
      refuse(`${pointer}/type`, 'is not a JSON Schema type')
  }
  return [...new Set(types as TypeName[])]
}

function readValues(schema: SchemaObject, pointer: string): JsonValue[] | undefined {
  const listed = schema['enum']
  if (listed !== undefined && !Array.isArray(listed)) refuse(`${pointer}/enum`, 'is not a list')
  if ((listed?.length ?? 0) > maxListed) refuse(`${pointer}/enum`, `lists more than ${maxListed} values`)
  const constant = 'const' in schema ? [schema['const'] as JsonValue] : undefined
  if (listed === undefined || constant === undefined) return listed ?? constant
  const only = canonicalJson(constant[0])
  return listed.filter(value => canonicalJson(value) === only)
}

function readLimit(keyword: LimitKeyword, schema: SchemaObject, node: DraftNode): void {
  const value = schema[keyword]
  if (value === undefined) return
  if (typeof value !== 'number' || !Number.isFinite(value))
    refuse(`${node.pointer}/${keyword}`, 'is not a number')
  const isCount = !/inimum|aximum|multipleOf/.test(keyword)
  if (isCount && (value < 0 || !Number.isInteger(value)))
    refuse(`${node.pointer}/${keyword}`, 'is not a count')
  if (keyword === 'multipleOf' && value <= 0) refuse(`${node.pointer}/${keyword}`, 'is not above zero')
  if (keyword.endsWith('Contains') && !('contains' in schema)) return
  if (isCount && value > longestLength) node.other.set(keyword, canonicalJson(value))
  else node.limit[keyword] = value
}

/** Patterns are read as the validator reads them, with the flag `u`. */
export function readPattern(value: JsonValue | undefined, pointer: string): string {
  const pattern = readText(value, pointer)
  try {
    new RegExp(pattern, 'u')
  } catch {
    refuse(pointer, 'is not a regular expression of ECMAScript')
  }
  return pattern
}

function readText(value: JsonValue | undefined, pointer: string): string {
  if (typeof value !== 'string') refuse(pointer, 'is not a string')
  return value
}

function readFlag(schema: SchemaObject, keyword: string, pointer: string): boolean {
  const value = schema[keyword] ?? false
  if (typeof value !== 'boolean') refuse(`${pointer}/${keyword}`, 'is neither true nor false')
  return value
}

function readNames(value: JsonValue, pointer: string, node: DraftNode): string[] {
  if (!Array.isArray(value) || value.some(name => typeof name !== 'string'))
    refuse(pointer, 'is not a list of names')
  return keepOwnNames(value as string[], node)
}

/**
 * A name such as `toString` is a member of every object to the validator, so nothing is concluded from it: the
 * schema keeps it as an assertion that cannot be reasoned about.
 */
export function keepOwnNames(names: readonly string[], node: DraftNode): string[] {
  const inherited = names.filter(name => name in Object.prototype)
  if (inherited.length > 0) node.other.set('inherited names', canonicalJson(inherited))
  return [...new Set(names)].filter(name => !(name in Object.prototype))
}

function readDependentRequired(schema: SchemaObject, node: DraftNode): Map<string, string[]> {
  const read = new Map<string, string[]>()
  for (const keyword of ['dependentRequired', 'dependencies']) {
    const value = schema[keyword]
    if (value === undefined) continue
    const pointer = `${node.pointer}/${keyword}`
    if (!isJsonObject(value)) refuse(pointer, 'is not an object')
    for (const [name, names] of Object.entries(value)) {
      if (keyword === 'dependencies' && !Array.isArray(names)) continue
      keepOwnNames([name], node)
      read.set(name, [...(read.get(name) ?? []), ...readNames(names, pointer, node)])
    }
  }
  return read
}
