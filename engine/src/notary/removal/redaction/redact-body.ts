import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject, KeelsonError } from '../../../core/index.ts'

export const mostPaths = 100
const longestPointer = 1024

export interface RedactedBody {
  readonly body: JsonObject
  /** What was taken out, a pointer each, in ascending order; a pointer under another one is part of it. */
  readonly removed: readonly { readonly pointer: string; readonly value: JsonValue }[]
}

/**
 * The body without what stands at these JSON Pointers (RFC 6901): members and items under `/payload` and `/metadata`.
 *
 * @throws KeelsonError `request_invalid` for a pointer that is none, leads to nothing, or to sealed fields: those go with
 *   the keys of their subject.
 */
export function redactBody(body: JsonObject, pointers: readonly string[]): RedactedBody {
  if (!Array.isArray(pointers) || pointers.length === 0 || pointers.length > mostPaths)
    refuse(`Name 1 to ${mostPaths} places`)
  const places = outermost(pointers.map(placeOf))
  const redacted = structuredClone(body)
  // The last items of a list first, so that those before them stay where they are.
  const removed = places
    .toSorted(behind)
    .map(place => ({ pointer: place.pointer, value: take(redacted, place) }))
  return { body: redacted, removed: removed.sort((a, b) => (a.pointer < b.pointer ? -1 : 1)) }
}

interface Place {
  readonly pointer: string
  readonly tokens: readonly string[]
}

function placeOf(pointer: string): Place {
  if (typeof pointer !== 'string' || pointer.length > longestPointer || /~(?![01])/.test(pointer))
    refuse('A place is a JSON Pointer of up to 1,024 characters')
  const [root, ...tokens] = pointer.split('/').map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'))
  const isInside = root === '' && tokens.length > 1 && ['payload', 'metadata'].includes(tokens[0] as string)
  if (!isInside) refuse('Places lie under /payload/ or /metadata/')
  return { pointer, tokens }
}

function outermost(places: readonly Place[]): readonly Place[] {
  const distinct = [...new Map(places.map(place => [place.pointer, place])).values()]
  const isUnder = (one: Place, other: Place) => one !== other && one.pointer.startsWith(`${other.pointer}/`)
  return distinct.filter(one => !distinct.some(other => isUnder(one, other)))
}

/** Items of one list in descending order; of two places neither lies under the other. */
function behind(a: Place, b: Place): number {
  const at = a.tokens.findIndex((token, index) => token !== b.tokens[index])
  const [left = '', right = ''] = [a.tokens[at], b.tokens[at]]
  const [isLeft, isRight] = [isIndex(left), isIndex(right)]
  if (isLeft && isRight) return Number(right) - Number(left)
  if (isLeft !== isRight) return isLeft ? -1 : 1
  return left < right ? -1 : 1
}

const isIndex = (token: string): boolean => /^(0|[1-9]\d{0,9})$/.test(token)

function take(body: JsonObject, { pointer, tokens }: Place): JsonValue {
  const parent = tokens.slice(0, -1).reduce<JsonValue | undefined>(memberOf, body)
  const name = tokens.at(-1) as string
  const value = memberOf(parent, name)
  if (value === undefined) refuse('There is nothing at one of the places; sealed fields go with an erasure')
  if (
    hasSealed(value) ||
    tokens.includes('_sd') ||
    (name === 'kid' && isJsonObject(parent) && '_sd' in parent)
  )
    refuse('One of the places has sealed fields in it: erase their subject, or name the places beside them')
  if (Array.isArray(parent)) parent.splice(Number(name), 1)
  else if (isJsonObject(parent)) delete parent[name]
  else refuse(`"${pointer.slice(0, 20)}" leads to nothing`)
  return value
}

function memberOf(value: JsonValue | undefined, token: string): JsonValue | undefined {
  if (Array.isArray(value)) return isIndex(token) ? value[Number(token)] : undefined
  return isJsonObject(value) && Object.hasOwn(value, token) ? value[token] : undefined
}

const hasSealed = (value: JsonValue): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ((!Array.isArray(value) && '_sd' in value) || Object.values(value).some(hasSealed))

function refuse(message: string): never {
  throw new KeelsonError('request_invalid', message)
}
