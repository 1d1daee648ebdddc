import type { JsonObject, JsonValue } from '../../core/index.ts'
import type { Disclosed } from './disclosure.ts'
import { digestsMember, disclosureDigest, kidMember, parseDisclosure } from './disclosure.ts'

/** An envelope as far as it is open. */
export interface OpenedBody {
  readonly envelope: JsonObject
  /** Digests that nothing opens. */
  readonly hidden: number
}

/** A digest of a body and the key that its disclosure is sealed under. */
export interface HiddenDigest {
  readonly digest: string
  readonly kid: string
}

/**
 * Puts back what the disclosures give. An object of which some stays closed keeps the rest of its `_sd` and `kid`; a
 * member of its own that is called `kid` then stays closed too, since the name is taken. Disclosures that no digest
 * of the body asks for are passed over.
 */
export function openBody(body: JsonObject, disclosures: readonly string[]): OpenedBody {
  const texts = new Map(disclosures.map(text => [disclosureDigest(text), text]))
  const counted = { hidden: 0 }
  const opened = open(body, texts, counted)
  return { envelope: opened as JsonObject, hidden: counted.hidden }
}

type Texts = ReadonlyMap<string, string>

function open(value: JsonValue, texts: Texts, counted: { hidden: number }): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map(item => open(item, texts, counted))
    return items.some((item, at) => item !== value[at]) ? items : value
  }
  // Most of a body hides nothing and stays as it is.
  let object = value
  for (const [name, member] of Object.entries(value)) {
    const opened = open(member, texts, counted)
    if (opened === member) continue
    if (object === value) object = { ...value }
    object[name] = opened
  }
  return Object.hasOwn(value, digestsMember) ? openObject(object, texts, counted) : object
}

function openObject(object: JsonObject, texts: Texts, counted: { hidden: number }): JsonObject {
  const digests = digestsOf(object)
  if (digests === undefined) return object
  const { [digestsMember]: _, [kidMember]: __, ...opened } = object
  const closed: HiddenDigest[] = []
  let ownKid: (HiddenDigest & Disclosed) | undefined
  for (const one of digests) {
    const disclosed = disclosedBy(texts.get(one.digest))
    if (disclosed === undefined || Object.hasOwn(opened, disclosed.name)) closed.push(one)
    else if (disclosed.name === kidMember) ownKid = { ...one, ...disclosed }
    else opened[disclosed.name] = disclosed.value
  }
  if (closed.length === 0) return ownKid === undefined ? opened : { ...opened, [kidMember]: ownKid.value }
  const rest = digests.filter(one => closed.includes(one) || one.digest === ownKid?.digest)
  counted.hidden += rest.length
  const kids = rest.map(({ kid }) => kid)
  return {
    ...opened,
    [digestsMember]: rest.map(({ digest }) => digest),
    [kidMember]: new Set(kids).size === 1 ? (kids[0] as string) : kids,
  }
}

const disclosedBy = (text: string | undefined): Disclosed | undefined =>
  text === undefined ? undefined : parseDisclosure(text)

/**
 * The digests of one object with their keys; none where it hides nothing, undefined where `_sd` and `kid` are not what
 * they should be: distinct ascending digests, and one key or as many.
 */
export function digestsOf(object: JsonObject): readonly HiddenDigest[] | undefined {
  const { [digestsMember]: digests, [kidMember]: kids } = object
  if (digests === undefined) return []
  if (!Array.isArray(digests) || digests.length === 0) return undefined
  const found: HiddenDigest[] = []
  for (const [at, digest] of digests.entries()) {
    const kid = Array.isArray(kids) ? kids[at] : kids
    const before = found.at(-1)
    if (typeof digest !== 'string' || typeof kid !== 'string') return undefined
    if (before !== undefined && before.digest >= digest) return undefined
    found.push({ digest, kid })
  }
  return Array.isArray(kids) && kids.length !== digests.length ? undefined : found
}

/** All digests of a body; undefined where an object has them in another form than they are written in. */
export function hiddenDigests(body: JsonValue): readonly HiddenDigest[] | undefined {
  const found: HiddenDigest[] = []
  return collectDigests(body, found) ? found : undefined
}

/** False where the form is another one. */
function collectDigests(value: JsonValue, found: HiddenDigest[]): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (!Array.isArray(value)) {
    const own = Object.hasOwn(value, digestsMember) ? digestsOf(value) : []
    if (own === undefined) return false
    for (const digest of own) found.push(digest)
  }
  for (const member of Array.isArray(value) ? value : Object.values(value))
    if (typeof member === 'object' && !collectDigests(member, found)) return false
  return true
}
