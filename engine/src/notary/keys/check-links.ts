import { isJsonObject } from '../../core/index.ts'
import type { Document, EventStore } from '../../store/index.ts'
import { collections, textOf } from './key-documents.ts'

/** Links that are read at once. */
const atOnce = 100

/** Data keys of a page that are not found by their subject: an erasure of it would pass them over. */
export function countUnlinked(store: EventStore, page: readonly Document[]): Promise<number> {
  return countOf(page, async key => {
    const id = `${textOf(key, 'tag')}.${textOf(key, 'month')}`
    const link = await store.document(key.tenantId, collections.subjectKey, id)
    // Destroyed since the page was read, perhaps, and with it the link.
    return kidOf(link) !== key.id && (await isThere(store, key))
  })
}

async function countOf(page: readonly Document[], is: (one: Document) => Promise<boolean>): Promise<number> {
  let found = 0
  for (let at = 0; at < page.length; at += atOnce)
    found += (await Promise.all(page.slice(at, at + atOnce).map(is))).filter(Boolean).length
  return found
}

function kidOf(link: Document | undefined): string | undefined {
  const kid = isJsonObject(link?.value) ? link.value['kid'] : undefined
  return typeof kid === 'string' && kid !== '' ? kid : undefined
}

const isThere = async (store: EventStore, { tenantId, collection, id }: Document): Promise<boolean> =>
  (await store.document(tenantId, collection, id)) !== undefined
