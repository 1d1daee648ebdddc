import { KeelsonError } from '../../../core/index.ts'
import type { PreparedDocument, PreparedUnit } from '../../append/prepare-unit.ts'
import type { Scope } from '../../types.ts'
import { shardOf } from '../append/placement.ts'
import type { PostgresQueryable, PostgresRows } from '../connection/pool.ts'
import type { ProductSql } from '../connection/product-sql.ts'
import { ownTypes } from '../connection/row-types.ts'
import { handOver } from '../connection/sessions.ts'
import { changeBodies, redact, removeSecrets } from './content-changes.ts'
import { lockDocuments } from './document-lock.ts'

type Parts = Omit<PreparedUnit, 'checkpoint' | 'appends'>

/** @throws KeelsonError `checkpoint_conflict` where it does not stand at `from`. */
export async function moveCheckpoint(
  client: PostgresQueryable,
  { name, from, to }: NonNullable<PreparedUnit['checkpoint']>,
): Promise<void> {
  const text =
    from === 0
      ? `INSERT INTO keelson.checkpoint AS c (name, position) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE c.position = $3`
      : 'UPDATE keelson.checkpoint SET position = $2 WHERE name = $1 AND position = $3'
  const moved = await change(client, `keelson_checkpoint_${from === 0 ? 0 : 1}`, text, [name, to, from])
  if (moved === 1) return
  throw new KeelsonError('checkpoint_conflict', `The checkpoint "${name}" does not stand at ${from}`, {
    name,
    from,
  })
}

/** What of a unit comes after its appends, in the open transaction. */
export async function writeParts(
  client: PostgresQueryable,
  { scope, documents, bodies, secrets, redactions, statements }: Parts,
  shards: number,
  products: ProductSql,
): Promise<void> {
  await lockDocuments(client, documents)
  for (const one of documents) await changeDocument(client, one)
  for (const one of bodies) await changeBodies(client, one, shardOf(one.tenantId, shards))
  for (const one of secrets) await removeSecrets(client, one, shardOf(one.tenantId, shards))
  for (const one of redactions) await redact(client, one, shardOf(one.tenantId, shards))
  if (statements.length === 0) return
  await client.query({ text: handOver(sightOf(scope)), rowMode: 'array' })
  await products.run(client, statements)
}

export const sightOf = (scope: Scope): string => (scope.tenantId === 'every tenant' ? '*' : scope.tenantId)

async function changeDocument(client: PostgresQueryable, document: PreparedDocument): Promise<void> {
  const { tenantId, collection, id, value, due, expected } = document
  const key = [tenantId, collection, id]
  const kind = value === null ? 'delete' : expected ? 'update' : 'put'
  const rest = value === null ? [expected] : [expected, due, value]
  const changed = await change(client, `keelson_document_${kind}`, documentSql[kind], [...key, ...rest])
  if (changed === 1) return
  const actual = await revisionOf(client, key)
  // To delete what is not there is done already.
  if (value === null && actual === (expected ?? actual)) return
  throw new KeelsonError(
    'document_conflict',
    `The document "${id}" of ${collection} was expected at revision ${expected}, but it is at ${actual}`,
    { collection, id, expected, actual },
  )
}

const ofDocument = 'WHERE d.tenant = $1 AND d.collection = $2 AND d.id = $3'

/** Each changes one row, or none where the document is not at the expected revision ($4). */
const documentSql = {
  put: `INSERT INTO keelson.document AS d (tenant, collection, id, revision, due, value)
    VALUES ($1, $2, $3, 1, $5, $6)
    ON CONFLICT (tenant, collection, id) DO UPDATE
    SET revision = d.revision + 1, due = excluded.due, value = excluded.value WHERE $4::bigint IS NULL`,
  update: `UPDATE keelson.document AS d SET revision = d.revision + 1, due = $5, value = $6
    ${ofDocument} AND d.revision = $4`,
  delete: `DELETE FROM keelson.document AS d ${ofDocument} AND ($4::bigint IS NULL OR d.revision = $4)`,
} as const

async function revisionOf(client: PostgresQueryable, key: readonly string[]): Promise<number> {
  const result = (await client.query({
    text: 'SELECT revision FROM keelson.document WHERE tenant = $1 AND collection = $2 AND id = $3',
    values: [...key],
    rowMode: 'array',
    types: ownTypes,
  })) as PostgresRows
  return (result.rows[0]?.[0] as number | undefined) ?? 0
}

/** Number of rows that the statement changed. */
async function change(
  client: PostgresQueryable,
  name: string,
  text: string,
  values: unknown[],
): Promise<number> {
  const result = (await client.query({ text, name, values, rowMode: 'array' })) as PostgresRows
  return result.rowCount ?? 0
}
