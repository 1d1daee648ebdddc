import { KeelsonError } from '../error.ts'

/**
 * The canonical form of a JSON value (RFC 8785, JCS): members sorted by UTF-16 code units, no white space, numbers
 * as ECMAScript writes them. Refuses what has no canonical form: NaN, infinities, lone surrogates, `undefined`
 * in arrays, bigint, functions. Members that are `undefined` are left out, as JSON.stringify does.
 */
export function canonicalJson(value: unknown): string {
  const found = { oddName: false }
  // One call for the whole of it, on a copy whose members are in order, costs two thirds of putting texts together.
  const text = JSON.stringify(inOrder(value, found))
  return found.oddName ? written(value) : text
}

interface Found {
  /** A name that an object does not keep where it was put: what looks like an index, or is that of the prototype. */
  oddName: boolean
}

const isOdd = (name: string): boolean => {
  const first = name.charCodeAt(0)
  return (first >= 48 && first <= 57) || name === '__proto__'
}

/** A copy with members in their order, without those that are undefined. */
function inOrder(value: unknown, found: Found): unknown {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw loneSurrogate()
      return value
    case 'number':
      if (!Number.isFinite(value)) throw unsafe(value)
      return value
    case 'boolean':
      return value
    case 'object':
      if (value === null) return value
      return Array.isArray(value) ? itemsInOrder(value, found) : membersInOrder(asMembers(value), found)
    default:
      throw formless(value)
  }
}

function itemsInOrder(items: readonly unknown[], found: Found): unknown[] {
  const copy: unknown[] = []
  for (let index = 0; index < items.length; index += 1) copy.push(inOrder(items[index], found))
  return copy
}

function membersInOrder(members: Record<string, unknown>, found: Found): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const key of sortedKeys(members)) {
    const member = members[key]
    if (member === undefined) continue
    if (!key.isWellFormed()) throw loneSurrogate()
    if (isOdd(key)) found.oddName = true
    else copy[key] = inOrder(member, found)
  }
  return copy
}

/** As `canonicalJson`, whatever names there are. */
function written(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value)
    case 'number':
      if (!Number.isFinite(value)) throw unsafe(value)
      return Object.is(value, -0) ? '0' : String(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? writtenItems(value) : writtenMembers(asMembers(value))
    default:
      throw formless(value)
  }
}

/** A string as canonical JSON. */
export function canonicalString(value: string): string {
  if (!value.isWellFormed()) throw loneSurrogate()
  return JSON.stringify(value)
}

function writtenItems(items: readonly unknown[]): string {
  let text = '['
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) text += ','
    text += written(items[index])
  }
  return `${text}]`
}

function writtenMembers(members: Record<string, unknown>): string {
  let text = '{'
  let first = true
  for (const key of sortedKeys(members)) {
    const member = members[key]
    if (member === undefined) continue
    if (!first) text += ','
    text += `${canonicalString(key)}:${written(member)}`
    first = false
  }
  return `${text}}`
}

function sortedKeys(members: Record<string, unknown>): string[] {
  const keys = Object.keys(members)
  // Default sort compares UTF-16 code units, which is what RFC 8785 asks for.
  if (keys.length > 1) keys.sort()
  return keys
}

/** A Date or the like would come out as an empty object: what it means is for its owner to say. */
function asMembers(value: object): Record<string, unknown> {
  const members = value as Record<string, unknown>
  if (typeof members['toJSON'] !== 'function') return members
  throw new KeelsonError(
    'json_malformed',
    'An object with a toJSON method has no JSON form of its own: convert it first',
  )
}

const loneSurrogate = () => new KeelsonError('json_lone_surrogate', 'A string holds half of a surrogate pair')

const unsafe = (value: number) => new KeelsonError('json_number_unsafe', `${value} has no JSON form`)

const formless = (value: unknown) =>
  new KeelsonError('json_malformed', `A value of type ${typeof value} has no JSON form`)
