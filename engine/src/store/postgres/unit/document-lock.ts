import { createHash } from 'node:crypto'
import type { PreparedDocument } from '../../append/prepare-unit.ts'
import { int4Array } from '../connection/binary-array.ts'
import type { PostgresQueryable } from '../connection/pool.ts'

/** "KEDO". */
const lockClass = 1_262_830_671
/** Locks that documents share, so that a unit of many does not fill the server's table of locks. */
const locks = 512

/**
 * Makes units that change the same documents come one after another, also where the documents are not there yet, so
 * that there is no row to wait for. Taken in the order of their numbers, so that no two units wait for each other.
 */
export async function lockDocuments(
  client: PostgresQueryable,
  documents: readonly PreparedDocument[],
): Promise<void> {
  const numbers = [...new Set(documents.map(lockOf))].sort((a, b) => a - b)
  if (numbers.length === 0) return
  await client.query({
    text: `SELECT pg_advisory_xact_lock(${lockClass}, wanted) FROM unnest($1::integer[]) AS wanted`,
    name: 'keelson_document_locks',
    values: [int4Array(numbers)],
    rowMode: 'array',
  })
}

function lockOf({ tenantId, collection, id }: PreparedDocument): number {
  const key = `${tenantId}\n${collection}\n${id}`
  return createHash('sha256').update(key).digest().readUInt32BE(0) % locks
}
