import { cursorAsOf } from '../read/as-of.ts'
import type { EventSelect, TypeRow } from '../read/event-select.ts'
import { bodyStates, eventColumns, needsTypes, selectEvents } from '../read/event-select.ts'
import type { HeadSignal } from '../read/head-signal.ts'
import type { LeafOptions } from '../read/leaf-rows.ts'
import { toLeafRow } from '../read/leaf-rows.ts'
import type { PageSource, ReadPage } from '../read/paging.ts'
import { inOrderOf, pageBytes, readPages, tailPages } from '../read/paging.ts'
import { createRecordedEvent } from '../read/recorded-event.ts'
import type {
  LeafRow,
  ReadOptions,
  RecordedEvent,
  SqlValue,
  StreamInfo,
  StreamState,
  TailOptions,
} from '../types.ts'
import { streamStates } from './heads.ts'
import type { QueryClient } from './query-client.ts'
import { sqliteDialect } from './sqlite-dialect.ts'

const tenantId = '(SELECT id FROM tenant WHERE name = ?1)'
const joined = `SELECT ${eventColumns} FROM event e JOIN tenant n ON n.id = e.tenant
  JOIN stream s ON s.id = e.stream JOIN event_type t ON t.id = e.type`

const sql = {
  types: 'SELECT id, name, topic FROM event_type',
  byId: `${joined} WHERE e.position = (SELECT position FROM event_id WHERE tenant = ${tenantId} AND id = ?2)`,
  byPositions: `${joined} WHERE e.tenant = ${tenantId} AND e.position IN (SELECT value FROM json_each(?2))`,
  leaves: `SELECT position, ?1, sequence, leaf_hash FROM event
    WHERE tenant = ${tenantId} AND position > ?2 ORDER BY position LIMIT ?3`,
  // In this order: the log is gone through, and each event's tenant looked up.
  allLeaves: `SELECT e.position, n.name, e.sequence, e.leaf_hash FROM event e CROSS JOIN tenant n ON n.id = e.tenant
    WHERE e.position > ?1 AND n.deleted_at IS NULL ORDER BY e.position LIMIT ?2`,
  head: 'SELECT coalesce(max(position), 0) FROM event',
  headWithout: 'SELECT coalesce(max(head_position), 0) FROM tenant WHERE name <> ?1',
  tenantHead: 'SELECT head_position FROM tenant WHERE name = ?1',
  stream: `SELECT version, state FROM stream WHERE tenant = ${tenantId} AND name = ?2`,
} as const

/** What a read of the log is about: a stream, a tenant's log (undefined for every tenant's). */
interface Target {
  readonly tenantId: string | undefined
  readonly stream?: string
}

/** Reads events through the reader thread. */
export class SqliteReader {
  readonly #client: QueryClient

  constructor(client: QueryClient) {
    this.#client = client
  }

  /** Events of the target in order. */
  async *events(target: Target, options: ReadOptions): AsyncGenerator<RecordedEvent> {
    const source = this.#source(target, options)
    if (options.asOf === undefined) return yield* readPages(source, options)
    const probe = this.#page(target, { removed: 'include' })
    const until = await cursorAsOf(probe, await source.end(), options.asOf)
    yield* readPages({ ...source, read: this.#page(target, options, until) }, options)
  }

  tail(target: Target, head: HeadSignal, options: TailOptions): AsyncIterable<readonly RecordedEvent[]> {
    return tailPages(this.#source(target, options), head, options)
  }

  async event(tenant: string, eventId: string): Promise<RecordedEvent | undefined> {
    return (await this.#client.query(sql.byId, [tenant, eventId])).map(toRecordedEvent)[0]
  }

  async atPositions(tenant: string, positions: readonly number[]): Promise<readonly RecordedEvent[]> {
    // Whole, however large: who asks for positions cannot know that a page ended before them.
    const rows = await this.#client.query(sql.byPositions, [tenant, JSON.stringify(positions)])
    return inOrderOf(positions, rows.map(toRecordedEvent))
  }

  /** Of every tenant where none is named. */
  async leaves(tenant: string | undefined, { after, limit }: LeafOptions): Promise<readonly LeafRow[]> {
    const rows =
      tenant === undefined
        ? await this.#client.query(sql.allLeaves, [after, limit])
        : await this.#client.query(sql.leaves, [tenant, after, limit])
    return rows.map(toLeafRow)
  }

  /** Position of the newest event; of every tenant where none is named, but for the one that is left out. */
  async head(tenant: string | undefined, except?: string): Promise<number> {
    const rows =
      tenant !== undefined
        ? await this.#client.query(sql.tenantHead, [tenant])
        : except === undefined
          ? await this.#client.query(sql.head, [])
          : await this.#client.query(sql.headWithout, [except])
    return (rows[0]?.[0] as number | undefined) ?? 0
  }

  async stream(tenant: string, stream: string): Promise<StreamInfo | undefined> {
    const [row] = await this.#client.query(sql.stream, [tenant, stream])
    if (!row) return undefined
    return { stream, version: row[0] as number, state: streamStates[row[1] as number] as StreamState }
  }

  #source(target: Target, options: TailOptions): PageSource {
    const { tenantId: tenant, stream } = target
    return stream === undefined
      ? {
          read: this.#page(target, options),
          cursorOf: event => event.position,
          // Of the whole log also for one tenant: what it is compared with was given by this store, if not to it.
          end: () => this.head(undefined),
        }
      : {
          read: this.#page(target, options),
          cursorOf: event => event.version,
          end: async () => (await this.stream(tenant ?? '', stream))?.version ?? 0,
        }
  }

  #page(target: Target, options: ReadOptions, until?: number): ReadPage {
    const { direction = 'forwards', filter, removed } = options
    return async (after, limit) => {
      const cursor = until !== undefined && direction === 'backwards' ? Math.min(after, until + 1) : after
      const select: EventSelect = {
        ...target,
        cursor,
        direction,
        limit,
        filter,
        withRemoved: removed === 'include',
        until: direction === 'forwards' ? until : undefined,
      }
      const types = needsTypes(filter) ? await this.#types() : []
      const page = selectEvents(select, types, sqliteDialect)
      return (await this.#client.query(page.sql, page.params, { maxBytes: pageBytes })).map(toRecordedEvent)
    }
  }

  async #types(): Promise<TypeRow[]> {
    const rows = await this.#client.query(sql.types, [])
    return rows.map(([id, name, topic]) => ({
      id: id as number,
      name: name as string,
      topic: topic as string,
    }))
  }
}

function toRecordedEvent(row: readonly SqlValue[]): RecordedEvent {
  return createRecordedEvent({
    position: row[0] as number,
    sequence: row[1] as number,
    tenantId: row[2] as string,
    stream: row[3] as string,
    version: row[4] as number,
    eventType: row[5] as string,
    leaf: row[6] as string,
    leafHash: row[7] as string,
    blind: Buffer.from(row[8] as Uint8Array).toString('base64url'),
    body: row[9] as string,
    bodyState: bodyStates[row[10] as number] as (typeof bodyStates)[number],
    secrets: row[11] as string,
  })
}
