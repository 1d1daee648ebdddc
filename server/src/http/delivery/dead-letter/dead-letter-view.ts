import type { Attempt, DeadLetter, RecordedEvent } from 'keelson'
import type { AttemptView, DeadLetterDetail, DeadLetterItem } from '../../../api/types.ts'

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString()

const toAttempt = ({ at, name, message, code, fingerprint }: Attempt): AttemptView => ({
  at: timeOf(at),
  name,
  message,
  code: code ?? null,
  fingerprint,
})

/** `subscription` is the name by which the caller knows it. */
export function toDeadLetterItem(subscription: string, letter: DeadLetter): DeadLetterItem {
  const { position, eventId, eventType, orderingKey, recordedAt, setAsideAt, reason, fingerprint } = letter
  const last = letter.attempts.at(-1)
  return {
    subscription,
    id: position,
    eventId,
    eventType,
    orderingKey: orderingKey ?? null,
    recordedAt: timeOf(recordedAt),
    setAsideAt: timeOf(setAsideAt),
    reason,
    fingerprint,
    attempts: letter.attempts.length,
    lastError: last === undefined ? null : toAttempt(last),
    isEdited: letter.edited !== undefined,
  }
}

export const letterEtag = ({ position, revision }: DeadLetter): string => `"${position}-${revision}"`

export function toDeadLetterDetail(
  subscription: string,
  letter: DeadLetter,
  event: RecordedEvent | undefined,
): DeadLetterDetail {
  return {
    ...toDeadLetterItem(subscription, letter),
    tries: letter.attempts.map(toAttempt),
    event: event?.bodyState === 'present' ? event.envelope : null,
    ...(letter.edited === undefined ? {} : { editedPayload: letter.edited.payload }),
    edits: letter.edits.map(({ at, by, diff }) => ({ at: timeOf(at), by, diff })),
    etag: letterEtag(letter),
  }
}
