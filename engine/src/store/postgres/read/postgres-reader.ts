import { cursorAsOf } from '../../read/as-of.ts'
import type { EventSelect, TypeRow } from '../../read/event-select.ts'
import { eventColumns, needsTypes } from '../../read/event-select.ts'
import type { HeadSignal } from '../../read/head-signal.ts'
import type { LeafOptions } from '../../read/leaf-rows.ts'
import { toLeafRow } from '../../read/leaf-rows.ts'
import type { PageSource, ReadPage } from '../../read/paging.ts'
import { inOrderOf, readPages, tailPages } from '../../read/paging.ts'
import type { LeafRow, ReadOptions, RecordedEvent, SqlValue, StreamInfo, TailOptions } from '../../types.ts'
import { int8Array } from '../connection/binary-array.ts'
import type { PostgresClient } from '../connection/pool.ts'
import { rowsOf } from '../connection/pool.ts'
import { eventTypes } from '../connection/row-types.ts'
import type { Sessions } from '../connection/sessions.ts'
import type { Turns } from '../connection/turns.ts'
import { streamStates } from '../plan/heads.ts'
import { selectPage } from './page-select.ts'
import { fetchTypes, takePage, toRecordedEvent } from './select.ts'
import { StatementNames } from './statement-names.ts'

const ofTenant = '(SELECT id FROM tenant WHERE shard = $1 AND name = $2)'
const joined = `SELECT ${eventColumns} FROM event e JOIN tenant n ON n.shard = e.shard AND n.id = e.tenant
  JOIN stream s ON s.shard = e.shard AND s.id = e.stream
  JOIN event_type t ON t.shard = e.shard AND t.id = e.type`

const sql = {
  byId: `${joined} WHERE e.shard = $1
    AND e.position = (SELECT position FROM event_id WHERE shard = $1 AND tenant = ${ofTenant} AND id = $3)`,
  byPositions: `${joined} WHERE e.shard = $1 AND e.tenant = ${ofTenant} AND e.position = ANY ($3::bigint[])`,
  leaves: `SELECT position, $2::text, sequence, leaf_hash FROM event e
    WHERE shard = $1 AND tenant = ${ofTenant} AND position > $3 ORDER BY position LIMIT $4`,
  allLeaves: `SELECT e.position, (SELECT name FROM tenant WHERE shard = $1 AND id = e.tenant), e.sequence, e.leaf_hash
    FROM (SELECT position, tenant, sequence, leaf_hash FROM event WHERE shard = $1 AND position > $2
      AND NOT EXISTS (SELECT FROM tenant t WHERE t.shard = $1 AND t.id = event.tenant AND t.deleted_at IS NOT NULL)
      ORDER BY position LIMIT $3) AS e ORDER BY e.position`,
  head: 'SELECT position FROM log_head WHERE shard = $1',
  headWithout: 'SELECT coalesce(max(head_position), 0) FROM tenant WHERE shard = $1 AND name <> $2',
  tenantHead: 'SELECT head_position FROM tenant WHERE shard = $1 AND name = $2',
  stream: `SELECT version, state FROM stream WHERE shard = $1 AND tenant = ${ofTenant} AND name = $3`,
} as const

/** What a read of the log is about: a stream, a tenant's log (undefined for every tenant's). */
export interface Target {
  readonly shard: number
  readonly tenantId: string | undefined
  readonly stream?: string
}

/** Reads events, each page in a transaction of its own that sees what the target may see. */
export class PostgresReader {
  readonly #sessions: Sessions
  readonly #turns: Turns
  readonly #names = new StatementNames('read')

  constructor(sessions: Sessions, turns: Turns) {
    this.#sessions = sessions
    this.#turns = turns
  }

