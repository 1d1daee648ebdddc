import type { EventStore } from 'keelson'
import { createIdSource } from 'keelson'
import { createMemoryStore } from 'keelson/memory'
import { expect, test } from 'vitest'
import { Directory } from './directory.ts'

/** A directory of which one read of a collection can be held, after the store was asked. */
async function setUp() {
  const clock = { time: Date.parse('2026-06-01T00:00:00Z'), now: () => clock.time }
  const store = createMemoryStore()
  let held: { collection: string; begun: () => void; end: Promise<void> } | undefined
  const document: EventStore['document'] = async (tenantId, collection, id) => {
    const found = await store.document(tenantId, collection, id)
    const mine = held?.collection === collection ? held : undefined
    if (mine === undefined) return found
    held = undefined
    mine.begun()
    await mine.end
    return found
  }
  const slow = new Proxy(store, {
    get: (target, name) => {
      const value: unknown = name === 'document' ? document : Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const hold = (collection: string) => {
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    held = { collection, begun: begun.resolve, end: end.promise }
    return { begun: begun.promise, letGo: end.resolve }
  }
  const open = (on: EventStore) => Directory.open(on, clock, createIdSource(clock))
  const [directory, other] = [await open(slow), await open(store)]
  await directory.createTenant('acme', 'Acme Inc.')
  const { key, secret } = await other.createKey('acme', 'reader', 'a key')
  return { clock, directory, other, key, secret, hold }
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    error => (error as { code?: string }).code,
  )

test('a key that is revoked while it is looked up is not let in', async () => {
  const { directory, key, secret, hold } = await setUp()
  const look = hold('directory-key')
  const early = directory.authenticate(secret)
  await look.begun
  await directory.revokeKey('acme', key.id)
  look.letGo()
  expect(await early).toBeUndefined()
  expect(await directory.authenticate(secret)).toBeUndefined()
})

test('a key that another process revokes while it is looked up is let in for five seconds after the look began', async () => {
  const { clock, directory, other, key, secret, hold } = await setUp()
  const look = hold('directory-key')
  const early = directory.authenticate(secret)
  await look.begun
  await other.revokeKey('acme', key.id)
  clock.time += 4_000
  look.letGo()
  expect(await early).toEqual(key)
  expect(await directory.authenticate(secret)).toEqual(key)
  clock.time += 1_000
  expect(await directory.authenticate(secret)).toBeUndefined()
})

test('a clock that is set back does not make a revoked key last', async () => {
  const { clock, directory, other, key, secret } = await setUp()
  expect(await directory.authenticate(secret)).toEqual(key)
  await other.revokeKey('acme', key.id)
  clock.time -= 3_600_000
  expect(await directory.authenticate(secret)).toBeUndefined()
})

test('a tenant that is closed while it is looked up is not found', async () => {
  const { clock, directory, hold } = await setUp()
  clock.time += 5_000
  const look = hold('directory-tenant')
  const early = codeOf(directory.tenant('acme'))
  await look.begun
  await directory.closeTenant('acme')
  look.letGo()
  expect(await early).toBe('tenant_deleted')
  expect(await codeOf(directory.tenant('acme'))).toBe('tenant_deleted')
})

test('a tenant that another process closes while it is looked up is found for five seconds after the look began', async () => {
  const { clock, directory, other, hold } = await setUp()
  clock.time += 5_000
  const look = hold('directory-tenant')
  const early = codeOf(directory.tenant('acme'))
  await look.begun
  await other.closeTenant('acme')
  clock.time += 4_000
  look.letGo()
  expect(await early).toBe('done')
  clock.time += 1_000
  expect(await codeOf(directory.tenant('acme'))).toBe('tenant_deleted')
})
