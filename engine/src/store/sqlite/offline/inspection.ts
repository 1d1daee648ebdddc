import type { DatabaseSync } from 'node:sqlite'
import type { StoreInspection, StreamCount } from '../../check/inspection.ts'
import { newestSchema, openSnapshot, schemaOf } from './open-file.ts'
import { ownQueries } from './row-query.ts'
import type { SqliteReaderOptions } from './row-reader.ts'
import { readAll, readPages, SqliteRows } from './row-reader.ts'

/** Opens a store's file for the doctor; a server may run on it. */
export function inspectSqliteStore(options: SqliteReaderOptions): StoreInspection {
  return new SqliteInspection(openSnapshot(options.path, options.isExclusive ?? false), options)
}

class SqliteInspection extends SqliteRows implements StoreInspection {
  readonly schema: number
  readonly newestSchema = newestSchema()
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync, options: SqliteReaderOptions) {
    super(database, options, ownQueries)
    this.#database = database
    this.schema = schemaOf(database)
  }

  /** SQLite's own check of the file: pages, indexes, constraints. */
  async *damage(): AsyncGenerator<string> {
    for await (const lines of readPages(this.#database, 'PRAGMA integrity_check', [], ([line]) =>
      String(line),
    ))
      yield* lines.filter(line => line !== 'ok')
  }

  streamCounts(): AsyncGenerator<readonly StreamCount[]> {
    return streamCounts(this.#database)
  }

  async streamEnd(_shard: number, tenant: number, name: string): ReturnType<StoreInspection['streamEnd']> {
    const sql = `SELECT state, (SELECT position FROM event WHERE stream = s.id ORDER BY version DESC LIMIT 1)
      FROM stream s WHERE tenant = ? AND name = ?`
    const [row] = readAll<[number, number]>(this.#database, sql, [tenant, name])
    return row && { state: row[0], position: row[1] }
  }
}

/** By the index of streams and versions, which has them in order. */
function streamCounts(database: DatabaseSync): AsyncGenerator<readonly StreamCount[]> {
  const sql = `SELECT stream, count(*), min(version), max(version),
      (SELECT f.tenant FROM event f WHERE f.stream = e.stream ORDER BY f.version LIMIT 1)
    FROM event e GROUP BY stream ORDER BY stream`
  return readPages(database, sql, [], values => ({
    stream: values[0] as number,
    events: values[1] as number,
    firstVersion: values[2] as number,
    lastVersion: values[3] as number,
    tenant: values[4] as number,
  }))
}
