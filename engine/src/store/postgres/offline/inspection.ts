import type { StoreInspection, StreamCount } from '../../check/inspection.ts'
import { newestSchema } from '../start/migrations.ts'
import type { StoreFacts } from './row-reader.ts'
import { factsOf, oneMoment, PostgresRows } from './row-reader.ts'
import type { OfflineOptions } from './session.ts'
import { Session } from './session.ts'

/** Opens a store's database for the doctor; servers may run on it. */
export async function inspectPostgresStore(options: OfflineOptions): Promise<StoreInspection> {
  const session = await Session.open(options)
  try {
    return new PostgresInspection(options, await factsOf(session, options.location), session)
  } catch (error) {
    await session.close()
    throw error
  }
}

/** Each finds a kind of damage, a row with its text for each. */
const checks: readonly string[] = [
  // Whoever is not under row-level security sees every tenant.
  `SELECT 'the table ' || c.relname || ' is not under forced row-level security'
    FROM pg_class c WHERE c.relnamespace = 'keelson'::regnamespace
    AND (c.relname IN ('tenant', 'stream', 'event', 'event_id', 'event_link', 'idempotency_key', 'document')
      OR c.oid IN (SELECT relid FROM pg_partition_tree('keelson.event')))
    AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
  `SELECT 'the table ' || t.name || ' has lost the policy by_tenant'
    FROM unnest(ARRAY['tenant', 'stream', 'event', 'event_id', 'event_link', 'idempotency_key', 'document']) AS t (name)
    WHERE NOT EXISTS (SELECT FROM pg_policy p
      WHERE p.polrelid = to_regclass('keelson.' || t.name) AND p.polname = 'by_tenant')`,
  `SELECT 'the index ' || c.relname || ' is not valid'
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'keelson'::regnamespace AND NOT (i.indisvalid AND i.indisready)`,
  `SELECT 'the table ' || c.relname || ' is unlogged, so that a crash empties it'
    FROM pg_class c WHERE c.relnamespace = 'keelson'::regnamespace AND c.relkind IN ('r', 'p')
    AND c.relpersistence = 'u'`,
  `SELECT 'the partition ' || p.name || ' is not there'
    FROM keelson.event_partition p
    WHERE NOT EXISTS (SELECT FROM pg_partition_tree('keelson.event') t
      WHERE t.relid = to_regclass('keelson.' || quote_ident(p.name)))`,
]

class PostgresInspection extends PostgresRows implements StoreInspection {
  readonly schema: number
  readonly newestSchema = newestSchema()

  constructor(options: OfflineOptions, facts: StoreFacts, session: Session) {
    super(options, facts, oneMoment(session))
    this.schema = facts.schema
  }

  /** Protection, indexes and partitions by the catalogue; with the extension amcheck the indexes' content too. */
  async *damage(): AsyncGenerator<string> {
    for (const check of checks) for (const [line] of await this.rows(check)) yield String(line)
    const [extension] = await this.rows(
      "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'",
    )
    if (extension) yield* this.#damagedIndexes(String(extension[0]))
  }

  async *streamCounts(shard: number): AsyncGenerator<readonly StreamCount[]> {
    const sql = `SELECT stream, count(*), min(version), max(version), min(tenant)
      FROM keelson.event WHERE shard = $1 GROUP BY stream ORDER BY stream`
    for await (const page of this.pages(sql, [shard]))
      yield page.map(values => ({
        stream: Number(values[0]),
        events: Number(values[1]),
        firstVersion: Number(values[2]),
        lastVersion: Number(values[3]),
        tenant: Number(values[4]),
      }))
  }

  async streamEnd(shard: number, tenant: number, name: string): ReturnType<StoreInspection['streamEnd']> {
    const sql = `SELECT s.state, (SELECT e.position FROM keelson.event e
        WHERE e.shard = s.shard AND e.stream = s.id ORDER BY e.version DESC LIMIT 1)
      FROM keelson.stream s WHERE s.shard = $1 AND s.tenant = $2 AND s.name = $3`
    const [row] = await this.rows(sql, [shard, tenant, name])
    return row && { state: Number(row[0]), position: Number(row[1]) }
  }

  /** A damaged index ends the statement that looks at it, so each stands in a savepoint. */
  async *#damagedIndexes(schema: string): AsyncGenerator<string> {
    const indexes = await this.rows(
      `SELECT c.oid, c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_am a ON a.oid = c.relam
        WHERE c.relnamespace = 'keelson'::regnamespace AND c.relkind = 'i' AND a.amname = 'btree' AND i.indisvalid`,
    )
    for (const [oid, name] of indexes) {
      await this.rows('SAVEPOINT one_index')
      try {
        await this.rows(`SELECT "${schema.replaceAll('"', '""')}".bt_index_check($1::oid::regclass)`, [oid])
      } catch (error) {
        await this.rows('ROLLBACK TO one_index')
        yield `the index ${String(name)} is damaged: ${(error as Error).message}`
      }
    }
  }
}
