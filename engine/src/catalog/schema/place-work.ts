import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'

/** What it takes to judge one value by a schema, without those within it, in steps of about ten nanoseconds. */
export interface Work {
  /** For any value. */
  readonly value: number
  readonly character: number
  /** For an object or a list. */
  readonly object: number
  readonly member: number
  /** For each character of the members' names. */
  readonly nameCharacter: number
  /** For each value at any depth within. */
  readonly within: number
}

export type WorkOf = (schema: JsonObject | boolean) => Work

const none: Work = { value: 0, character: 0, object: 0, member: 0, nameCharacter: 0, within: 0 }

/** The work to decide whether a value fits, in compiled code; rates are rounded up from what was measured. */
export const workToDecide: WorkOf = schema => {
  if (typeof schema === 'boolean') return { ...none, value: 4 }
  const { patterns, listed, properties, options, alternatives, isClosed } = sizesOf(schema)
  return {
    value: 4 + 2 * alternatives + options.length / 2,
    character: charactersOf(schema),
    object: listed + 40 * compositeSize(options),
    member:
      (isClosed ? 2 * (properties + patterns) : 0) +
      150 * patterns +
      4 * options.filter(isComposite).length +
      ('propertyNames' in schema ? 5 : 0) +
      ('unevaluatedProperties' in schema || 'unevaluatedItems' in schema ? 20 : 0),
    nameCharacter: 10 * patterns,
    within: schema['uniqueItems'] === true ? 20 : 0,
  }
}

/** The work to find all that is wrong with a value that does not fit: the schema is interpreted anew each time. */
export const workToExplain: WorkOf = schema => {
  if (typeof schema === 'boolean') return { ...none, value: 300 }
  const { patterns, listed, properties, options, alternatives, isClosed } = sizesOf(schema)
  return {
    value: 300 + 600 * alternatives + 10 * alternatives ** 2 + 5 * options.length,
    character: 2 * charactersOf(schema),
    object: 350 * listed + 1_000 * patterns + (isClosed ? 3_000 : 0) + 40 * compositeSize(options),
    member: (isClosed ? 50 + 10 * properties : 0) + 200 * patterns + 4 * options.length,
    nameCharacter: 10 * patterns,
    within: schema['uniqueItems'] === true ? 20 : 0,
  }
}

function sizesOf(schema: JsonObject) {
  const { properties, patternProperties, required, dependentRequired, additionalProperties } = schema
  const listed = membersOf(properties) + membersOf(required) + namesIn(dependentRequired)
  const alternatives = ['allOf', 'anyOf', 'oneOf'].reduce((sum, word) => sum + membersOf(schema[word]), 0)
  const constant = 'const' in schema ? [schema['const'] as JsonValue] : []
  return {
    patterns: membersOf(patternProperties),
    properties: membersOf(properties),
    listed,
    alternatives,
    options: Array.isArray(schema['enum']) ? [...constant, ...schema['enum']] : constant,
    isClosed: additionalProperties !== undefined && additionalProperties !== true,
  }
}

/** A pattern that was let through may try a hundred ways from each character. */
function charactersOf(schema: JsonObject): number {
  const lengths = ('minLength' in schema ? 1 : 0) + ('maxLength' in schema ? 1 : 0)
  return lengths + ('format' in schema ? 3 : 0) + ('pattern' in schema ? 10 : 0)
}

const membersOf = (value: JsonValue | undefined): number =>
  typeof value === 'object' && value !== null ? Object.keys(value).length : 0

function namesIn(value: JsonValue | undefined): number {
  if (value === undefined || !isJsonObject(value)) return 0
  return Object.values(value).reduce<number>((sum, names) => sum + 1 + membersOf(names), 0)
}

const isComposite = (value: JsonValue): boolean => typeof value === 'object' && value !== null

/** Objects and lists among the values, and all that is in them. */
export function compositeSize(values: readonly JsonValue[]): number {
  let size = 0
  const visit = (value: JsonValue): void => {
    size += 1
    if (isComposite(value)) for (const member of Object.values(value as JsonObject)) visit(member)
  }
  for (const value of values) if (isComposite(value)) visit(value)
  return size
}
