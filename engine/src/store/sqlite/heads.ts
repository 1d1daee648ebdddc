import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { zeroHash } from '../../proof/index.ts'
import type { StreamHead, TenantHead } from '../append/log.ts'
import type { StreamState } from '../types.ts'

/** How a stream's state stands in the database. */
export const streamStates: readonly StreamState[] = ['open', 'sealed', 'tombstoned']

const maxCachedStreams = 50_000

type Sql =
  | 'findTenant'
  | 'addTenant'
  | 'saveTenant'
  | 'findStream'
  | 'addStream'
  | 'saveStream'
  | 'findType'
  | 'addType'
  | 'saveTopic'

/**
 * Heads of tenants and streams as the open transaction sees them, kept between transactions. `forget` drops them
 * all: after a rollback, and when another process has written.
 */
export class Heads {
  readonly #tenants = new Map<string, TenantHead>()
  readonly #streams = new Map<string, StreamHead>()
  readonly #types = new Map<string, { id: number; topic: string }>()
  readonly #dirtyTenants = new Set<TenantHead>()
  readonly #dirtyStreams = new Set<StreamHead>()
  readonly #sql: Record<Sql, StatementSync>

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql)
    this.#sql = {
      findTenant: prepare(
        'SELECT id, name, size, head_hash AS hash, head_time AS time, head_position AS position FROM tenant WHERE name = ?',
      ),
      addTenant: prepare('INSERT INTO tenant (name, head_hash) VALUES (?, ?)'),
      saveTenant: prepare(
        'UPDATE tenant SET size = ?, head_hash = ?, head_time = ?, head_position = ? WHERE id = ?',
      ),
      findStream: prepare('SELECT id, version, state FROM stream WHERE tenant = ? AND name = ?'),
      addStream: prepare('INSERT INTO stream (tenant, name) VALUES (?, ?)'),
      saveStream: prepare('UPDATE stream SET version = ?, state = ? WHERE id = ?'),
      findType: prepare('SELECT id, topic FROM event_type WHERE name = ?'),
      addType: prepare('INSERT INTO event_type (name, topic) VALUES (?, ?)'),
      saveTopic: prepare('UPDATE event_type SET topic = ? WHERE id = ?'),
    }
  }

  tenant(name: string): TenantHead {
    const cached = this.#tenants.get(name)
    if (cached) return cached
    const row = this.#sql.findTenant.get(name) as TenantHead | undefined
    const head: TenantHead = row
      ? { ...row }
      : {
          id: Number(this.#sql.addTenant.run(name, zeroHash).lastInsertRowid),
          name,
          size: 0,
          hash: zeroHash,
          time: 0,
          position: 0,
        }
    this.#tenants.set(name, head)
    return head
  }

  stream(tenant: TenantHead, name: string): StreamHead | undefined {
    const key = `${tenant.id}\n${name}`
    const cached = this.#streams.get(key)
    if (cached) return cached
    const row = this.#sql.findStream.get(tenant.id, name) as
      | { id: number; version: number; state: number }
      | undefined
    if (!row) return undefined
    const state = streamStates[row.state] as StreamState
    return this.#keepStream(key, { id: row.id, name, version: row.version, state })
  }

  addStream(tenant: TenantHead, name: string): StreamHead {
    const id = Number(this.#sql.addStream.run(tenant.id, name).lastInsertRowid)
    return this.#keepStream(`${tenant.id}\n${name}`, { id, name, version: 0, state: 'open' })
  }

  /** The number of a type, whose topic is remembered anew where it has changed. */
  type(name: string, topic: string): number {
    const cached = this.#types.get(name)
    if (cached?.topic === topic) return cached.id
    const row = this.#sql.findType.get(name) as { id: number; topic: string } | undefined
    const id = row ? row.id : Number(this.#sql.addType.run(name, topic).lastInsertRowid)
    if (row && row.topic !== topic) this.#sql.saveTopic.run(topic, id)
    this.#types.set(name, { id, topic })
    return id
  }

  touch(tenant: TenantHead, stream: StreamHead): void {
    this.#dirtyTenants.add(tenant)
    this.#dirtyStreams.add(stream)
  }

  /** Writes what changed; once a transaction, however many events it has. */
  save(): void {
    for (const { id, size, hash, time, position } of this.#dirtyTenants)
      this.#sql.saveTenant.run(size, hash, time, position, id)
    for (const { id, version, state } of this.#dirtyStreams)
      this.#sql.saveStream.run(version, streamStates.indexOf(state), id)
    this.#dirtyTenants.clear()
    this.#dirtyStreams.clear()
    if (this.#streams.size > maxCachedStreams) this.#streams.clear()
  }

  forget(): void {
    this.#tenants.clear()
    this.#streams.clear()
    this.#types.clear()
    this.#dirtyTenants.clear()
    this.#dirtyStreams.clear()
  }

  #keepStream(key: string, head: StreamHead): StreamHead {
    this.#streams.set(key, head)
    return head
  }
}
