import type { StoreTarget, TableChange } from '../../transfer/port.ts'
import type { StoreRows, TableName } from '../../transfer/rows.ts'
import type { StoreFacts } from './row-reader.ts'
import { factsOf, PostgresRows } from './row-reader.ts'
import type { OfflineOptions } from './session.ts'
import { Session } from './session.ts'
import type { TableColumns } from './table-columns.ts'
import { tableColumns } from './table-columns.ts'

/**
 * Opens a store's database that another store is moved into. The store must have been made; nobody may be connected
 * to it meanwhile.
 */
export async function openPostgresTarget(options: OfflineOptions): Promise<StoreTarget> {
  const session = await Session.open(options)
  try {
    return new PostgresTarget(options, await factsOf(session, options.location))
  } finally {
    await session.close()
  }
}

/** Reads and writes in transactions of their own, so that each scan sees what was written before it. */
class PostgresTarget extends PostgresRows implements StoreTarget {
  readonly #options: OfflineOptions
  readonly #partitioned = new Map<number, number>()

  constructor(options: OfflineOptions, facts: StoreFacts) {
    const open = { ...options, isExclusive: false }
    super(options, facts, {
      use: () => Session.open(open),
      giveBack: session => session.close(),
      end: async () => undefined,
    })
    this.#options = open
  }

  async write(shard: number, changes: readonly TableChange[]): Promise<void> {
    const session = await Session.open(this.#options)
    try {
      // What is not on disk yet is so with the last transaction, which waits for all before it.
      await session.rows('SET LOCAL synchronous_commit = off')
      // The head first: it is the lock that every writer takes.
      const last = lastPosition(changes)
      await session.rows(
        `UPDATE keelson.log_head SET position = greatest(position, $2),
          mark = (('x' || substr(md5(random()::text), 1, 12))::bit(48))::bigint WHERE shard = $1`,
        [shard, last],
      )
      if (last > (this.#partitioned.get(shard) ?? 0)) {
        const [row] = await session.rows('SELECT keelson.add_partitions($1, $2)', [shard, last])
        this.#partitioned.set(shard, Number(row?.[0]))
      }
      for (const change of changes) await apply(session, shard, change)
      await session.commit()
    } finally {
      await session.close()
    }
  }

  async settle(): Promise<void> {
    const session = await Session.open(this.#options)
    try {
      await session.rows(`ANALYZE ${logTables.map(table => `keelson.${table}`).join(', ')}`)
      await session.rows('SET LOCAL synchronous_commit = on')
      await session.commit()
    } finally {
      await session.close()
    }
  }
}

const logTables = [
  'tenant',
  'stream',
  'event_type',
  'event',
  'event_id',
  'event_link',
  'idempotency_key',
  'document',
]

function lastPosition(changes: readonly TableChange[]): number {
  let last = 0
  for (const { table, put } of changes)
    if (table === 'event') for (const row of put) last = Math.max(last, (row as StoreRows['event']).position)
  return last
}

async function apply(session: Session, shard: number, change: TableChange): Promise<void> {
  const { name, columns, keyLength, isSharded } = tableColumns[change.table] as TableColumns<TableName>
  const names = columns.map(([column]) => column)
  const arrays = (count: number) =>
    columns
      .slice(0, count)
      .map(([, type], at) => `$${at + 2}::${type}[]`)
      .join(', ')
  const values = (rows: readonly StoreRows[TableName][], count: number) =>
    columns.slice(0, count).map(([, , value]) => rows.map(value))
  const key = [...(isSharded ? ['shard'] : []), ...names.slice(0, keyLength)]
  const onShard = isSharded ? 't.shard = $1' : '$1::integer IS NOT NULL'
  if (change.remove.length > 0)
    await session.rows(
      `DELETE FROM keelson.${name} t USING unnest(${arrays(keyLength)}) AS gone (${names.slice(0, keyLength).join(', ')})
        WHERE ${onShard} AND ${names
          .slice(0, keyLength)
          .map(column => `t.${column} = gone.${column}`)
          .join(' AND ')}`,
      [shard, ...values(change.remove, keyLength)],
    )
  if (change.put.length === 0) return
  const others = names.slice(keyLength)
  const conflict =
    others.length === 0
      ? 'NOTHING'
      : `UPDATE SET ${others.map(column => `${column} = excluded.${column}`).join(', ')}`
  await session.rows(
    `INSERT INTO keelson.${name} (${isSharded ? 'shard, ' : ''}${names.join(', ')})
      SELECT ${isSharded ? '$1::integer, ' : ''}${columns
        .map(([column, type]) =>
          type === 'text' && column === 'blind' ? "decode(n.blind, 'hex')" : `n.${column}`,
        )
        .join(', ')}
      FROM unnest(${arrays(columns.length)}) AS n (${names.join(', ')})
      WHERE $1::integer IS NOT NULL
      ON CONFLICT (${key.join(', ')}) DO ${conflict}`,
    [shard, ...values(change.put, columns.length)],
  )
}
