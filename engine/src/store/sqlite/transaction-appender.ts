import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../../core/index.ts'
import { KeelsonError, pooledRandom, systemClock } from '../../core/index.ts'
import { answers, fromFailure, toBatch } from '../append/batch.ts'
import { LogAppender } from '../append/log-appender.ts'
import { prepareAppend } from '../append/prepare.ts'
import { wipeKeys, wipeSecrets } from '../append/seal-secrets.ts'
import type { AppendOptions, Receipt, StreamWrite } from '../types.ts'
import { asStoreError, checkCurrent } from './database.ts'
import { SqliteLog } from './sqlite-log.ts'

/** Appends inside transactions of a product's own connection. */
export interface TransactionAppender {
  /**
   * As the store's `append`, but durable only with the product's `COMMIT`, and gone with its `ROLLBACK`. Where it
   * throws it has written nothing, and the transaction can go on.
   *
   * @throws KeelsonError what `append` throws, `store_failed` outside a transaction.
   */
  append(tenantId: string, writes: readonly StreamWrite[], options?: AppendOptions): readonly Receipt[]
}

/**
 * Lets a product whose tables stand in the same file write events and rows in one transaction. Begin it with
 * `BEGIN IMMEDIATE`; while it is open no other connection can write, so keep it short. `synchronous` of the product's
 * connection decides what its commit means: set `FULL` for what the store promises.
 *
 * @throws KeelsonError `store_foreign`, `store_too_new` where the file is no store of this version.
 */
export function createTransactionAppender(
  database: DatabaseSync,
  clock: Clock = systemClock,
): TransactionAppender {
  checkCurrent(database)
  const log = new SqliteLog(database)
  const appender = new LogAppender(log, clock)
  const fill = pooledRandom()
  return {
    append(tenantId, writes, options) {
      if (!database.isTransaction)
        throw new KeelsonError(
          'store_failed',
          'There is no open transaction to append in: BEGIN IMMEDIATE first',
        )
      const prepared = [prepareAppend(tenantId, writes, options)]
      const batch = toBatch(prepared, fill)
      // Another connection may have written since the last transaction.
      log.forget()
      try {
        database.exec('SAVEPOINT keelson_append')
        const outcome = appender.append(batch)
        log.finish()
        database.exec('RELEASE keelson_append')
        const [failure] = outcome.failures
        if (failure) throw fromFailure(failure)
        return answers(prepared, outcome)[0] as readonly Receipt[]
      } catch (error) {
        if (!(error instanceof KeelsonError) && database.isTransaction)
          database.exec('ROLLBACK TO keelson_append; RELEASE keelson_append')
        throw asStoreError(error)
      } finally {
        wipeKeys(batch)
        wipeSecrets(prepared)
        log.forget()
      }
    },
  }
}
