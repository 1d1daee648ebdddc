import type { NatsClient } from '../connection/nats-link.ts'
import { placeOfMessage } from '../message/wire-event.ts'
import type { StreamBinding } from '../stream/stream-access.ts'
import { ensureStream, findMessage } from '../stream/stream-access.ts'

/** How far a stream is. */
export interface Newest {
  /** The sequence that its newest message has, or had where it is gone. */
  readonly sequence: number
  /** Of the newest event; 0 where there never was one, undefined where none is left to tell. */
  readonly position: number | undefined
  /** Who has sent that. */
  readonly sender: string | undefined
  readonly run: string | undefined
}

/** Of a stream that never had an event. */
export const emptyStream: Newest = { sequence: 0, position: 0, sender: undefined, run: undefined }

/** Messages that somebody else has put behind our newest, and that are looked past. */
const mostForeign = 100

/** Asks the broker; makes the stream where there is none, and says in it whose it is. */
export async function newestMessage({ manager }: NatsClient, binding: StreamBinding): Promise<Newest> {
  const info = await ensureStream(manager, binding)
  await binding.mark.claim(manager, info)
  const { config, state } = info
  const { settings, partition } = binding
  if (state.last_seq === 0) return emptyStream
  // More may have come since.
  const last = await findMessage(manager, config.name, { last_by_subj: `${settings.subject}.${partition}.>` })
  const sequence = Math.max(state.last_seq, last?.seq ?? 0)
  for (let at = last?.seq ?? 0; at > Math.max(0, sequence - mostForeign); at -= 1) {
    const message = at === last?.seq ? last : await findMessage(manager, config.name, { seq: at })
    const place = message && placeOfMessage({ headers: message.header })
    if (place !== undefined) return { sequence, ...place }
  }
  return { sequence, position: undefined, sender: undefined, run: undefined }
}
