import type { Document, EventStore } from 'keelson'
import { KeelsonError, platformTenant } from 'keelson'

/** The directory is the platform's own, kept as documents on every store, and moved with it. */
export const scope = { tenantId: platformTenant } as const

/** What another process changed may go unnoticed this long, in milliseconds. */
export const cacheTime = 5_000

const pageSize = 1_000

/** The platform's documents of a collection whose ids begin with `prefix`, by id. */
export async function* documentsOf(
  store: EventStore,
  collection: string,
  prefix = '',
): AsyncGenerator<Document> {
  for (let after = prefix; ; ) {
    const from = after === '' ? {} : { after }
    const page = await store.documents(scope, collection, { ...from, limit: pageSize })
    for (const document of page) {
      if (!document.id.startsWith(prefix)) return
      yield document
    }
    if (page.length < pageSize) return
    after = (page.at(-1) as Document).id
  }
}

export const isConflict = (error: unknown): boolean =>
  error instanceof KeelsonError && error.code === 'document_conflict'
