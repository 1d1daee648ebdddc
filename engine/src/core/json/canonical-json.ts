import { KeelsonError } from '../error.ts'

/**
 * The canonical form of a JSON value (RFC 8785, JCS): members sorted by UTF-16 code units, no white space, numbers
 * as ECMAScript writes them. Refuses what has no canonical form: NaN, infinities, lone surrogates, `undefined`
 * in arrays, bigint, functions. Members that are `undefined` are left out, as JSON.stringify does.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value)
    case 'number':
      if (!Number.isFinite(value)) throw new KeelsonError('json_number_unsafe', `${value} has no JSON form`)
      return Object.is(value, -0) ? '0' : String(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value as Record<string, unknown>)
    default:
      throw new KeelsonError('json_malformed', `A value of type ${typeof value} has no JSON form`)
  }
}

/** A string as canonical JSON. */
export function canonicalString(value: string): string {
  if (!value.isWellFormed())
    throw new KeelsonError('json_lone_surrogate', 'A string holds half of a surrogate pair')
  return JSON.stringify(value)
}

const plainName = /^[\w.:-]+$/

function canonicalArray(items: readonly unknown[]): string {
  let text = '['
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) text += ','
    text += canonicalJson(items[index])
  }
  return `${text}]`
}

function canonicalObject(members: Record<string, unknown>): string {
  // A Date or the like would come out as an empty object: what it means is for its owner to say.
  if (typeof members['toJSON'] === 'function') {
    throw new KeelsonError(
      'json_malformed',
      'An object with a toJSON method has no JSON form of its own: convert it first',
    )
  }
  const keys = Object.keys(members)
  // Default sort compares UTF-16 code units, which is what RFC 8785 asks for.
  if (keys.length > 1) keys.sort()
  let text = '{'
  let first = true
  for (const key of keys) {
    const member = members[key]
    if (member === undefined) continue
    if (!first) text += ','
    // Most names need no escaping, and asking is cheaper than escaping.
    text += plainName.test(key) ? `"${key}":` : `${canonicalString(key)}:`
    text += canonicalJson(member)
    first = false
  }
  return `${text}}`
}
