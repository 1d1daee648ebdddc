import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventStore } from 'keelson'
import { createIdSource } from 'keelson'
import { openSqliteStore } from 'keelson/sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Directory } from './directory.ts'
import { permissionsOf, tenantRoles } from './role.ts'

let folder: string
let store: EventStore
let directory: Directory
const clock = { time: Date.parse('2026-06-01T00:00:00Z'), now: () => clock.time }
const open = () => Directory.open(store, clock, createIdSource(clock))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keelson-directory-'))
  store = await openSqliteStore({ path: join(folder, 'store.db'), durability: 'relaxed' })
  directory = await open()
})
afterAll(async () => {
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    error => (error as { code?: string }).code,
  )

/** Every byte of the database: its file and its log. */
const databaseBytes = () =>
  readdirSync(folder)
    .map(name => readFileSync(join(folder, name), 'latin1'))
    .join('\n')

describe('a first start', () => {
  const first = { tenantId: null, role: 'platform-admin', name: 'first' } as const

  it('is one until its keys are made', async () => {
    await directory.createTenant('acme', 'Acme Inc.')
    await directory.createKey('acme', 'reader', 'early')
    expect(await directory.isFirstStart()).toBe(true)
  })

  it('is completed by exactly one of those that try at once', async () => {
    const others = await Promise.all(Array.from({ length: 5 }, open))
    const made = await Promise.all([directory, ...others].map(one => one.completeFirstStart([first])))
    const [keys, ...none] = made.filter(keys => keys !== undefined)
    expect(none).toEqual([])
    expect(await directory.authenticate(keys?.[0]?.secret ?? '')).toEqual(keys?.[0]?.key)
    expect((await directory.listKeys(null)).map(({ name }) => name)).toEqual(['first'])
    expect(await directory.isFirstStart()).toBe(false)
  })
})

describe('tenants', () => {
  it('are listed and found, also by another directory on the same store', async () => {
    const other = await open()
    const made = await directory.createTenant('globex', 'Globex', true)
    expect(made).toEqual({
      id: 'globex',
      name: 'Globex',
      keepsUnknownTypes: true,
      createdAt: '2026-06-01T00:00:00.000Z',
    })
    expect(await other.tenant('globex')).toEqual(made)
    expect((await other.listTenants()).map(tenant => tenant.id)).toEqual(['acme', 'globex'])
    expect(await codeOf(other.tenant('../platform'))).toBe('tenant_unknown')
    expect([
      other.keepsUnknownTypes('globex'),
      other.keepsUnknownTypes('acme'),
      other.keepsUnknownTypes('none'),
    ]).toEqual([true, false, false])
  })

  it('are made once', async () => {
    expect(await codeOf(directory.createTenant('acme', 'Again'))).toBe('tenant_exists')
    expect((await directory.tenant('acme')).name).toBe('Acme Inc.')
    const other = await open()
    const both = [directory, other].map(one => codeOf(one.createTenant('race', one === other ? 'B' : 'A')))
    expect((await Promise.all(both)).toSorted()).toEqual(['done', 'tenant_exists'])
  })

  it('that are none are unknown', async () => {
    expect(await codeOf(directory.tenant('initech'))).toBe('tenant_unknown')
    expect(await codeOf(directory.tenant(''))).toBe('tenant_unknown')
  })

  it('are never the platform, nor an id that is none', async () => {
    for (const id of ['platform', 'Acme', 'a_b', '', 'every tenant', 'a'.repeat(65)])
      expect(await codeOf(directory.createTenant(id, 'x'))).toBe('request_invalid')
  })
})

describe('keys', () => {
  it('are found by their secret, with role and tenant', async () => {
    const { key, secret } = await directory.createKey('acme', 'writer', 'Ingest')
    expect(secret).toMatch(/^kl_[\w-]{43}$/)
    expect(await directory.authenticate(secret)).toEqual(key)
    expect(key).toEqual({
      id: expect.stringMatching(/^key-[0-9a-z]{26}$/),
      name: 'Ingest',
      prefix: secret.slice(0, 9),
      role: 'writer',
      tenantId: 'acme',
      createdAt: '2026-06-01T00:00:00.000Z',
      revokedAt: null,
    })
  })

  it('are each another', async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, () => directory.createKey('acme', 'reader', 'same')),
    )
    expect(new Set(made.map(({ secret }) => secret)).size).toBe(20)
    expect(new Set(made.map(({ key }) => key.id)).size).toBe(20)
  })

  it('are not found by anything else', async () => {
    const { secret } = await directory.createKey('acme', 'reader', 'exact')
    for (const wrong of ['', secret.slice(0, -1), `${secret}x`, secret.toUpperCase(), ` ${secret}`])
      expect(await directory.authenticate(wrong)).toBeUndefined()
  })

  it('are at rest only as a hash', async () => {
    const { secret, key } = await directory.createKey('acme', 'admin', 'at-rest-name')
    const bytes = databaseBytes()
    expect(bytes).toContain('at-rest-name')
    expect(bytes).toContain(key.prefix)
    for (const piece of [
      secret,
      secret.slice(9),
      secret.slice(9, 30),
      Buffer.from(secret.slice(3), 'base64url').toString('latin1'),
    ])
      expect(bytes).not.toContain(piece)
  })

  it('that are revoked are found no more, neither here nor by another directory once it looks again', async () => {
    const other = await open()
    const { key, secret } = await directory.createKey('acme', 'reader', 'short-lived')
    expect(await other.authenticate(secret)).toEqual(key)
    await directory.revokeKey('acme', key.id)
    expect(await directory.authenticate(secret)).toBeUndefined()
    clock.time += 5_000
    expect(await other.authenticate(secret)).toBeUndefined()
    const listed = (await directory.listKeys('acme')).find(one => one.id === key.id)
    expect(listed?.revokedAt).toBe('2026-06-01T00:00:00.000Z')
    await directory.revokeKey('acme', key.id)
    expect((await directory.listKeys('acme')).find(one => one.id === key.id)).toEqual(listed)
  })

  it('belong to one tenant, or to the platform', async () => {
    const { key } = await directory.createKey('acme', 'reader', 'of acme')
    const { key: own } = await directory.createKey(null, 'platform-admin', 'of the platform')
    expect(await codeOf(directory.revokeKey('globex', key.id))).toBe('not_found')
    expect(await codeOf(directory.revokeKey(null, key.id))).toBe('not_found')
    expect(await codeOf(directory.revokeKey('acme', own.id))).toBe('not_found')
    expect((await directory.listKeys('globex')).map(one => one.id)).toEqual([])
    expect((await directory.listKeys(null)).map(one => one.id)).toContain(own.id)
  })
})

