import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openVault } from '../../../../../test-support/vault/stand-in.ts'
import { createMemoryStore } from '../../../../store/memory/index.ts'
import { openKeyRing } from '../../key-ring.ts'
import { rootKeyContract } from '../root-key-contract.ts'
import { createVaultRootKey } from './vault-root-key.ts'

describe('the promises of root keys, by Vault', () => {
  test.each(rootKeyContract)('$name', async one => {
    await using vault = await openVault()
    for (const name of ['keelson', 'other']) vault.createKey(name)
    const open = async (key = 'keelson') =>
      createVaultRootKey({ address: vault.address, token: vault.token, key })
    await one.run({
      open: () => open(),
      openOther: () => open('other'),
      rotate: async () => vault.rotate('keelson'),
      lock: async () => {
        vault.isSealed = true
      },
      unlock: async () => {
        vault.isSealed = false
      },
      deny: async () => {
        vault.isDenied = true
      },
      lose: async () => vault.deleteKey('keelson'),
      secrets: [vault.token],
    })
  })
})

describe('a root key in Vault', () => {
  test('is not made by wrapping where it is not there', async () => {
    await using vault = await openVault()
    const key = createVaultRootKey({ address: vault.address, token: vault.token, key: 'keelson' })
    await expect(key.wrap(randomBytes(32), 'acme')).rejects.toMatchObject({ code: 'key_ring_lost' })
    expect(vault.calls.map(({ path }) => path)).toEqual(['/v1/transit/keys/keelson'])
  })

  test('holds for one tenant also where Vault knows no associated data', async () => {
    await using vault = await openVault()
    vault.createKey('keelson')
    vault.knowsNoAssociatedData = true
    const key = createVaultRootKey({ address: vault.address, token: vault.token, key: 'keelson' })
    const wrapped = await key.wrap(Buffer.alloc(32, 7), 'acme')
    expect(Buffer.from(await key.unwrap(wrapped, 'acme'))).toEqual(Buffer.alloc(32, 7))
    await expect(key.unwrap(wrapped, 'acme-2')).rejects.toMatchObject({ code: 'key_ring_wrong' })
  })

  test('sends its namespace, and the token of the moment', async () => {
    await using vault = await openVault({ namespace: 'team/a' })
    vault.createKey('keelson')
    const tokens = ['stale', `${vault.token}\n`]
    const key = createVaultRootKey({
      address: `${vault.address}/`,
      namespace: 'team/a',
      token: () => tokens.shift() ?? vault.token,
      key: 'keelson',
    })
    await expect(key.wrap(randomBytes(32), 'acme')).rejects.toMatchObject({ code: 'key_ring_denied' })
    expect(await key.wrap(randomBytes(32), 'acme')).toMatch(/^vault:v1:/)
    const other = createVaultRootKey({ address: vault.address, token: vault.token, key: 'keelson' })
    await expect(other.wrap(randomBytes(32), 'acme')).rejects.toMatchObject({ code: 'key_ring_lost' })
  })

  test('says so where a version is not allowed any more', async () => {
    await using vault = await openVault()
    vault.createKey('keelson')
    const key = createVaultRootKey({ address: vault.address, token: vault.token, key: 'keelson' })
    const wrapped = await key.wrap(randomBytes(32), 'acme')
    vault.rotate('keelson')
    vault.setMinDecryptionVersion('keelson', 2)
    await expect(key.unwrap(wrapped, 'acme')).rejects.toThrow(/disallowed by policy/)
  })

  test.each([
    ['an error of the server', { status: 500, text: '{"errors":["internal"]}' }, /500: internal/],
    ['too many calls', { status: 429, text: '' }, /429/],
    ['a page instead of JSON', { status: 200, text: '<html>' }, /no data/],
    ['an answer without end', { status: 200, text: 'x'.repeat(300_000) }, /too long/],
    ['another address', { status: 307, text: '', location: 'http://127.0.0.1:1/' }, /not followed/],
  ])('is locked by %s', async (_, answer, words) => {
    await using vault = await openVault()
    vault.createKey('keelson')
    const key = createVaultRootKey({ address: vault.address, token: vault.token, key: 'keelson' })
    vault.answer = answer
    const failure = await key.wrap(randomBytes(32), 'acme').catch((error: Error) => error)
    expect(failure).toMatchObject({ code: 'key_ring_locked', message: expect.stringMatching(words) })
    expect(vault.calls).toHaveLength(1)
  })

  test('is locked where nobody answers, in time', async () => {
    await using vault = await openVault()
    vault.isSilent = true
    const { address, token } = vault
    const slow = createVaultRootKey({ address, token, key: 'keelson', timeout: 50 })
    await expect(slow.wrap(randomBytes(32), 'acme')).rejects.toThrow(/in time/)
    const nobody = createVaultRootKey({ address: 'http://127.0.0.1:1', token, key: 'keelson' })
    await expect(nobody.wrap(randomBytes(32), 'acme')).rejects.toMatchObject({ code: 'key_ring_locked' })
  })

  test('never sends a token that is none, and shows it in no error', async () => {
    await using vault = await openVault()
    for (const token of ['', 'with\nline', 'täglich', 'x'.repeat(9_000)]) {
      const key = createVaultRootKey({ address: vault.address, token, key: 'keelson' })
      const failure = (await key.wrap(randomBytes(32), 'acme').catch(error => error)) as Error
      expect(failure).toMatchObject({ code: 'key_ring_denied' })
      if (token !== '') expect(failure.message).not.toContain(token)
    }
    expect(vault.calls).toEqual([])
  })

  test('is refused at an address where the token could be read, and by a name that leads elsewhere', () => {
    const create = (own: object) => () =>
      createVaultRootKey({ address: 'https://vault.example.com', token: 't', key: 'keelson', ...own })
    expect(create({})).not.toThrow()
    expect(create({ address: 'http://vault.example.com', isPlainAllowed: true })).not.toThrow()
    for (const own of [
      { address: 'http://vault.example.com' },
      { address: 'ftp://vault.example.com' },
      { address: 'https://user:word@vault.example.com' },
      { key: '../sys/seal' },
      { key: '..' },
      { key: '' },
      { mount: 'transit/../sys' },
    ])
      expect(create(own), JSON.stringify(own)).toThrow(TypeError)
  })
})

