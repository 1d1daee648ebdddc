import type { JsonObject, JsonValue } from '../../core/index.ts'
import { canonicalJson, isJsonObject, KeelsonError } from '../../core/index.ts'
import type { EventStore } from '../../store/index.ts'
import type { DeadLetter, PayloadEdit } from '../../transport/index.ts'
import { deadLetterChange } from '../../transport/index.ts'
import { tryCommit } from '../run/try-commit.ts'
import type { DeadLetterAddress } from './list-dead-letters.ts'
import { deadLetter } from './list-dead-letters.ts'

/** As much as an event may have. */
const largestPayload = 256 * 1024
const mostEdits = 100
const mostPlaces = 1_000

export interface EditOptions {
  readonly by: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Revision that it must have; default whatever it has. */
  readonly revision?: number
}

/**
 * Gives a dead letter another payload, which is delivered in place of the event's when it is replayed. The event in the
 * log stays as it is; each change is kept with the dead letter.
 * @throws KeelsonError `dead_letter_unknown`, `event_removed` where the event's content is gone, `payload_invalid` where the
 * payload is too large, `document_conflict` where somebody else has changed it at the same time.
 */
export async function editDeadLetter(
  store: EventStore,
  address: DeadLetterAddress,
  payload: JsonValue,
  { by, at, revision }: EditOptions,
): Promise<DeadLetter> {
  if (canonicalJson(payload).length > largestPayload)
    throw new KeelsonError('payload_invalid', `A payload has at most ${largestPayload} characters`)
  const { letter, event } = await deadLetter(store, address)
  if (event === undefined) throw new KeelsonError('event_removed')
  if (revision !== undefined && revision !== letter.revision) throw new KeelsonError('document_conflict')
  if (revision !== undefined && revision !== letter.revision) throw new KeelsonError('document_conflict')
  if (letter.edits.length >= mostEdits)
    throw new KeelsonError('payload_invalid', `A dead letter is edited at most ${mostEdits} times`)
  const before = letter.edited === undefined ? event.envelope.payload : letter.edited.payload
  const edit: PayloadEdit = { at, by, diff: differences(before, payload) }
  const edited: DeadLetter = { ...letter, edited: { payload }, edits: [...letter.edits, edit] }
  const change = deadLetterChange(address.subscription, edited, letter, letter.revision)
  if (!(await tryCommit(store, address.tenantId, [change]))) throw new KeelsonError('document_conflict')
  return { ...edited, revision: letter.revision + 1 }
}

type Place = PayloadEdit['diff'][number]

/** The places where two values differ, by RFC 6901 pointers; lists of other lengths, and too many places, as a whole. */
export function differences(from: JsonValue, to: JsonValue): readonly Place[] {
  const places = [...compare(from, to, '')]
  return places.length <= mostPlaces ? places : [{ pointer: '', from, to }]
}

function* compare(from: JsonValue, to: JsonValue, pointer: string): Generator<Place> {
  if (isJsonObject(from) && isJsonObject(to)) {
    for (const name of new Set([...Object.keys(from), ...Object.keys(to)]))
      yield* compareMember(from, to, name, pointer)
  } else if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    for (const [index, value] of from.entries())
      yield* compare(value, to[index] as JsonValue, `${pointer}/${index}`)
  } else if (canonicalJson(from) !== canonicalJson(to)) yield { pointer, from, to }
}

function* compareMember(from: JsonObject, to: JsonObject, name: string, pointer: string): Generator<Place> {
  const place = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  const before = Object.hasOwn(from, name) ? from[name] : undefined
  const after = Object.hasOwn(to, name) ? to[name] : undefined
  if (before === undefined && after !== undefined) yield { pointer: place, to: after }
  else if (before !== undefined && after === undefined) yield { pointer: place, from: before }
  else if (before !== undefined && after !== undefined) yield* compare(before, after, place)
}
