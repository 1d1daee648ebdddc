import { hash, randomBytes } from 'node:crypto'
import type { Clock, EventStore, IdSource } from 'keelson'
import { KeelsonError, platformTenant, tenantIdPattern } from 'keelson'
import type { Role } from './role.ts'

export interface Tenant {
  readonly id: string
  readonly name: string
  /** Whether events of types that are not in the catalogue are kept; refused otherwise. */
  readonly keepsUnknownTypes: boolean
  readonly createdAt: string
}

/** An API key without its secret. `tenantId` is null for keys of the platform. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  /** First characters of the secret, to tell keys apart. */
  readonly prefix: string
  readonly role: Role
  readonly tenantId: string | null
  readonly createdAt: string
  readonly revokedAt: string | null
}

const schema = [
  `CREATE TABLE IF NOT EXISTS directory_tenant (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    keeps_unknown_types INTEGER NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS directory_key (
    id TEXT PRIMARY KEY,
    -- SHA-256 of the secret, which is random enough that a slow hash would add nothing.
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    role TEXT NOT NULL,
    tenant TEXT REFERENCES directory_tenant (id),
    created_at TEXT NOT NULL,
    revoked_at TEXT
  ) STRICT, WITHOUT ROWID`,
]

const keyColumns = 'id, name, prefix, role, tenant, created_at, revoked_at'
/** A key revoked by another process is honoured this much longer, in milliseconds. */
const cacheTime = 5_000
const maxCached = 10_000

/** Tenants and API keys, kept in the store's own database. */
export class Directory {
  readonly #store: EventStore
  readonly #clock: Clock
  readonly #ids: IdSource
  readonly #tenants = new Map<string, Tenant>()
  readonly #keys = new Map<string, { key: ApiKey; until: number }>()
  #revocations = 0

  private constructor(store: EventStore, clock: Clock, ids: IdSource) {
    this.#store = store
    this.#clock = clock
    this.#ids = ids
  }

  static async open(store: EventStore, clock: Clock, ids: IdSource): Promise<Directory> {
    await store.commit({ statements: schema.map(sql => ({ sql, params: [] })) })
    const directory = new Directory(store, clock, ids)
    await directory.listTenants()
    return directory
  }

  /** Whether nothing was ever made here: the first start. */
  async isEmpty(): Promise<boolean> {
    return (await this.#store.query('SELECT 1 FROM directory_key LIMIT 1', [])).length === 0
  }

  async listTenants(): Promise<readonly Tenant[]> {
    const rows = await this.#store.query(
      'SELECT id, name, keeps_unknown_types, created_at FROM directory_tenant ORDER BY id',
      [],
    )
    const tenants = rows.map(row => ({
      id: String(row[0]),
      name: String(row[1]),
      keepsUnknownTypes: row[2] === 1,
      createdAt: String(row[3]),
    }))
    for (const tenant of tenants) this.#tenants.set(tenant.id, tenant)
    return tenants
  }

  /** @throws KeelsonError `tenant_unknown`. */
  async tenant(id: string): Promise<Tenant> {
    const known = this.#tenants.get(id)
    if (known) return known
    // Another process may have made it.
    await this.listTenants()
    const found = this.#tenants.get(id)
    if (!found) throw new KeelsonError('tenant_unknown', `There is no tenant "${id.slice(0, 64)}"`)
    return found
  }

  /** As last read: for calls that cannot wait. */
  keepsUnknownTypes(tenantId: string): boolean {
    return this.#tenants.get(tenantId)?.keepsUnknownTypes ?? false
  }

