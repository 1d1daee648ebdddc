import { hash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventStore } from 'keelson'
import { createIdSource, systemClock } from 'keelson'
import { openSqliteStore } from 'keelson/sqlite'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { Directory } from './directory.ts'

let folder: string
const stores: EventStore[] = []
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-take-over-'))
})
afterEach(() => Promise.all(stores.splice(0).map(store => store.close())))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function openStore(name: string): Promise<EventStore> {
  const store = await openSqliteStore({ path: join(folder, name), durability: 'relaxed' })
  stores.push(store)
  return store
}
const open = (store: EventStore) => Directory.open(store, systemClock, createIdSource())

/** The tables as version 0.1 made them. */
const tables = [
  `CREATE TABLE directory_tenant (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, keeps_unknown_types INTEGER NOT NULL, created_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE directory_key (
    id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, prefix TEXT NOT NULL, role TEXT NOT NULL,
    tenant TEXT REFERENCES directory_tenant (id), created_at TEXT NOT NULL, revoked_at TEXT
  ) STRICT, WITHOUT ROWID`,
]
const time = '2026-06-01T00:00:00.000Z'
const keyId = (letter: string): string => `key-${letter.repeat(26)}`
const rows = [
  `INSERT INTO directory_tenant VALUES ('acme', 'Acme Inc.', 1, '${time}'), ('globex', 'Globex', 0, '${time}')`,
  ...[
    ['a', 'secret-of-the-platform', 'platform-admin', 'NULL', 'NULL'],
    ['b', 'secret-of-acme', 'writer', "'acme'", 'NULL'],
    ['c', 'revoked-of-acme', 'reader', "'acme'", `'${time}'`],
  ].map(
    ([letter, secret, role, tenant, revoked]) =>
      `INSERT INTO directory_key VALUES ('${keyId(letter as string)}', '${hash('sha256', secret as string, 'hex')}',
       'key ${letter}', '', '${role}', ${tenant}, '${time}', ${revoked})`,
  ),
]

it('takes over the tables of version 0.1, once, also when two open at the same time', async () => {
  const store = await openStore('old.db')
  await store.define([...tables, ...rows])
  const other = await openStore('old.db')
  const [directory] = await Promise.all([open(store), open(other), open(store)])
  expect((await directory.listTenants()).map(({ id, keepsUnknownTypes }) => [id, keepsUnknownTypes])).toEqual(
    [
      ['acme', true],
      ['globex', false],
    ],
  )
  expect(await directory.authenticate('secret-of-the-platform')).toEqual({
    id: keyId('a'),
    name: 'key a',
    prefix: '',
    role: 'platform-admin',
    tenantId: null,
    createdAt: time,
    revokedAt: null,
  })
  expect(await directory.authenticate('secret-of-acme')).toMatchObject({ tenantId: 'acme', role: 'writer' })
  expect(await directory.authenticate('revoked-of-acme')).toBeUndefined()
  expect((await directory.listKeys('acme')).map(({ id, revokedAt }) => [id, revokedAt])).toEqual([
    [keyId('b'), null],
    [keyId('c'), time],
  ])
  expect(await directory.isFirstStart()).toBe(false)
  const left = await store.query(
    { tenantId: 'platform' },
    "SELECT name FROM sqlite_master WHERE name LIKE 'directory%'",
    [],
  )
  expect(left).toEqual([])
  await directory.revokeKey('acme', keyId('b'))
  expect(await (await open(other)).authenticate('secret-of-acme')).toBeUndefined()
})

it('lets a first start that broke off before its keys be a first one again', async () => {
  const store = await openStore('broken-off.db')
  await store.define([...tables, rows[0] as string])
  const directory = await open(store)
  expect(await directory.isFirstStart()).toBe(true)
  expect(await directory.listTenants()).toHaveLength(2)
})
