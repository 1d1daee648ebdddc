import type { BlobStore } from '../../blob/port.ts'
import type { EventStore } from '../../port.ts'
import type { AppendRequest, Document, DocumentChange, RecordedEvent, Statement } from '../../types.ts'
import { wins } from '../stream-lifecycle.ts'
import type { ScavengeKind, Tally } from './tally.ts'

/** What every part of a scavenge works with. */
export interface Scavenging {
  readonly store: EventStore
  readonly blobs: BlobStore | undefined
  readonly tenantId: string
  readonly dryRun: boolean
  /** Milliseconds since the epoch, the same throughout. */
  readonly now: number
  readonly tally: Tally
  isHeld(event: RecordedEvent): boolean | Promise<boolean>
  /** Statements for the unit of work that removes the content at these positions. */
  alongside(positions: readonly number[]): readonly Statement[] | Promise<readonly Statement[]>
  /** Entries for the log that say why the content of these indexes is gone. */
  record(sequences: readonly number[]): readonly AppendRequest[]
  /** Called between units of work: reports, and throws where the work was aborted. */
  step(): void
}

/** All documents of a collection by id, page by page; those that were read may be deleted meanwhile. */
export async function* pagesOf(
  { store, tenantId, step }: Scavenging,
  collection: string,
  pageSize: number,
): AsyncGenerator<readonly Document[]> {
  let after: string | undefined
  for (;;) {
    const options = { limit: pageSize, ...(after !== undefined && { after }) }
    const page = await store.documents({ tenantId }, collection, options)
    if (page.length > 0) yield page
    step()
    after = page.at(-1)?.id
    if (page.length < pageSize) return
  }
}

/** Deletes documents and counts them; those that somebody has changed since are left for the next time. */
export async function deleteDocuments(
  { store, tenantId, dryRun, tally }: Scavenging,
  documents: readonly Document[],
  kind?: ScavengeKind,
): Promise<void> {
  if (documents.length === 0) return
  const changes = documents.map(
    ({ collection, id, revision }): DocumentChange => ({ tenantId, collection, id, expected: revision }),
  )
  const isDeleted = (some: readonly DocumentChange[]) => wins(store, { scope: { tenantId }, documents: some })
  const areAll = dryRun || (await isDeleted(changes))
  for (const [at, { value }] of documents.entries()) {
    const change = changes[at] as DocumentChange
    if (kind && (areAll || (await isDeleted([change]))))
      tally.add(kind, Buffer.byteLength(JSON.stringify(value)))
  }
}
