import { createHash } from 'node:crypto'
import { KeelsonError, platformTenant } from '../../core/index.ts'
import type { EventStore } from '../port.ts'
import type { StoreReader, StoreTarget } from './port.ts'
import type { CheckpointRow, DocumentRow } from './rows.ts'

/** Where the target of a move says how far it is: a document that is not moved itself. */
const collection = 'store-move'
const id = 'mark'

/** A store is copied into, and not to be used yet; or it was, and looked like this then. */
export type MoveMark =
  | { readonly state: 'copying' }
  | { readonly state: 'finished'; readonly fingerprint: string }

export async function readMark(store: StoreReader): Promise<MoveMark | undefined> {
  const row = await store.document(platformTenant, collection, id)
  return row && (JSON.parse(row.value) as MoveMark)
}

/**
 * For whoever is about to work on a store.
 *
 * @throws KeelsonError `move_unfinished` where it is the target of a move that has not come to its end.
 */
export async function refuseUnfinishedMove(store: Pick<EventStore, 'document'>): Promise<void> {
  const document = await store.document(platformTenant, collection, id)
  if ((document?.value as { state?: unknown } | undefined)?.state === 'copying')
    throw new KeelsonError('move_unfinished')
}

export async function writeMark(target: StoreTarget, mark: MoveMark): Promise<void> {
  const row = await target.document(platformTenant, collection, id)
  const document = {
    tenant: platformTenant,
    collection,
    id,
    revision: (row?.revision ?? 0) + 1,
    due: null,
    value: JSON.stringify(mark),
  }
  await target.write(0, [{ table: 'document', put: [document], remove: [] }])
}

/** Documents that are moved: all but the mark. */
export const isMovedDocument = (row: DocumentRow): boolean =>
  row.collection !== collection || row.tenant !== platformTenant

/** Checkpoints that are moved: not those of projections, whose read models are made anew. */
export const isMovedCheckpoint = (row: CheckpointRow): boolean => !row.name.startsWith('projection:')

/**
 * A digest of all that is moved but the log's bodies, of which only the states are counted: it differs as soon as
 * somebody has written to the store.
 */
export async function fingerprintOf(store: StoreReader): Promise<string> {
  const digest = createHash('sha256')
  const add = (value: unknown) => digest.update(`${JSON.stringify(value)}\n`)
  for (let shard = 0; shard < store.shards; shard += 1) {
    add([shard, await store.head(shard), [...(await store.bodyCounts(shard))].sort()])
    for (const table of ['tenant', 'stream', 'type'] as const)
      for await (const page of store.scan(table, { shard })) for (const row of page) add(Object.values(row))
  }
  for await (const page of store.scan('checkpoint'))
    for (const row of page) if (isMovedCheckpoint(row)) add(Object.values(row))
  for await (const page of store.scan('document'))
    for (const row of page) if (isMovedDocument(row)) add(Object.values(row))
  return digest.digest('base64url')
}
