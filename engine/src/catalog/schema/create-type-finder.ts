import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject, KeelsonError } from '../../core/index.ts'
import { FaultList, pointerPart } from './fault-list.ts'
import { targetOf } from './resolve-references.ts'
import { SchemaWalk } from './walk-schema.ts'

export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

/** Undefined where nothing is said of the place. */
type Types = ReadonlySet<JsonType> | undefined

/** Schemas on the way, one within another; nobody writes as many, and each takes room on the stack. */
const maxLevels = 500
/** Schemas that are looked at for all places together: some tenths of a second. */
const maxSteps = 100_000
const everyType: ReadonlySet<JsonType> = new Set(['null', 'boolean', 'number', 'string', 'array', 'object'])

/**
 * Finds the types that a schema allows at places of its values: the names lead there from the root; `*` stands for
 * every item of a list. Undefined where the schema says nothing of such a place, so that a value has nothing there, or
 * anything.
 *
 * @throws KeelsonError `schema_invalid` where all that was asked for takes too long to find.
 */
export function createTypeFinder(schema: JsonObject | boolean): (names: readonly string[]) => Types {
  const finder = new TypeFinder(schema)
  return names => finder.find(names)
}

/** Each schema is asked once for each rest of the path, so that recursion does not multiply. */
class TypeFinder {
  readonly #walk: SchemaWalk
  readonly #known = new Map<string, Types>()
  #level = 0
  #stepsLeft = maxSteps

  constructor(schema: JsonObject | boolean) {
    this.#walk = new SchemaWalk(schema, new FaultList(), false)
  }

  find(names: readonly string[]): Types {
    this.#known.clear()
    return this.#at('', names)
  }

  #at(pointer: string, names: readonly string[]): Types {
    const key = `${names.length} ${pointer}`
    if (this.#known.has(key)) return this.#known.get(key)
    // One that leads back to itself says nothing new.
    this.#known.set(key, undefined)
    if (this.#level === maxLevels) return undefined
    this.#stepsLeft -= 1
    if (this.#stepsLeft < 0)
      throw new KeelsonError('schema_invalid', 'The schema is too large to find the members that are named')
    this.#level += 1
    const types = this.#find(pointer, names)
    this.#level -= 1
    this.#known.set(key, types)
    return types
  }

  #find(pointer: string, names: readonly string[]): Types {
    const schema = this.#walk.nodes.get(pointer)?.schema
    if (schema === undefined) return undefined
    if (!isJsonObject(schema)) return names.length > 0 ? undefined : schema ? everyType : new Set()
    const [name, ...rest] = names
    const said = name === undefined ? [ownTypes(schema)] : this.#members(schema, pointer, name, rest)
    const besides = [
      ...this.#referred(schema, names),
      ...placesIn(schema, pointer, 'allOf').map(place => this.#at(place, names)),
      ...['anyOf', 'oneOf'].map(keyword =>
        unionOf(placesIn(schema, pointer, keyword).map(place => this.#at(place, names))),
      ),
      unionOf(['then', 'else'].map(keyword => this.#branch(schema, pointer, keyword, names))),
    ]
    return [...said, ...besides].reduce(common, undefined)
  }

  #referred({ $ref }: JsonObject, names: readonly string[]): Types[] {
    const target = typeof $ref === 'string' ? targetOf($ref, this.#walk) : undefined
    return target === undefined ? [] : [this.#at(target, names)]
  }

  /** A branch tells where a member may be; one that is not there allows everything. */
  #branch(schema: JsonObject, pointer: string, keyword: string, names: readonly string[]): Types {
    const isBranch = schema['if'] !== undefined && schema[keyword] !== undefined
    if (isBranch) return this.#at(`${pointer}/${keyword}`, names)
    return names.length === 0 ? everyType : undefined
  }

  #members(schema: JsonObject, pointer: string, name: string, rest: readonly string[]): Types[] {
    const ofObject = memberPlaces(schema, name).map(place => this.#at(pointer + place, rest))
    const ofList = itemPlaces(schema, name).map(place => this.#at(pointer + place, rest))
    return [...ofObject, ...ofList]
  }
}

function memberPlaces(schema: JsonObject, name: string): string[] {
  const places: string[] = []
  const { properties, patternProperties, additionalProperties } = schema
  if (isJsonObject(properties) && Object.hasOwn(properties, name))
    places.push(`/properties${pointerPart(name)}`)
  if (isJsonObject(patternProperties))
    for (const pattern of Object.keys(patternProperties))
      if (new RegExp(pattern, 'u').test(name)) places.push(`/patternProperties${pointerPart(pattern)}`)
  if (places.length === 0 && isJsonObject(additionalProperties)) places.push('/additionalProperties')
  return places
}

function itemPlaces({ prefixItems, items }: JsonObject, name: string): string[] {
  if (name !== '*' && !/^(0|[1-9]\d{0,8})$/.test(name)) return []
  const listed = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : []
  const keyword = Array.isArray(prefixItems) ? 'prefixItems' : 'items'
  const all = listed.map((_, at) => `/${keyword}/${at}`)
  const others = items === undefined || Array.isArray(items) ? [] : ['/items']
  if (name === '*') return [...all, ...others]
  const own = all[Number(name)]
  return own === undefined ? others : [own]
}

function placesIn(schema: JsonObject, pointer: string, keyword: string): string[] {
  const list = schema[keyword]
  return Array.isArray(list) ? list.map((_, at) => `${pointer}/${keyword}/${at}`) : []
}

/** What a schema's own words allow. */
function ownTypes(schema: JsonObject): Types {
  const { type, enum: values } = schema
  const named = type === undefined ? [] : [new Set((Array.isArray(type) ? type : [type]).map(toType))]
  const listed = Array.isArray(values) ? [new Set(values.map(typeOf))] : []
  const fixed = Object.hasOwn(schema, 'const') ? [new Set([typeOf(schema['const'] as JsonValue)])] : []
  return [...named, ...listed, ...fixed].reduce<ReadonlySet<JsonType>>(intersect, everyType)
}

const toType = (name: JsonValue): JsonType => (name === 'integer' ? 'number' : (name as JsonType))

function typeOf(value: JsonValue): JsonType {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : (typeof value as JsonType)
}

const intersect = (a: ReadonlySet<JsonType>, b: ReadonlySet<JsonType>): ReadonlySet<JsonType> =>
  new Set([...a].filter(type => b.has(type)))

const common = (a: Types, b: Types): Types => (a && b ? intersect(a, b) : (a ?? b))

function unionOf(found: readonly Types[]): Types {
  const known = found.filter(types => types !== undefined)
  if (known.length === 0) return undefined
  return new Set(known.flatMap(types => [...types]))
}
