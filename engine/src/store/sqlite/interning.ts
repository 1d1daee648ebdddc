import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { zeroHash } from '../../proof/index.ts'

export interface TenantHead {
  readonly id: number
  size: number
  hash: string
  time: number
  position: number
  isDirty: boolean
}

export interface StreamHead {
  readonly id: number
  version: number
  isDirty: boolean
}

const maxCachedStreams = 50_000

/**
 * Heads of tenants and streams as the open transaction sees them, kept between transactions. `forget` drops them
 * all: after a rollback, and when another process has written.
 */
export class Heads {
  readonly #tenants = new Map<string, TenantHead>()
  readonly #streams = new Map<string, StreamHead>()
  readonly #types = new Map<string, number>()
  readonly #dirtyTenants: TenantHead[] = []
  readonly #dirtyStreams: StreamHead[] = []
  readonly #sql: Record<
    | 'findTenant'
    | 'addTenant'
    | 'saveTenant'
    | 'findStream'
    | 'addStream'
    | 'saveStream'
    | 'findType'
    | 'addType',
    StatementSync
  >

  constructor(database: DatabaseSync) {
    this.#sql = {
      findTenant: database.prepare(
        'SELECT id, size, head_hash AS hash, head_time AS time, head_position AS position FROM tenant WHERE name = ?',
      ),
      addTenant: database.prepare('INSERT INTO tenant (name, head_hash) VALUES (?, ?)'),
      saveTenant: database.prepare(
        'UPDATE tenant SET size = ?, head_hash = ?, head_time = ?, head_position = ? WHERE id = ?',
      ),
      findStream: database.prepare('SELECT id, version FROM stream WHERE tenant = ? AND name = ?'),
      addStream: database.prepare('INSERT INTO stream (tenant, name) VALUES (?, ?)'),
      saveStream: database.prepare('UPDATE stream SET version = ? WHERE id = ?'),
      findType: database.prepare('SELECT id FROM event_type WHERE name = ?'),
      addType: database.prepare('INSERT INTO event_type (name) VALUES (?)'),
    }
  }

  tenant(name: string): TenantHead {
    const cached = this.#tenants.get(name)
    if (cached) return cached
    const row = this.#sql.findTenant.get(name) as Omit<TenantHead, 'isDirty'> | undefined
    const head: TenantHead = row
      ? { id: row.id, size: row.size, hash: row.hash, time: row.time, position: row.position, isDirty: false }
      : {
          id: Number(this.#sql.addTenant.run(name, zeroHash).lastInsertRowid),
          size: 0,
          hash: zeroHash,
          time: 0,
          position: 0,
          isDirty: false,
        }
    this.#tenants.set(name, head)
    return head
  }

  /** The stream's head; undefined where it does not exist yet. */
  findStream(tenant: TenantHead, name: string): StreamHead | undefined {
    const key = `${tenant.id}\n${name}`
    const cached = this.#streams.get(key)
    if (cached) return cached
    const row = this.#sql.findStream.get(tenant.id, name) as { id: number; version: number } | undefined
    return row && this.#keepStream(key, { id: row.id, version: row.version, isDirty: false })
  }

  addStream(tenant: TenantHead, name: string): StreamHead {
    const id = Number(this.#sql.addStream.run(tenant.id, name).lastInsertRowid)
    return this.#keepStream(`${tenant.id}\n${name}`, { id, version: 0, isDirty: false })
  }

  type(name: string): number {
    const cached = this.#types.get(name)
    if (cached !== undefined) return cached
    const row = this.#sql.findType.get(name) as { id: number } | undefined
    const id = row ? row.id : Number(this.#sql.addType.run(name).lastInsertRowid)
    this.#types.set(name, id)
    return id
  }

  touch(tenant: TenantHead, stream: StreamHead): void {
    if (!tenant.isDirty) {
      tenant.isDirty = true
      this.#dirtyTenants.push(tenant)
    }
    if (!stream.isDirty) {
      stream.isDirty = true
      this.#dirtyStreams.push(stream)
    }
  }

  /** Writes what changed; once a transaction, however many events it has. */
  save(): void {
    for (const tenant of this.#dirtyTenants) {
      this.#sql.saveTenant.run(tenant.size, tenant.hash, tenant.time, tenant.position, tenant.id)
      tenant.isDirty = false
    }
    for (const stream of this.#dirtyStreams) {
      this.#sql.saveStream.run(stream.version, stream.id)
      stream.isDirty = false
    }
    this.#dirtyTenants.length = 0
    this.#dirtyStreams.length = 0
    if (this.#streams.size > maxCachedStreams) this.#streams.clear()
  }

  forget(): void {
    this.#tenants.clear()
    this.#streams.clear()
    this.#types.clear()
    this.#dirtyTenants.length = 0
    this.#dirtyStreams.length = 0
  }

  #keepStream(key: string, head: StreamHead): StreamHead {
    this.#streams.set(key, head)
    return head
  }
}
