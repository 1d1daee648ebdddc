import type { EnvelopeInput, JsonObject, JsonValue } from '../../../core/index.ts'
import { isCloudEvent, isJsonObject, toBaseEvent, toCloudEvent } from '../../../core/index.ts'
import type { CopyContent } from '../port.ts'
import { removedFingerprint, renamedError } from './renamed-error.ts'

/** What stands in the place of a text that may say what was removed, such as the message of an error. */
export const removedText = '(removed)'

/** Members whose text was made from the event. */
export const spoken: ReadonlySet<string> = new Set(['message', 'error'])

/** Members that whoever reports an error fills as well, where it has a message; most often with a word of a program. */
export const spokenBeside: ReadonlySet<string> = new Set(['name', 'code'])
const programWord = /^[A-Za-z_$][\w$.:-]{0,63}$/

/** Stands for all of what an error said: of its name and code only words of a program stay. */
export const blanked = (text: string, name: string): string =>
  spokenBeside.has(name) && programWord.test(text) ? text : removedText

/** The id of the event that an object is of, or is about. */
export function eventIdOf(object: JsonObject): string | undefined {
  const { eventId, id } = object
  if (typeof eventId === 'string') return eventId
  return typeof id === 'string' && isEventForm(object) ? id : undefined
}

const isEventForm = (object: JsonObject): boolean => 'data' in object && 'type' in object

/** The ids of all events that a value is about, however deep. */
export function eventIdsIn(value: JsonValue, found = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return found
  const id = isJsonObject(value) ? eventIdOf(value) : undefined
  if (id !== undefined) found.add(id)
  for (const member of Object.values(value)) eventIdsIn(member, found)
  return found
}

/**
 * The value without what is to go: of an event that is concerned its payload and metadata keep what its content still
 * has, edited payloads too, and what was said of it is blanked. The very same value where no event is concerned.
 */
export function maskCopies(value: JsonValue, contents: ReadonlyMap<string, CopyContent>): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(item => maskCopies(item, contents))
  const content = contents.get(eventIdOf(value) ?? '')
  if (content === undefined) return mapMembers(value, (_, member) => maskCopies(member, contents))
  return maskEvent(value, content, contents)
}

function maskEvent(
  object: JsonObject,
  { envelope }: CopyContent,
  contents: ReadonlyMap<string, CopyContent>,
): JsonObject {
  const { payload, metadata, data } = contentMembers(object, envelope)
  return mapMembers(object, (name, member) => {
    if (name === 'payload') return masked(member, payload)
    if (name === 'metadata') return masked(member, metadata)
    if (name === 'data' && isEventForm(object)) return masked(member, data)
    if (name === 'keelsonmetadata') return undefined
    if (name === 'edited') return payload === undefined ? undefined : masked(member, { payload })
    // Of a letter that was discarded, of which the error is gone.
    if (name === 'fingerprint' && typeof member === 'string') return removedFingerprint
    return silence(maskCopies(member, contents), name)
  })
}

/** What the object's members may still have, in the form that it is in. */
function contentMembers(object: JsonObject, envelope: JsonObject | undefined): JsonObject {
  if (envelope === undefined) return {}
  if (!isEventForm(object)) return envelope
  const input = envelope as unknown as EnvelopeInput
  return isCloudEvent(object) ? toCloudEvent(input) : (toBaseEvent(input) as unknown as JsonObject)
}

/** Of edits of a payload only the places stay; texts of errors are blanked. */
function silence(value: JsonValue, name: string, isOfError = false): JsonValue {
  if (typeof value === 'string') {
    return spoken.has(name) || (isOfError && spokenBeside.has(name)) ? blanked(value, name) : value
  }
  if (Array.isArray(value))
    return value.map(item => (name === 'diff' ? onlyPointer(item) : silence(item, name)))
  if (!isJsonObject(value)) return value
  const isError = typeof value['message'] === 'string'
  const after = mapMembers(value, (member, inner) => silence(inner, member, isError))
  return isError ? renamedError(value, after) : after
}

const onlyPointer = (place: JsonValue): JsonValue =>
  isJsonObject(place) && typeof place['pointer'] === 'string' ? { pointer: place['pointer'] } : {}

/**
 * A copy, which may have been edited, with only those members that the content still has. Where the two are of another
 * shape the content stands in for the copy. Null where nothing may stay.
 */
export function masked(copy: JsonValue, content: JsonValue | undefined): JsonValue {
  if (content === undefined) return null
  if (isJsonObject(content)) {
    if (!isJsonObject(copy)) return content
    const kept = Object.entries(content).map(([name, member]): [string, JsonValue] => [
      name,
      // Digests and their key stand for what is gone.
      !Object.hasOwn(copy, name) ? member : masked(copy[name] as JsonValue, member),
    ])
    return Object.fromEntries(
      kept.filter(([name]) => Object.hasOwn(copy, name) || name === '_sd' || name === 'kid'),
    )
  }
  if (Array.isArray(content)) {
    if (!Array.isArray(copy) || copy.length !== content.length) return content
    return copy.map((item, at) => masked(item, content[at] as JsonValue))
  }
  return typeof copy === 'object' && copy !== null ? content : copy
}

function mapMembers(
  object: JsonObject,
  change: (name: string, member: JsonValue) => JsonValue | undefined,
): JsonObject {
  const entries = Object.entries(object).map(([name, member]) => [name, change(name, member)] as const)
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined)) as JsonObject
}
