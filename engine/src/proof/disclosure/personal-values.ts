import type { JsonObject, JsonValue, PersonalField } from '../../core/index.ts'
import { isJsonObject, isPersonKind } from '../../core/index.ts'
import { isAddress } from './address.ts'
import { memberOf, pointerOf, pointerTokens, valueAt } from './pointer.ts'

/** A personal value of an event: where it stands in the envelope, and whose it is. */
export interface PersonalValue {
  /** JSON Pointer into the envelope, without `*`. */
  readonly pointer: string
  readonly subject: string
}

/** Where a personal value stands, and whose it is. */
interface Pattern {
  readonly pointer: readonly string[]
  readonly subject: readonly string[]
  /** What most patterns are: without `*`. Then `text` is the pointer as one. */
  readonly isPlain: boolean
  readonly text: string
  /** Whether it counts only where it is an address by its form. */
  readonly isAddress: boolean
  /** Where the kind of thing stands that it is said of, if it counts only of people. */
  readonly kind: readonly string[] | undefined
}

const patternOf = (
  pointer: readonly string[],
  subject: readonly string[],
  { form, when }: Pick<PersonalField, 'form' | 'when'> = {},
): Pattern => ({
  pointer,
  subject,
  isPlain: !pointer.includes('*') && !subject.includes('*'),
  text: pointerOf(pointer),
  isAddress: form === 'address',
  kind: when && inPayload(when.kind),
})

const inPayload = (pointer: string): readonly string[] => ['payload', ...pointerTokens(pointer)]

export type PatternsOf = (personal: readonly PersonalField[]) => readonly Pattern[]

const compile: PatternsOf = personal =>
  personal.map(field => patternOf(inPayload(field.pointer), inPayload(field.subject), field))

/** For whoever asks for many events of the same types: each list of fields is read once. */
export function rememberPatterns(): PatternsOf {
  const known = new WeakMap<readonly PersonalField[], readonly Pattern[]>()
  return personal => {
    const patterns = known.get(personal) ?? compile(personal)
    known.set(personal, patterns)
    return patterns
  }
}

/** Personal in every event, whatever its type. */
const ofMetadata = ['user', 'ip', 'userAgent'].map(name =>
  patternOf(['metadata', name], ['metadata', 'user']),
)

/**
 * The personal values of an envelope: what the event's type calls personal (pointers into the payload), and the user,
 * the address and the agent of its metadata. Of several that are at one place the first counts, and what is inside of
 * another one is a part of it. An item of a list is never taken alone: the list is, as a member of its object.
 */
export function personalValues(
  envelope: JsonObject,
  personal: readonly PersonalField[],
  patternsOf: PatternsOf = compile,
): readonly PersonalValue[] {
  const found = new Map<string, PersonalValue>()
  const add = (field: Pattern): void => {
    if (field.isPlain && addPlain(found, envelope, field)) return
    for (const place of placesOf(envelope, field.pointer)) {
      if (field.isAddress && !isAddress(valueAt(envelope, place))) continue
      if (field.kind && !isPersonKind(valueAt(envelope, bind(field.kind, field.pointer, place)))) continue
      const tokens = memberPlace(envelope, place)
      const pointer = pointerOf(tokens)
      if (!found.has(pointer))
        found.set(pointer, { pointer, subject: subjectOf(envelope, field, place, tokens) })
    }
  }
  for (const field of patternsOf(personal)) add(field)
  if (envelope['metadata'] !== undefined) for (const field of ofMetadata) add(field)
  const values = [...found.values()]
  return values.length === 1 ? values : values.filter(({ pointer }) => !hasAncestor(pointer, found))
}

/** As the other way, for what is a member of an object; false where it is inside of a list. */
function addPlain(found: Map<string, PersonalValue>, envelope: JsonObject, field: Pattern): boolean {
  const { pointer, subject, text } = field
  const last = pointer.length - 1
  let parent: JsonValue | undefined = envelope
  for (let at = 0; at < last; at += 1) parent = memberOf(parent, pointer[at] as string)
  if (Array.isArray(parent)) return false
  const value = memberOf(parent, pointer[last] as string)
  if (field.isAddress && !isAddress(value)) return true
  if (field.kind && value !== undefined && !isPersonKind(valueAt(envelope, field.kind))) return true
  if (value !== undefined && !found.has(text))
    found.set(text, {
      pointer: text,
      subject: textOf(valueAt(envelope, subject)) ?? ownSubject(envelope, value),
    })
  return true
}

/** Every place that a pattern names and where something stands. */
function placesOf(envelope: JsonObject, pattern: readonly string[]): readonly (readonly string[])[] {
  if (!pattern.includes('*')) return valueAt(envelope, pattern) === undefined ? [] : [pattern]
  let places: { readonly tokens: readonly string[]; readonly value: JsonValue }[] = [
    { tokens: [], value: envelope },
  ]
  for (const token of pattern)
    places = places.flatMap(({ tokens, value }) =>
      (token === '*' && Array.isArray(value) ? [...value.keys()].map(String) : [token]).flatMap(name => {
        const member = memberOf(value, name)
        return member === undefined ? [] : [{ tokens: [...tokens, name], value: member }]
      }),
    )
  return places.map(({ tokens }) => tokens)
}

/** A pattern at a place of another one: as far as both go the same way they mean the same items. */
function bind(
  pattern: readonly string[],
  other: readonly string[],
  place: readonly string[],
): readonly string[] {
  const differs = pattern.findIndex((token, at) => token !== other[at])
  const shared = differs < 0 ? pattern.length : differs
  return [...place.slice(0, shared), ...pattern.slice(shared)]
}

/** The nearest member of an object that has the place in it. */
function memberPlace(envelope: JsonObject, place: readonly string[]): readonly string[] {
  let tokens = place
  while (!isJsonObject(valueAt(envelope, tokens.slice(0, -1)))) tokens = tokens.slice(0, -1)
  return tokens
}

function subjectOf(
  envelope: JsonObject,
  { pointer, subject }: Pattern,
  place: readonly string[],
  tokens: readonly string[],
): string {
  // As far as both patterns go the same way they mean the same items; but a list that is hidden as a whole has all.
  const differs = subject.findIndex((token, at) => token !== pointer[at] || at >= tokens.length)
  const shared = differs < 0 ? subject.length : differs
  const bound = [...place.slice(0, shared), ...subject.slice(shared)]
  if (!bound.includes('*')) {
    const text = textOf(valueAt(envelope, bound))
    if (text !== undefined) return text
  }
  const subjects = new Set(placesOf(envelope, bound).map(one => textOf(valueAt(envelope, one))))
  const [only] = subjects
  if (subjects.size === 1 && only !== undefined) return only
  return ownSubject(envelope, valueAt(envelope, tokens))
}

/** Of a value that nobody else is named for. */
const ownSubject = (envelope: JsonObject, value: JsonValue | undefined): string =>
  typeof value === 'string' && value !== '' ? value : `event:${String(envelope['eventId'])}`

function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function hasAncestor(pointer: string, among: ReadonlyMap<string, unknown>): boolean {
  for (let end = pointer.lastIndexOf('/'); end > 0; end = pointer.lastIndexOf('/', end - 1))
    if (among.has(pointer.slice(0, end))) return true
  return false
}
