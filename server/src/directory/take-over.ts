import type { DocumentChange, EventStore, SqlValue } from 'keelson'
import { scope } from './document.ts'
import type { ApiKey } from './key.ts'
import { toDocuments } from './key.ts'
import type { Role } from './role.ts'
import type { Tenant } from './tenant.ts'
import { toDocument } from './tenant.ts'

/** The mark that the first start has happened. */
export const firstStartMark = { ...scope, collection: 'directory', id: 'first-start' } as const

/**
 * Takes over what version 0.1 kept in tables of its own, on SQLite only: tenants and keys become documents, and the
 * tables go, all in one transaction.
 */
export async function takeOverTables(store: EventStore): Promise<void> {
  if (store.capabilities.sql !== 'sqlite' || !(await hasTables(store))) return
  try {
    await takeOver(store)
  } catch (error) {
    // Another process that started at the same moment may have been faster.
    if (await hasTables(store)) throw error
  }
}

async function takeOver(store: EventStore): Promise<void> {
  const tenantColumns = 'id, name, keeps_unknown_types, created_at'
  const keyColumns = 'hash, id, name, prefix, role, tenant, created_at, revoked_at'
  const [tenants, keys] = await Promise.all([
    store.query(scope, `SELECT ${tenantColumns} FROM directory_tenant`, []),
    store.query(scope, `SELECT ${keyColumns} FROM directory_key`, []),
  ])
  const documents: DocumentChange[] = [
    ...tenants.map(row => ({ ...toDocument(toTenant(row)), expected: 0 })),
    ...keys.flatMap(row => toDocuments(toKey(row), String(row[0]))),
  ]
  if (keys.length > 0) documents.push({ ...firstStartMark, value: {}, expected: 0 })
  const tables = ['directory_key', 'directory_tenant']
  const statements = tables.map(table => ({ sql: `DROP TABLE ${table}`, params: [] }))
  await store.commit({ scope, documents, statements })
}

async function hasTables(store: EventStore): Promise<boolean> {
  const sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'directory_key'"
  return (await store.query(scope, sql, [])).length > 0
}

const toTenant = (row: readonly SqlValue[]): Tenant => ({
  id: String(row[0]),
  name: String(row[1]),
  keepsUnknownTypes: row[2] === 1,
  createdAt: String(row[3]),
})

const toKey = (row: readonly SqlValue[]): ApiKey => ({
  id: String(row[1]),
  name: String(row[2]),
  prefix: String(row[3]),
  role: row[4] as Role,
  tenantId: row[5] === null ? null : String(row[5]),
  createdAt: String(row[6]),
  revokedAt: row[7] === null ? null : String(row[7]),
})
