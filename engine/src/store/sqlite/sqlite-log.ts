import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Log, NewEvent, StoredEvent, StreamHead, TenantHead } from '../append/log.ts'
import type { TypeRow } from '../read/event-select.ts'
import { needsTypes, selectEvents } from '../read/event-select.ts'
import type { EventQuery } from '../types.ts'
import { Heads } from './heads.ts'
import { sqliteDialect } from './sqlite-dialect.ts'

const storedColumns = `e.position, e.sequence, e.version, s.name AS stream, e.leaf ->> 'id' AS id, e.filled, e.leaf,
  e.leaf_hash AS leafHash, e.blind, e.body, e.secrets`

/** The log in the database's open transaction. */
export class SqliteLog implements Log {
  readonly #database: DatabaseSync
  readonly #heads: Heads
  readonly #findId: StatementSync
  readonly #addId: StatementSync
  readonly #addLink: StatementSync
  readonly #readStored: StatementSync
  readonly #addEvent: StatementSync
  readonly #findKey: StatementSync
  readonly #addKey: StatementSync
  readonly #maxPosition: StatementSync
  readonly #types: StatementSync
  #position = -1

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#heads = new Heads(database)
    const prepare = (sql: string) => database.prepare(sql)
    this.#findId = prepare('SELECT position FROM event_id WHERE tenant = ? AND id = ?')
    this.#addId = prepare('INSERT INTO event_id (tenant, id, position) VALUES (?, ?, ?)')
    this.#addLink = prepare('INSERT INTO event_link (tenant, link, position) VALUES (?, ?, ?)')
    this.#readStored = prepare(
      `SELECT ${storedColumns} FROM event e JOIN stream s ON s.id = e.stream WHERE e.position = ?`,
    )
    this.#addEvent = prepare(
      'INSERT INTO event (position, tenant, sequence, stream, version, type, filled, leaf, leaf_hash, blind, body, secrets) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#findKey = prepare(
      'SELECT first_position, event_count FROM idempotency_key WHERE tenant = ? AND key = ?',
    )
    this.#addKey = prepare(
      'INSERT INTO idempotency_key (tenant, key, first_position, event_count) VALUES (?, ?, ?, ?)',
    )
    this.#types = prepare('SELECT id, name, topic FROM event_type')
    this.#maxPosition = prepare('SELECT coalesce(max(position), 0) AS position FROM event')
  }

  get position(): number {
    if (this.#position < 0) this.#position = (this.#maxPosition.get() as { position: number }).position
    return this.#position
  }

  /** Drops what is remembered of the database: after a rollback, and when another process has written. */
  forget(): void {
    this.#heads.forget()
    this.#position = -1
  }

  /** Writes heads that the transaction changed; must be the last thing before it commits. */
  finish(): void {
    this.#heads.save()
  }

  tenant(name: string): TenantHead {
    return this.#heads.tenant(name)
  }

  stream(tenant: TenantHead, name: string): StreamHead | undefined {
    return this.#heads.stream(tenant, name)
  }

  addStream(tenant: TenantHead, name: string): StreamHead {
    return this.#heads.addStream(tenant, name)
  }

  touch(tenant: TenantHead, stream: StreamHead): void {
    this.#heads.touch(tenant, stream)
  }

  findEvent(tenant: TenantHead, id: string): StoredEvent | undefined {
    const row = this.#findId.get(tenant.id, id) as { position: number } | undefined
    return row && this.#stored(row.position)
  }

  findKey(tenant: TenantHead, key: string): readonly StoredEvent[] | undefined {
    const row = this.#findKey.get(tenant.id, key) as
      | { first_position: number; event_count: number }
      | undefined
    if (!row) return undefined
    return Array.from({ length: row.event_count }, (_, at) => this.#stored(row.first_position + at))
  }

  findMatch(tenant: TenantHead, query: EventQuery, after: number): number {
    const filter = { query }
    const types = needsTypes(filter) ? (this.#types.all() as unknown as TypeRow[]) : []
    const { sql, params } = selectEvents(
      { tenantId: tenant.name, cursor: after, direction: 'forwards', limit: 1, filter, withRemoved: true },
      types,
      sqliteDialect,
    )
    const found = this.#database.prepare(sql).get(...params) as { position: number } | undefined
    return found?.position ?? 0
  }

  writeEvent(event: NewEvent): void {
    const { position, tenant } = event
    this.#addId.run(tenant.id, event.id, position)
    for (const link of event.links) this.#addLink.run(tenant.id, link, position)
    this.#addEvent.run(
      position,
      tenant.id,
      event.sequence,
      event.stream.id,
      event.version,
      this.#heads.type(event.type, event.topic),
      event.filled,
      event.leaf,
      event.leafHash,
      event.blind,
      event.body,
      event.secrets,
    )
    this.#position = position
  }

  writeKey(tenant: TenantHead, key: string, firstPosition: number, count: number): void {
    this.#addKey.run(tenant.id, key, firstPosition, count)
  }

  #stored(position: number): StoredEvent {
    return this.#readStored.get(position) as unknown as StoredEvent
  }
}
