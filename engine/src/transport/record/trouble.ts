import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'
import type { Document, DocumentChange } from '../../store/index.ts'
import type { Attempt, DeadLetterReason } from './attempt.ts'
import { attemptsOf, attemptToJson } from './attempt.ts'
import type { LogPlace } from './collections.ts'
import { deadLetterCollection, placeOf, troubleId, waitingCollection } from './collections.ts'

/** One change of a dead letter's payload by hand. */
export interface PayloadEdit {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly by: string
  /** Each place that differs, by its RFC 6901 pointer; a value is left out where there was or is none. */
  readonly diff: readonly { readonly pointer: string; readonly from?: JsonValue; readonly to?: JsonValue }[]
}

/** The dead letter that a delivery was before it was given back. */
export interface ReplayedLetter {
  readonly reason: DeadLetterReason
  /** Milliseconds since the epoch, as `replayedAt`. */
  readonly setAsideAt: number
  readonly replayedAt: number
  /** Who gave it back, where that was said. */
  readonly by?: string
  /** How often it has been given back by now, from 1. */
  readonly times: number
}

/** An event that did not go through, as it is kept; the event itself is in the log. */
export interface Trouble extends LogPlace {
  readonly tenantId: string
  readonly eventId: string
  readonly eventType: string
  readonly orderingKey: string | undefined
  /** Milliseconds since the epoch. */
  readonly recordedAt: number
  readonly attempts: readonly Attempt[]
  /** The payload that is delivered in place of the event's, where it was edited. */
  readonly edited?: { readonly payload: JsonValue }
  readonly edits: readonly PayloadEdit[]
  /** Set where it was given back from the dead letters. */
  readonly replayOf?: ReplayedLetter
}

export interface DeadLetter extends Trouble {
  readonly subscription: string
  readonly reason: DeadLetterReason
  /** Milliseconds since the epoch. */
  readonly setAsideAt: number
  /** Of the last attempt; of what was never tried, the reason. */
  readonly fingerprint: string
  readonly revision: number
}

const troubleToJson = (trouble: Trouble): JsonObject => ({
  eventId: trouble.eventId,
  eventType: trouble.eventType,
  recordedAt: trouble.recordedAt,
  attempts: trouble.attempts.map(attemptToJson),
  ...(trouble.orderingKey === undefined ? {} : { orderingKey: trouble.orderingKey }),
  ...(trouble.edited === undefined ? {} : { edited: { payload: trouble.edited.payload } }),
  ...(trouble.edits.length === 0 ? {} : { edits: trouble.edits.map(editToJson) }),
  ...(trouble.replayOf === undefined ? {} : { replayOf: { ...trouble.replayOf } }),
})

const editToJson = ({ at, by, diff }: PayloadEdit): JsonObject => ({
  at,
  by,
  diff: diff.map(place => ({ ...place }) as JsonObject),
})

/** The change that keeps it waiting until `due`. */
export const waitingChange = (
  subscription: string,
  trouble: Trouble,
  due: number,
  expected?: number,
): DocumentChange => ({
  tenantId: trouble.tenantId,
  collection: waitingCollection(subscription, trouble.partition),
  id: troubleId(trouble),
  value: troubleToJson(trouble),
  due,
  ...(expected === undefined ? {} : { expected }),
})

/** The change that gives a dead letter back to its subscription, to be delivered at once. */
export function replayChange(
  { reason, setAsideAt, ...letter }: DeadLetter,
  { by, at }: { readonly by?: string | undefined; readonly at: number },
): DocumentChange {
  const times = (letter.replayOf?.times ?? 0) + 1
  const replayOf = { reason, setAsideAt, replayedAt: at, times, ...(by === undefined ? {} : { by }) }
  return waitingChange(letter.subscription, { ...letter, replayOf }, at)
}

/** The change that makes it a dead letter. */
export const deadLetterChange = (
  subscription: string,
  trouble: Trouble,
  { reason, setAsideAt }: Pick<DeadLetter, 'reason' | 'setAsideAt'>,
  expected?: number,
): DocumentChange => ({
  tenantId: trouble.tenantId,
  collection: deadLetterCollection(subscription),
  id: troubleId(trouble),
  value: { ...troubleToJson(trouble), reason, setAsideAt },
  ...(expected === undefined ? {} : { expected }),
})

/** What a document keeps; undefined where it is none of these. */
export function readTrouble({ tenantId, id, value }: Document): Trouble | undefined {
  if (!isJsonObject(value)) return undefined
  const { eventId, eventType, orderingKey, recordedAt, attempts, edited, edits } = value
  const replayOf = readReplayed(value['replayOf'])
  if (typeof eventId !== 'string' || typeof eventType !== 'string') return undefined
  return {
    tenantId,
    ...placeOf(id),
    eventId,
    eventType,
    orderingKey: typeof orderingKey === 'string' ? orderingKey : undefined,
    recordedAt: typeof recordedAt === 'number' ? recordedAt : 0,
    attempts: attemptsOf(attempts),
    edits: Array.isArray(edits) ? (edits as JsonValue[]).flatMap(readEdit) : [],
    ...(isJsonObject(edited) && edited['payload'] !== undefined
      ? { edited: { payload: edited['payload'] } }
      : {}),
    ...(replayOf === undefined ? {} : { replayOf }),
  }
}

function readReplayed(value: JsonValue | undefined): ReplayedLetter | undefined {
  if (value === undefined || !isJsonObject(value)) return undefined
  const { setAsideAt, replayedAt, times, by } = value
  const reason = reasons.find(one => one === value['reason'])
  if (reason === undefined || typeof setAsideAt !== 'number' || typeof replayedAt !== 'number')
    return undefined
  const again = { reason, setAsideAt, replayedAt, times: typeof times === 'number' ? times : 1 }
  return typeof by === 'string' ? { ...again, by } : again
}

function readEdit(value: JsonValue): readonly PayloadEdit[] {
  if (!isJsonObject(value)) return []
  const { at, by, diff } = value
  if (typeof at !== 'number' || typeof by !== 'string' || !Array.isArray(diff)) return []
  const places = diff.filter(isJsonObject).flatMap(place => {
    const { pointer, from, to } = place
    if (typeof pointer !== 'string') return []
    return [{ pointer, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }]
  })
  return [{ at, by, diff: places }]
}

const reasons: readonly DeadLetterReason[] = ['permanent', 'exhausted', 'expired', 'parked']

export function readDeadLetter(subscription: string, document: Document): DeadLetter | undefined {
  const trouble = readTrouble(document)
  if (trouble === undefined || !isJsonObject(document.value)) return undefined
  const { reason, setAsideAt } = document.value
  const known = reasons.find(one => one === reason) ?? 'permanent'
  return {
    ...trouble,
    subscription,
    reason: known,
    setAsideAt: typeof setAsideAt === 'number' ? setAsideAt : 0,
    fingerprint: trouble.attempts.at(-1)?.fingerprint ?? known,
    revision: document.revision,
  }
}
