import { concat, fromByteText, sha256 } from '#primitive'
import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject, KeelsonError } from '../../core/index.ts'
import { digestsMember, disclosureDigest, disclosureText, kidMember, saltLength } from './disclosure.ts'
import { pointerOf, pointerTokens } from './pointer.ts'

/** A member of an envelope that is to be hidden under a key. */
export interface HiddenField {
  /** JSON Pointer into the envelope; leads to a member of an object. */
  readonly pointer: string
  readonly kid: string
  /** The data key, 32 bytes: the salt is derived from it. */
  readonly key: Uint8Array
}

/** The body that is sealed, and what opens it again. */
export interface HiddenBody {
  readonly body: JsonObject
  /** By kid, in the order of the fields. */
  readonly disclosures: ReadonlyMap<string, readonly string[]>
}

interface Hidden {
  readonly order: number
  readonly kid: string
  readonly disclosure: string
}

type OrderedField = HiddenField & { readonly order: number }

/** The fields by the way that leads to them. */
interface Branch {
  readonly members: Map<string, Branch>
  field?: OrderedField
}

/** A member of an object that is hidden itself. */
interface Own {
  readonly name: string
  readonly field: OrderedField
}

/**
 * Replaces fields of an envelope by digests. Salts come from the key, the event and the place, so that the same event
 * under the same key has the same body again. A field that is not there is passed over, one within another is a part
 * of it. An own member `kid` of an object that hides something is hidden as well, since the name is taken.
 * @throws KeelsonError `sealed_member_reserved` where the envelope has a member `_sd`; TypeError for an item of a list.
 */
export function hideFields(
  envelope: JsonObject,
  fields: readonly HiddenField[],
  eventId: string,
): HiddenBody {
  refuseReserved(envelope)
  const hidden: Hidden[] = []
  const hideMembers = (object: JsonObject, { members }: Branch, tokens: readonly string[]): JsonObject => {
    const own: Own[] = []
    for (const [name, { field }] of members)
      if (field !== undefined && Object.hasOwn(object, name)) own.push({ name, field })
    const first = own.reduce<Own | undefined>(
      (least, one) => (least === undefined || one.field.order < least.field.order ? one : least),
      undefined,
    )
    if (first && Object.hasOwn(object, kidMember) && !own.some(({ name }) => name === kidMember))
      own.push({ name: kidMember, field: { ...first.field, order: fields.length } })
    const body: JsonObject = {}
    for (const name of Object.keys(object)) {
      if (own.some(one => one.name === name)) continue
      const branch = members.get(name)
      const value = object[name] as JsonValue
      put(body, name, branch ? hideWithin(value, branch, [...tokens, name]) : value)
    }
    if (own.length === 0) return body
    const digests = own.map(({ name, field }) => {
      const salt = saltOf(field.key, eventId, pointerOf([...tokens, name]))
      const disclosure = disclosureText(salt, name, object[name] as JsonValue)
      hidden.push({ order: field.order, kid: field.kid, disclosure })
      return { digest: disclosureDigest(disclosure), kid: field.kid }
    })
    return Object.assign(body, digestMembers(digests))
  }

  const hideWithin = (value: JsonValue, branch: Branch, tokens: readonly string[]): JsonValue => {
    if (branch.members.size === 0) return value
    if (isJsonObject(value)) return hideMembers(value, branch, tokens)
    if (!Array.isArray(value)) return value
    return value.map((item, at) => {
      const inside = branch.members.get(String(at))
      if (inside?.field !== undefined)
        throw new TypeError(`${inside.field.pointer} is an item of a list: only members can be hidden`)
      return inside === undefined ? item : hideWithin(item, inside, [...tokens, String(at)])
    })
  }

  const body = hideMembers(envelope, branchesOf(fields), [])
  const disclosures = new Map<string, string[]>()
  for (const { kid, disclosure } of hidden.sort((one, other) => one.order - other.order)) {
    const texts = disclosures.get(kid)
    if (texts) texts.push(disclosure)
    else disclosures.set(kid, [disclosure])
  }
  return { body, disclosures }
}

/** A text that nobody can tell from a random one who has not the key; the same for the same member of the event. */
function saltOf(key: Uint8Array, eventId: string, pointer: string): Uint8Array {
  // The key has a fixed length and most of the hash is left out, so that the plain hash is as good as an HMAC here.
  return fromByteText(sha256(concat('keelson/v1 salt\n', key, eventId, '\n', pointer))).subarray(
    0,
    saltLength,
  )
}

function put(object: JsonObject, name: string, value: JsonValue): void {
  if (name !== '__proto__') object[name] = value
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
}

/** @throws KeelsonError `sealed_member_reserved` where a member of any object in it is called `_sd`. */
export function refuseReserved(value: JsonValue): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value) && Object.hasOwn(value, digestsMember))
    throw new KeelsonError('sealed_member_reserved')
  for (const member of Array.isArray(value) ? value : Object.values(value)) refuseReserved(member)
}

function branchesOf(fields: readonly HiddenField[]): Branch {
  const top: Branch = { members: new Map() }
  for (const [order, field] of fields.entries()) {
    let branch = top
    for (const token of pointerTokens(field.pointer)) {
      const next: Branch = branch.members.get(token) ?? { members: new Map() }
      branch.members.set(token, next)
      branch = next
    }
    if (branch === top) throw new TypeError('The whole envelope cannot be hidden')
    branch.field ??= { ...field, order }
  }
  return top
}

/** `_sd` in ascending order, and the keys: one text where all are the same, else a list beside it. */
function digestMembers(digests: readonly { readonly digest: string; readonly kid: string }[]): JsonObject {
  const sorted = digests.toSorted((one, other) => (one.digest < other.digest ? -1 : 1))
  const [first] = sorted
  const isOne = sorted.every(({ kid }) => kid === first?.kid)
  return {
    [digestsMember]: sorted.map(({ digest }) => digest),
    [kidMember]: isOne ? (first?.kid ?? '') : sorted.map(({ kid }) => kid),
  }
}
