import type { JsonObject, RandomFill } from '../../../core/index.ts'
import { rangesOf, streamDigest } from '../../../proof/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
import { kidsOfEvent } from '../sealed-text.ts'

const saltLength = 16

/** What a record keeps of an entry whose content it removes. */
export interface RemovedEntry {
  /** Index of its leaf. */
  readonly n: number
  readonly type: string
  readonly stream: string
  /** Ids of the keys that sealed something of it. */
  readonly keys: readonly string[]
}

export const removedEntry = (event: RecordedEvent): RemovedEntry => ({
  n: event.sequence,
  type: event.eventType,
  stream: event.stream,
  keys: kidsOfEvent(event).sort(),
})

/**
 * The members `salt` and `removed` of a `retention` record: for a verifier who has a hold or a policy to hold them against,
 * and finds no body any more. Streams are digests, for their names may name people.
 *
 * @param entries in ascending order
 */
export function removedMembers(entries: readonly RemovedEntry[], random: RandomFill): JsonObject {
  const bytes = new Uint8Array(saltLength)
  random(bytes)
  const salt = Buffer.from(bytes).toString('base64url')
  const alike = Map.groupBy(entries, ({ type, stream, keys }) => JSON.stringify([type, stream, keys]))
  const removed = [...alike.values()].map(group => {
    const { type, stream, keys } = group[0] as RemovedEntry
    const entries = rangesOf(group.map(({ n }) => n))
    return { type, stream: streamDigest(salt, stream), keys: [...keys], entries }
  })
  return { salt, removed }
}
