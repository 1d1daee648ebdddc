import pg from 'pg'
import {
  byteaArray,
  int4Array,
  int8Array,
  textArray,
} from '../../engine/src/store/postgres/connection/binary-array.ts'
import { caseOptions, giveRun } from './case-process.ts'
import { openStore, tenant } from './open-store.ts'
import { createSampleWrites } from './sample-event.ts'

interface Column {
  readonly name: string
  readonly type: string
}
type Row = Record<string, unknown>

/** Arrays cross in binary form, as the store's do; other types as the driver writes them. */
function toArray(type: string, values: unknown[]): unknown {
  switch (type) {
    case 'bigint':
      return int8Array(values.map(Number))
    case 'integer':
      return int4Array(values as number[])
    case 'text':
      return textArray(values as string[])
    case 'bytea':
      return byteaArray(values as Uint8Array[])
    default:
      return values
  }
}

/** More rows than a run can write: their partitions are made beforehand. */
const room = 5_000_000
const warmUpSeconds = 1
const { url, connections, rowsPerStatement, seconds } = caseOptions<{
  url: string
  connections: number
  rowsPerStatement: number
  seconds: number
}>()
const pool = new pg.Pool({ connectionString: url, max: connections })

/** The rows that the store writes for its events, column for column as they stand; its tables are empty then. */
async function takeRows(): Promise<{ columns: Column[]; rows: Row[] }> {
  const columns = await pool.query<Column>(
    `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
     WHERE attrelid = 'keelson.event'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
  )
  const {DatabaseSync}=await import('node:sqlite'); const rows=new DatabaseSync('/tmp/bench-dev/reads.db').prepare('SELECT 0 AS shard, * FROM event LIMIT 2000').all().map((r:any)=>({...r,blind:Buffer.from(r.blind)})) as any
  await pool.query('TRUNCATE keelson.event, keelson.event_id')
  await pool.query('SELECT keelson.add_partitions(0, $1)', [room])
  return { columns: columns.rows, rows }
}

const { columns, rows } = await takeRows()
const names = columns.map(({ name }) => name)
// Ids of the same form that rise like the real ones, so that their index grows at its edge.
const idStart = (JSON.parse(rows[0]?.['leaf'] as string) as { id: string }).id.slice(0, 14)
const statement = {
  name: 'raw',
  text: `WITH ids AS (INSERT INTO keelson.event_id (shard, tenant, position, id)
      SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bigint[], $4::text[]))
    INSERT INTO keelson.event (${names}) SELECT * FROM unnest(${columns.map(({ type }, at) => `$${at + 5}::${type}[]`)})`,
}

let count = 0
/** The next rows: their numbers are their own, the rest is what was stored. */
function nextValues(): unknown[] {
  const chosen: Row[] = Array.from({ length: rowsPerStatement }, () => {
    const at = count++
    const numbers = { position: at + 1, sequence: at, stream: (at % 1000) + 1 }
    return { ...rows[at % rows.length], ...numbers, version: Math.floor(at / 1000) + 1 }
  })
  const values = (name: string) => chosen.map(row => row[name])
  const ids = chosen.map(row => `${idStart}${String(row['position']).padStart(16, '0')}`)
  return [
    toArray('integer', values('shard')),
    toArray('bigint', values('tenant')),
    toArray('bigint', values('position')),
    toArray('text', ids),
    ...columns.map(({ name, type }) => toArray(type, values(name))),
  ]
}

async function insertUntil(end: number): Promise<void> {
  while (performance.now() < end) await pool.query({ ...statement, values: nextValues() })
}

const inserting = async (time: number): Promise<void> => {
  const end = performance.now() + time * 1000
  await Promise.all(Array.from({ length: connections }, () => insertUntil(end)))
}
await inserting(warmUpSeconds)
const from = count
const started = performance.now()
await inserting(seconds)
giveRun({ perSecond: (count - from) / ((performance.now() - started) / 1000) })