describe('the bootstrap key', () => {
  const secret = 'chosen-by-the-operator'
  const bootstraps = async () => (await directory.listKeys(null)).filter(key => key.name === 'bootstrap')

  it("is a platform administrator's, made once, whole at rest only as a hash", async () => {
    await directory.ensureBootstrapKey(secret)
    await directory.ensureBootstrapKey(secret)
    expect(await bootstraps()).toHaveLength(1)
    expect(await directory.authenticate(secret)).toMatchObject({
      role: 'platform-admin',
      tenantId: null,
      prefix: '',
    })
    expect(databaseBytes()).not.toContain(secret)
  })

  it('stays revoked', async () => {
    const [key] = await bootstraps()
    await directory.revokeKey(null, key?.id ?? '')
    await directory.ensureBootstrapKey(secret)
    expect(await directory.authenticate(secret)).toBeUndefined()
    expect(await bootstraps()).toHaveLength(1)
  })

  it('is one that a header can carry', async () => {
    for (const wrong of [
      'too-short',
      'with a space in it',
      `${'x'.repeat(20)}\n`,
      'é'.repeat(20),
      'x'.repeat(513),
    ]) {
      const failure = await directory.ensureBootstrapKey(wrong).catch(error => error as Error)
      expect(failure).toMatchObject({ code: 'request_invalid' })
      expect((failure as Error).message).not.toContain(wrong)
    }
  })
})

describe('a tenant that is deleted', () => {
  it('is found no more, nor are its keys; its id is free once it is gone', async () => {
    const other = await open()
    await directory.createTenant('leaving', 'Leaving')
    const made = await Promise.all(
      Array.from({ length: 150 }, () => directory.createKey('leaving', 'admin', 'of leaving')),
    )
    const { secret } = made[0] as (typeof made)[number]
    expect(await other.authenticate(secret)).toMatchObject({ tenantId: 'leaving' })
    expect(await directory.closeTenant('leaving')).toBe(true)
    expect(await directory.authenticate(secret)).toBeUndefined()
    expect(await codeOf(directory.tenant('leaving'))).toBe('tenant_deleted')
    expect(await directory.listKeys('leaving')).toEqual([])
    expect(await codeOf(directory.createTenant('leaving', 'Too soon'))).toBe('tenant_exists')
    clock.time += 5_000
    expect(await other.authenticate(secret)).toBeUndefined()
    expect(await codeOf(other.tenant('leaving'))).toBe('tenant_deleted')
    expect(await directory.closeTenant('leaving')).toBe(true)
    await directory.removeTenant('leaving')
    expect(await codeOf(directory.tenant('leaving'))).toBe('tenant_unknown')
    expect(await directory.closeTenant('leaving')).toBe(false)
    await directory.createTenant('leaving', 'Another')
    expect(await directory.authenticate(secret)).toBeUndefined()
  })
})

describe('roles', () => {
  it('never give a tenant key the tenants', () => {
    for (const role of tenantRoles) expect(permissionsOf[role]).not.toContain('tenants:manage')
    expect(permissionsOf.reader.every(permission => permission.endsWith(':read'))).toBe(true)
    expect(permissionsOf.writer).toEqual(['events:write', 'schemas:read', 'schemas:write'])
  })
})
