import type { JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'
import { nearestNames } from '../nearest-names.ts'
import type { PatternJudge } from './check-pattern.ts'
import type { KeywordKind } from './keyword.ts'
import { dialects, formatNames, typeNames } from './keyword.ts'
import { schemaLimits } from './limits.ts'

/** What is wrong with the value of a keyword that holds no schema, and how to mend it. */
export type KeywordFault = readonly [message: string, hint?: string]

const isText = (value: JsonValue): value is string => typeof value === 'string'
const isNumber = (value: JsonValue): value is number => typeof value === 'number'

export function checkKeyword(
  kind: KeywordKind,
  value: JsonValue,
  patterns: PatternJudge,
): KeywordFault | undefined {
  switch (kind) {
    case 'count':
      return isNumber(value) && Number.isSafeInteger(value) && value >= 0
        ? undefined
        : ['must be a whole number from 0']
    case 'number':
      return isNumber(value) ? undefined : ['must be a number']
    case 'positive':
      return isNumber(value) && value > 0 ? undefined : ['must be a number above 0']
    case 'flag':
      return typeof value === 'boolean' ? undefined : ['must be true or false']
    case 'text':
      return isText(value) ? undefined : ['must be a text']
    case 'names':
      return isNameList(value) ? undefined : ['must be a list of different names']
    case 'namesByName':
      return isJsonObject(value) && Object.values(value).every(isNameList)
        ? undefined
        : ['must be an object of lists of different names']
    case 'list':
      return Array.isArray(value) ? undefined : ['must be a list']
    case 'unsupported':
      return ['is not supported', 'use $ref to # or #/$defs/…']
    default:
      return checkText(kind, value, patterns)
  }
}

function checkText(kind: KeywordKind, value: JsonValue, patterns: PatternJudge): KeywordFault | undefined {
  switch (kind) {
    case 'type':
      return checkType(value)
    case 'enum':
      return checkEnum(value)
    case 'pattern': {
      if (!isText(value)) return ['must be a text']
      const fault = patterns.faultOf(value)
      return fault === undefined ? undefined : [fault]
    }
    case 'format':
      if (isText(value) && formatNames.includes(value)) return undefined
      return ['is not a format that is checked', among(value, formatNames)]
    case 'dialect':
      if (isText(value) && dialects.includes(value.replace(/#$/, ''))) return undefined
      return ['is not a dialect that is supported', `leave it out, or use ${dialects[0]}`]
    case 'anchor':
      return isText(value) && /^[A-Za-z_][A-Za-z0-9._-]{0,99}$/.test(value)
        ? undefined
        : ['must be a name of letters, digits, . _ -']
    default:
      return isText(value) && value.length <= 1_000
        ? undefined
        : ['must be a text of at most 1000 characters']
  }
}

function checkType(value: JsonValue): KeywordFault | undefined {
  const names = Array.isArray(value) ? value : [value]
  const wrong = names.find(name => !isText(name) || !typeNames.includes(name))
  if (wrong !== undefined) return ['is no type of JSON', among(wrong, typeNames)]
  return names.length > 0 && new Set(names).size === names.length
    ? undefined
    : ['must be a type, or a list of different types']
}

function checkEnum(value: JsonValue): KeywordFault | undefined {
  if (!Array.isArray(value) || value.length === 0) return ['must be a list with at least one value']
  if (value.length > schemaLimits.enumValues)
    return [`has ${value.length} values; at most ${schemaLimits.enumValues} are taken`]
  const objects = compositeCount(value)
  if (objects > schemaLimits.enumObjects)
    return [
      `has ${objects} objects and lists; at most ${schemaLimits.enumObjects} are taken`,
      'list texts or numbers, or describe the objects by properties',
    ]
  return undefined
}

/** Objects and lists among the values and within them. */
function compositeCount(values: readonly JsonValue[]): number {
  let count = 0
  for (const value of values)
    if (typeof value === 'object' && value !== null) count += 1 + compositeCount(Object.values(value))
  return count
}

function isNameList(value: JsonValue): boolean {
  return Array.isArray(value) && value.every(isText) && new Set(value).size === value.length
}

function among(value: JsonValue, known: readonly string[]): string {
  const [nearest] = isText(value) ? nearestNames(value, known) : []
  return nearest === undefined ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`
}