  /** @throws KeelsonError `request_invalid`, `tenant_exists`. */
  async createTenant(id: string, name: string, keepsUnknownTypes = false): Promise<Tenant> {
    if (!tenantIdPattern.test(id) || id === platformTenant) {
      throw new KeelsonError('request_invalid', 'A tenant id is 1 to 64 of a-z 0-9 - and not "platform"', {
        faults: [{ pointer: '/id', message: 'must be 1 to 64 of a-z 0-9 -, not "platform"' }],
      })
    }
    if (await this.#hasTenant(id)) throw tenantExists(id)
    const tenant: Tenant = { id, name, keepsUnknownTypes, createdAt: this.#now() }
    try {
      await this.#store.commit({
        statements: [
          {
            sql: 'INSERT INTO directory_tenant (id, name, keeps_unknown_types, created_at) VALUES (?, ?, ?, ?)',
            params: [id, name, keepsUnknownTypes ? 1 : 0, tenant.createdAt],
          },
        ],
      })
    } catch (error) {
      // Somebody else may have made it in the meantime.
      throw (await this.#hasTenant(id)) ? tenantExists(id) : error
    }
    this.#tenants.set(id, tenant)
    return tenant
  }

  /** Makes a key; its secret is given this once and kept only as a hash. */
  async createKey(
    tenantId: string | null,
    role: Role,
    name: string,
  ): Promise<{ key: ApiKey; secret: string }> {
    const secret = `kl_${randomBytes(32).toString('base64url')}`
    return { key: await this.#addKey(secret, tenantId, role, name), secret }
  }

  /** Lets a secret that the operator chose be a platform administrator's; does nothing where it is known. */
  async ensureBootstrapKey(secret: string): Promise<void> {
    // What a header cannot carry would be a key that nobody can use.
    if (!/^[\x21-\x7e]{16,512}$/.test(secret)) {
      throw new KeelsonError(
        'request_invalid',
        'The bootstrap key is not 16 to 512 visible ASCII characters without spaces',
      )
    }
    const known = await this.#store.query('SELECT 1 FROM directory_key WHERE hash = ?', [digest(secret)])
    if (known.length === 0) await this.#addKey(secret, null, 'platform-admin', 'bootstrap')
  }

  async listKeys(tenantId: string | null): Promise<readonly ApiKey[]> {
    const where = tenantId === null ? 'tenant IS NULL' : 'tenant = ?'
    const rows = await this.#store.query(
      `SELECT ${keyColumns} FROM directory_key WHERE ${where} ORDER BY id`,
      tenantId === null ? [] : [tenantId],
    )
    return rows.map(toKey)
  }

  /** @throws KeelsonError `not_found` where the tenant has no such key. */
  async revokeKey(tenantId: string | null, id: string): Promise<void> {
    const key = (await this.listKeys(tenantId)).find(candidate => candidate.id === id)
    if (!key) throw new KeelsonError('not_found', 'There is no such key')
    await this.#store.commit({
      statements: [
        {
          sql: 'UPDATE directory_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL',
          params: [this.#now(), id],
        },
      ],
    })
    this.#revocations += 1
    this.#keys.clear()
  }

  /** The key of a secret; undefined where there is none or it is revoked. */
  async authenticate(secret: string): Promise<ApiKey | undefined> {
    const hashed = digest(secret)
    const revocations = this.#revocations
    const cached = this.#keys.get(hashed)
    if (cached && cached.until > this.#clock.now()) return cached.key
    const [row] = await this.#store.query(
      `SELECT ${keyColumns} FROM directory_key WHERE hash = ? AND revoked_at IS NULL`,
      [hashed],
    )
    if (!row) {
      this.#keys.delete(hashed)
      return undefined
    }
    const key = toKey(row)
    if (this.#keys.size >= maxCached) this.#keys.clear()
    // A key that was revoked while it was being looked up must not come back into the cache.
    if (revocations === this.#revocations)
      this.#keys.set(hashed, { key, until: this.#clock.now() + cacheTime })
    return key
  }

  async #hasTenant(id: string): Promise<boolean> {
    return (await this.listTenants()).some(tenant => tenant.id === id)
  }

  async #addKey(secret: string, tenantId: string | null, role: Role, name: string): Promise<ApiKey> {
    const key: ApiKey = {
      id: `key-${this.#ids.ulid().toLowerCase()}`,
      name,
      prefix: secret.startsWith('kl_') ? secret.slice(0, 9) : '',
      role,
      tenantId,
      createdAt: this.#now(),
      revokedAt: null,
    }
    await this.#store.commit({
      statements: [
        {
          sql: 'INSERT INTO directory_key (id, hash, name, prefix, role, tenant, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
          params: [key.id, digest(secret), name, key.prefix, role, tenantId, key.createdAt],
        },
      ],
    })
    return key
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString()
  }
}

function toKey(row: readonly unknown[]): ApiKey {
  const [id, name, prefix, role, tenant, createdAt, revokedAt] = row
  return {
    id: String(id),
    name: String(name),
    prefix: String(prefix),
    role: role as Role,
    tenantId: tenant === null ? null : String(tenant),
    createdAt: String(createdAt),
    revokedAt: revokedAt === null ? null : String(revokedAt),
  }
}

const tenantExists = (id: string): KeelsonError =>
  new KeelsonError('tenant_exists', `There is a tenant "${id}" already`)

const digest = (secret: string): string => hash('sha256', secret, 'hex')
