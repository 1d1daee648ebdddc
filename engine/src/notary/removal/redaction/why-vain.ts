import type { EventStore } from '../../../store/index.ts'
import type { RemovalFile } from '../procedure/removal.ts'
import { toFile } from '../procedure/removal.ts'
import type { Redaction } from './redaction.ts'

const pageSize = 1_000

/**
 * Why a redaction has nothing left to take out, in words that tell nothing of the event. `isOutside` where the database
 * does not have the body, which may be read from an archive all the same.
 */
export async function whyVain(
  store: EventStore,
  file: RemovalFile<Redaction>,
  isOutside: boolean,
): Promise<string> {
  const { tenantId, value } = file
  const event = await store.readEvent(tenantId, value.eventId)
  if (event === undefined || event.bodyState === 'removed') return 'the content of the event was removed'
  if (event.bodyState === 'archived' || isOutside) return 'the content of the event was archived since'
  const earlier = await earlierRedaction(store, file)
  return earlier === undefined ? 'there is nothing left at its places' : `already redacted by ${earlier}`
}

/** Id of the recorded redaction that took out one of the places, or what it stood in. */
async function earlierRedaction(
  store: EventStore,
  { tenantId, collection, id, value }: RemovalFile<Redaction>,
): Promise<string | undefined> {
  for (let after: string | undefined; ; ) {
    const query = { limit: pageSize, ...(after === undefined ? {} : { after }) }
    const page = (await store.documents({ tenantId }, collection, query)).map(one => toFile<Redaction>(one))
    const found = page.find(
      other => other.id !== id && isRecordedOf(value.eventId, other.value) && overlaps(value, other.value),
    )
    if (found) return found.id
    if (page.length < pageSize) return undefined
    after = page.at(-1)?.id
  }
}

const isRecordedOf = (eventId: string, { eventId: other, recordId }: Redaction): boolean =>
  other === eventId && recordId !== undefined

const overlaps = ({ paths }: Redaction, { paths: gone }: Redaction): boolean =>
  paths.some(path => gone.some(one => `${path}/`.startsWith(`${one}/`) || one.startsWith(`${path}/`)))
