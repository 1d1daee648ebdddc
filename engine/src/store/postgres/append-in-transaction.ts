import type { Clock } from '../../core/index.ts'
import { KeelsonError, pooledRandom, systemClock } from '../../core/index.ts'
import { toBatch } from '../append/batch.ts'
import { defaultMaxEventBytes, prepareAppend } from '../append/prepare.ts'
import { wipeKeys, wipeSecrets } from '../append/seal-secrets.ts'
import type { AppendOptions, Receipt, StreamWrite } from '../types.ts'
import { appendLocked, lockHead } from './append/locked-append.ts'
import { shardOf } from './append/placement.ts'
import { checkTexts } from './append/text-limits.ts'
import { literal } from './connection/markers.ts'
import type { PostgresQueryable } from './connection/pool.ts'
import { rowsOf } from './connection/pool.ts'
import { ownTypes } from './connection/row-types.ts'
import { sqlState, toStoreError } from './connection/sql-error.ts'
import { Heads } from './plan/heads.ts'
import { randomMark } from './plan/mark.ts'
import { newestSchema } from './start/migrations.ts'
import { answersOf } from './unit/commit-unit.ts'

export interface TransactionAppendOptions extends AppendOptions {
  /** Largest event in bytes of canonical JSON; default 256 KiB. */
  readonly maxEventBytes?: number
  readonly clock?: Clock
}

/** What of the product's session is changed for a while, and put back. */
interface Before {
  readonly shards: number
  readonly tenant: string
  readonly path: string
}

/**
 * Appends inside a transaction that a product has open on its own connection: the events are stored with its
 * `COMMIT` and gone with its `ROLLBACK`. From here on nobody else can append to the tenant's shard until it ends, so
 * append last and keep it short. The product's user must be a member of the application's role, or own the schema.
 * Where it throws it has written nothing, and the transaction can go on.
 *
 * @throws KeelsonError what `append` throws, `store_failed` outside of a transaction, `store_foreign` where the
 *   database has no store.
 */
export async function appendInTransaction(
  client: PostgresQueryable,
  tenantId: string,
  writes: readonly StreamWrite[],
  options: TransactionAppendOptions = {},
): Promise<readonly Receipt[]> {
  const append = prepareAppend(tenantId, writes, options, options.maxEventBytes ?? defaultMaxEventBytes)
  checkTexts(append)
  const fill = pooledRandom()
  const plan = { clock: options.clock ?? systemClock, nextMark: randomMark(fill) }
  const stored = inSavepoint(client, async ({ shards }) => {
    const shard = shardOf(tenantId, shards)
    const place = await lockHead(client, shard)
    const batch = toBatch([append], fill)
    const { outcome } = await appendLocked(client, shard, new Heads(), place, batch, plan)
    wipeKeys(batch)
    return answersOf([append], outcome)[0] as readonly Receipt[]
  })
  return stored.finally(() => wipeSecrets([append]))
}

async function inSavepoint<Result>(
  client: PostgresQueryable,
  work: (before: Before) => Promise<Result>,
): Promise<Result> {
  try {
    await run(client, 'SAVEPOINT keelson_append')
  } catch (error) {
    throw sqlState(error) === '25P01' ? noTransaction() : toStoreError(error)
  }
  try {
    const before = await enter(client)
    const result = await work(before)
    const back = `SET LOCAL search_path = ${before.path}; SET LOCAL keelson.tenant = ${literal(before.tenant)}`
    await run(client, `${back}; RELEASE SAVEPOINT keelson_append`)
    return result
  } catch (error) {
    // A connection that is gone has rolled back by itself.
    await run(client, 'ROLLBACK TO SAVEPOINT keelson_append; RELEASE SAVEPOINT keelson_append').catch(
      () => undefined,
    )
    throw toStoreError(error)
  }
}

async function enter(client: PostgresQueryable): Promise<Before> {
  const rows = await rowsOf(client, {
    text: `SELECT (SELECT shards FROM keelson.store), (SELECT max(version) FROM keelson.schema_version),
      coalesce(current_setting('keelson.tenant', true), ''), current_setting('search_path')`,
    rowMode: 'array',
    types: ownTypes,
  }).catch(error => {
    throw ['42P01', '3F000'].includes(sqlState(error) ?? '') ? new KeelsonError('store_foreign') : error
  })
  const [shards, version, tenant, path] = rows[0] as [number, number, string, string]
  if (version !== newestSchema())
    throw new KeelsonError(
      version > newestSchema() ? 'store_too_new' : 'store_failed',
      `The database has schema ${version}, and this Keelson needs ${newestSchema()}`,
    )
  await run(client, "SET LOCAL search_path = keelson; SET LOCAL keelson.tenant = '*'")
  return { shards, tenant, path: path === '' ? "''" : path }
}

function noTransaction(): KeelsonError {
  return new KeelsonError('store_failed', 'There is no open transaction to append in: BEGIN first')
}

async function run(client: PostgresQueryable, text: string): Promise<void> {
  await client.query({ text, rowMode: 'array' })
}