test('a key ring writes nothing that it could not read while Vault is sealed, and goes on when it is not', async () => {
  await using vault = await openVault()
  vault.createKey('keelson')
  const store = createMemoryStore()
  const open = () => {
    const root = createVaultRootKey({ address: vault.address, token: vault.token, key: 'keelson' })
    return openKeyRing(store, root, { logName: 'audit.example.com' })
  }
  const ring = await open()
  const wanted = [{ subject: 'ann', month: '2026-11' }]
  const [known] = await ring.dataKeys('acme', wanted)
  vault.isSealed = true
  expect(await ring.dataKeys('acme', wanted)).toEqual([known])
  await expect(ring.dataKeys('other', wanted)).rejects.toMatchObject({ code: 'key_ring_locked' })
  await expect(ring.check('acme')).rejects.toMatchObject({ code: 'key_ring_locked' })
  await expect(ring.rotateTenantKey('acme')).rejects.toMatchObject({ code: 'key_ring_locked' })
  await expect(open()).rejects.toMatchObject({ code: 'key_ring_locked' })
  expect(await store.documents({ tenantId: 'other' }, 'tenant-key')).toEqual([])
  vault.isSealed = false
  vault.rotate('keelson')
  expect(await ring.rewrapRoot()).toEqual({ rewrapped: 1 })
  vault.setMinDecryptionVersion('keelson', 2)
  await ring.check('acme')
  expect(await (await open()).dataKeys('acme', wanted)).toEqual([known])
  await ring.rotateTenantKey('acme')
  expect(await (await open()).dataKeys('acme', wanted)).toEqual([known])
  vault.deleteKey('keelson')
  await expect(open()).rejects.toMatchObject({ code: 'key_ring_lost' })
})
