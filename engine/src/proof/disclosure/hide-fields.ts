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
  const hiding = new Hiding(fields.length, eventId)
  const body = hiding.members(envelope, branchesOf(fields), '')
  return { body, disclosures: hiding.disclosures() }
}

/** Hides the fields of one event. */
class Hiding {
  readonly #fields: number
  readonly #eventId: string
  readonly #hidden: Hidden[] = []
  /** What is hashed to a salt, but for the place: mostly that of a single key. */
  #salting: { readonly key: Uint8Array; readonly bytes: Uint8Array } | undefined

  constructor(fields: number, eventId: string) {
    this.#fields = fields
    this.#eventId = eventId
  }

  /** The object that stands at the pointer, without what is hidden in it. */
  members(object: JsonObject, { members }: Branch, pointer: string): JsonObject {
    const own = this.#ownOf(object, members)
    const body = own.length === 0 ? { ...object } : without(object, own)
    for (const [name, branch] of members)
      if (branch.members.size > 0 && Object.hasOwn(body, name))
        put(body, name, this.#within(body[name] as JsonValue, branch, pointer + pointerOf([name])))
    if (own.length === 0) return body
    const digests = own.map(({ name, field }) => {
      const salt = this.#salt(field.key, pointer + pointerOf([name]))
      const disclosure = disclosureText(salt, name, object[name] as JsonValue)
      this.#hidden.push({ order: field.order, kid: field.kid, disclosure })
      return { digest: disclosureDigest(disclosure), kid: field.kid }
    })
    return Object.assign(body, digestMembers(digests))
  }

  /** By kid, in the order of the fields. */
  disclosures(): ReadonlyMap<string, readonly string[]> {
    const disclosures = new Map<string, string[]>()
    for (const { kid, disclosure } of this.#hidden.sort((one, other) => one.order - other.order)) {
      const texts = disclosures.get(kid)
      if (texts) texts.push(disclosure)
      else disclosures.set(kid, [disclosure])
    }
    return disclosures
  }

  #within(value: JsonValue, branch: Branch, pointer: string): JsonValue {
    if (isJsonObject(value)) return this.members(value, branch, pointer)
    if (!Array.isArray(value)) return value
    return value.map((item, at) => {
      const inside = branch.members.get(String(at))
      if (inside?.field !== undefined)
        throw new TypeError(`${inside.field.pointer} is an item of a list: only members can be hidden`)
      return inside === undefined || inside.members.size === 0
        ? item
        : this.#within(item, inside, `${pointer}/${at}`)
    })
  }

  #ownOf(object: JsonObject, members: Branch['members']): readonly Own[] {
    const own: Own[] = []
    let first: OrderedField | undefined
    let hidesKid = false
    for (const [name, { field }] of members) {
      if (field === undefined || !Object.hasOwn(object, name)) continue
      own.push({ name, field })
      if (first === undefined || field.order < first.order) first = field
      if (name === kidMember) hidesKid = true
    }
    if (first !== undefined && !hidesKid && Object.hasOwn(object, kidMember))
      own.push({ name: kidMember, field: { ...first, order: this.#fields } })
    return own
  }

  /** A text that nobody can tell from a random one who has not the key; the same for the same member of the event. */
  #salt(key: Uint8Array, pointer: string): Uint8Array {
    if (this.#salting?.key !== key)
      this.#salting = { key, bytes: concat('keelson/v1 salt\n', key, this.#eventId, '\n') }
    // The key has a fixed length and most of the hash is left out, so that the plain hash is as good as an HMAC here.
    return fromByteText(sha256(concat(this.#salting.bytes, pointer)).slice(0, saltLength))
  }
}

/** The object without the members that are hidden. */
function without(object: JsonObject, own: readonly Own[]): JsonObject {
  const body: JsonObject = {}
  for (const name of Object.keys(object))
    if (!own.some(one => one.name === name)) put(body, name, object[name] as JsonValue)
  return body
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