  /** Events of the target in order. */
  events(target: Target, options: ReadOptions): AsyncGenerator<RecordedEvent> {
    return options.asOf === undefined
      ? readPages(this.#source(target, options), options)
      : this.#asOf(target, options, options.asOf)
  }

  tail(target: Target, head: HeadSignal, options: TailOptions): AsyncIterable<readonly RecordedEvent[]> {
    return tailPages(this.#source(target, options), head, options)
  }

  async event(shard: number, tenantId: string, eventId: string): Promise<RecordedEvent | undefined> {
    const rows = await this.#ask(tenantId, sql.byId, [shard, tenantId, eventId])
    return rows.map(toRecordedEvent)[0]
  }

  async atPositions(
    shard: number,
    tenantId: string,
    positions: readonly number[],
  ): Promise<readonly RecordedEvent[]> {
    // Whole, however large: who asks for positions cannot know that a page ended before them.
    const values = [shard, tenantId, int8Array(positions)]
    return inOrderOf(positions, (await this.#ask(tenantId, sql.byPositions, values)).map(toRecordedEvent))
  }

  /** Of every tenant where none is named. */
  async leaves(
    shard: number,
    tenantId: string | undefined,
    { after, limit }: LeafOptions,
  ): Promise<readonly LeafRow[]> {
    const rows =
      tenantId === undefined
        ? await this.#ask(undefined, sql.allLeaves, [shard, after, limit])
        : await this.#ask(tenantId, sql.leaves, [shard, tenantId, after, limit])
    return (rows as SqlValue[][]).map(toLeafRow)
  }

  /** Position of the newest event; of every tenant where none is named, but for the one that is left out. */
  async head(shard: number, tenantId: string | undefined, except?: string): Promise<number> {
    const rows =
      tenantId !== undefined
        ? await this.#ask(tenantId, sql.tenantHead, [shard, tenantId])
        : except === undefined
          ? await this.#ask(undefined, sql.head, [shard])
          : await this.#ask(undefined, sql.headWithout, [shard, except])
    return (rows[0]?.[0] as number | undefined) ?? 0
  }

  async stream(shard: number, tenantId: string, stream: string): Promise<StreamInfo | undefined> {
    const [row] = await this.#ask(tenantId, sql.stream, [shard, tenantId, stream])
    return row && { stream, version: row[0] as number, state: streamStates[row[1] as number] ?? 'open' }
  }

  async *#asOf(target: Target, options: ReadOptions, asOf: string): AsyncGenerator<RecordedEvent> {
    const { read: probe, end } = this.#source(target, { removed: 'include' })
    const until = await cursorAsOf(probe, await end(), asOf)
    yield* readPages(this.#source(target, options, until), options)
  }

  #source(target: Target, options: ReadOptions, until?: number): PageSource {
    const { shard, tenantId, stream } = target
    const pages = this.#pages(target, options, until)
    return stream === undefined
      ? {
          ...pages,
          cursorOf: event => event.position,
          // Of the whole log also for one tenant: what it is compared with was given by this store, if not to it.
          end: () => this.head(shard, undefined),
        }
      : {
          ...pages,
          cursorOf: event => event.version,
          end: async () => (await this.stream(shard, tenantId ?? '', stream))?.version ?? 0,
        }
  }

  #pages(
    target: Target,
    options: ReadOptions,
    until: number | undefined,
  ): Pick<PageSource, 'read' | 'isHeldUp'> {
    const { direction = 'forwards', filter, removed } = options
    const { shard, ...whose } = target
    let isHeldUp = false
    const sent = (): void => {
      isHeldUp = false
    }
    const read: ReadPage = (after, limit) => {
      isHeldUp = true
      const cursor = until !== undefined && direction === 'backwards' ? Math.min(after, until + 1) : after
      const select: EventSelect = {
        ...whose,
        cursor,
        direction,
        limit,
        filter,
        withRemoved: removed === 'include',
        until: direction === 'forwards' ? until : undefined,
      }
      return this.#page(shard, select, sent).finally(sent)
    }
    return { read, isHeldUp: () => isHeldUp }
  }

  #page(shard: number, select: EventSelect, sent: () => void): Promise<RecordedEvent[]> {
    return this.#see(select.tenantId, async client => {
      const types = needsTypes(select.filter) ? await fetchTypes(client, shard) : []
      const rows = this.#select(client, shard, select, types)
      sent()
      return takePage(await rows)
    })
  }

  #select(
    client: PostgresClient,
    shard: number,
    select: EventSelect,
    types: readonly TypeRow[],
  ): Promise<unknown[][]> {
    const page = selectPage(select, shard, types)
    // A filter makes many texts, of which few come again.
    const name = select.filter === undefined ? this.#names.nameOf(page.sql) : undefined
    return rowsOf(client, {
      text: page.sql,
      values: [...page.params],
      rowMode: 'array',
      types: eventTypes,
      ...(name === undefined ? {} : { name }),
    })
  }

  #ask(tenantId: string | undefined, text: string, values: unknown[]): Promise<unknown[][]> {
    const name = this.#names.nameOf(text)
    return this.#see(tenantId, client =>
      rowsOf(client, { text, values, rowMode: 'array', types: eventTypes, ...(name ? { name } : {}) }),
    )
  }

  #see<Result>(
    tenantId: string | undefined,
    work: (client: PostgresClient) => Promise<Result>,
  ): Promise<Result> {
    return this.#turns.take(tenantId, () => this.#sessions.read(tenantId ?? '*', work))
  }
}
