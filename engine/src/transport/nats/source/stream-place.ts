import type { NatsClient } from '../connection/nats-link.ts'
import type { MessagePlace } from '../message/wire-event.ts'
import { placeOfMessage } from '../message/wire-event.ts'
import type { StreamBinding } from '../stream/stream-access.ts'
import { ensureStream, findMessage } from '../stream/stream-access.ts'
import { subjectRoot } from '../stream/stream-options.ts'

interface Place extends MessagePlace {
  readonly sequence: number
}

/** Where in a stream a reader goes on. */
export interface StreamPlace {
  /** Sequence of the first message that may be behind the position. */
  readonly from: number
  /** The log is to be read up to here first, as the stream does not reach back so far; undefined where it does. */
  readonly gap: number | undefined
  /** The run to which the event at the position, or the one right behind it, belongs. */
  readonly run: string | undefined
}

/**
 * Finds the first message behind a position of the log, by halves: positions rise with sequences. As a rule they rise
 * together, so the first guess is right.
 */
export async function findPlace(
  client: NatsClient,
  binding: StreamBinding,
  position: number,
): Promise<StreamPlace> {
  const { state, config } = await ensureStream(client.manager, binding)
  const { settings, partition } = binding
  const end = { from: state.last_seq + 1, gap: undefined, run: undefined }
  if (state.messages === 0) return end
  const subject = `${subjectRoot(settings, partition)}.>`
  /** The first event at a sequence or behind it. */
  const next = async (sequence: number): Promise<Place | undefined> => {
    for (let at = sequence; at <= state.last_seq; ) {
      const query = { seq: at, next_by_subj: subject }
      const message = await findMessage(client.manager, config.name, query)
      if (message === undefined) return undefined
      const place = placeOfMessage({ headers: message.header })
      if (place !== undefined) return { sequence: message.seq, ...place }
      at = message.seq + 1
    }
    return undefined
  }
  const first = await next(state.first_seq)
  if (first === undefined) return end
  const { sequence, run } = first
  if (first.position > position + 1) return { from: sequence, gap: first.position - 1, run }
  if (first.position === position + 1) return { from: sequence, gap: undefined, run }
  if (first.position === position) return { from: sequence + 1, gap: undefined, run }
  return { ...(await firstBehind(next, first, state.last_seq, position)), gap: undefined }
}

/** `first` is at the position or before it; the answer is behind `last` where all are. */
async function firstBehind(
  next: (sequence: number) => Promise<Place | undefined>,
  first: Place,
  last: number,
  position: number,
): Promise<Pick<StreamPlace, 'from' | 'run'>> {
  let [low, high] = [first.sequence + 1, last + 1]
  let guess = first.sequence + (position - first.position)
  while (low < high) {
    const at = guess >= low && guess < high ? guess : Math.floor((low + high) / 2)
    guess = -1
    const found = await next(at)
    if (found?.position === position) return { from: found.sequence + 1, run: found.run }
    if (found === undefined || found.position > position) high = at
    else low = found.sequence + 1
  }
  return { from: low, run: undefined }
}
