import { KeelsonError } from '../../core/index.ts'
import type { Document, EventStore, Receipt, UnitOfWork } from '../../store/index.ts'

/** All documents of a collection by id, page by page. */
export async function* documentsOf(
  store: EventStore,
  tenantId: string,
  collection: string,
  pageSize = 100,
): AsyncGenerator<Document> {
  for (let after: string | undefined; ; ) {
    const options = { limit: pageSize, ...(after !== undefined && { after }) }
    const page = await store.documents({ tenantId }, collection, options)
    yield* page
    after = page.at(-1)?.id
    if (page.length < pageSize) return
  }
}

/** Carries out the unit; undefined where somebody else has changed one of its documents. */
export async function tryCommit(
  store: EventStore,
  unit: UnitOfWork,
): Promise<readonly Receipt[] | undefined> {
  try {
    return await store.commit(unit)
  } catch (error) {
    if (error instanceof KeelsonError && error.code === 'document_conflict') return undefined
    throw error
  }
}

const attempts = 50

/**
 * Tries until there is a result; undefined says that somebody else was faster.
 *
 * @throws KeelsonError `document_conflict` where that was so every time.
 */
export async function untilSettled<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let round = 0; round < attempts; round += 1) {
    const result = await attempt()
    if (result !== undefined) return result
  }
  throw new KeelsonError(
    'document_conflict',
    'What is removed from the log was changed by others all the time',
  )
}

/** Has a document looked at later; where somebody else was faster they have decided when. */
export async function postpone(
  store: EventStore,
  { due, ...place }: { tenantId: string; collection: string; id: string; due: number },
): Promise<void> {
  const { tenantId, collection, id } = place
  const document = await store.document(tenantId, collection, id)
  if (document === undefined) return
  const { value, revision: expected } = document
  await tryCommit(store, { scope: { tenantId }, documents: [{ ...place, value, due, expected }] })
}
