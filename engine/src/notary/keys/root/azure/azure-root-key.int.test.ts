import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { keyClientFor } from '../../../../../test-support/key-vault/key-client.ts'
import { openKeyVault } from '../../../../../test-support/key-vault/stand-in.ts'
import { rootKeyContract } from '../root-key-contract.ts'
import { createAzureRootKey } from './azure-root-key.ts'
import { toKeyVaultError } from './key-vault-error.ts'

describe('the promises of root keys, by Azure Key Vault', () => {
  test.each(rootKeyContract)('$name', async one => {
    await using vault = await openKeyVault()
    vault.createKey('keelson')
    using clients = new DisposableStack()
    const open = async (key = 'keelson') => {
      const { client, close } = keyClientFor(vault)
      clients.defer(close)
      return createAzureRootKey({ client, key })
    }
    await one.run({
      open: () => open(),
      openOther: () => {
        vault.createKey('other')
        return open('other')
      },
      rotate: async () => vault.rotate('keelson'),
      lock: async () => {
        vault.isDown = true
      },
      unlock: async () => {
        vault.isDown = false
      },
      deny: async () => {
        vault.isDenied = true
      },
      lose: async () => vault.deleteKey('keelson'),
      secrets: [vault.token],
    })
  })
})

describe('a root key in Azure Key Vault', () => {
  test('is used by its version, after the challenge of the vault', async () => {
    await using vault = await openKeyVault()
    vault.createKey('keelson')
    const { client, close } = keyClientFor(vault)
    const key = createAzureRootKey({ client, key: 'keelson' })
    const wrapped = await key.wrap(randomBytes(32), 'acme')
    const version = wrapped.split(':')[1]
    await key.unwrap(wrapped, 'acme')
    expect(vault.challenges).toBe(1)
    expect(vault.calls.filter(call => call.startsWith('POST'))).toEqual([
      `POST /keys/keelson/${version}/wrapkey`,
      `POST /keys/keelson/${version}/unwrapkey`,
    ])
    close()
  })

  test('is locked where the vault does not answer in time', async () => {
    await using vault = await openKeyVault()
    vault.createKey('keelson')
    const { client, close } = keyClientFor(vault)
    const hasty = createAzureRootKey({ client, key: 'keelson', timeout: 0 })
    await expect(hasty.wrap(randomBytes(32), 'acme')).rejects.toMatchObject({ code: 'key_ring_locked' })
    close()
  })

  test.each([
    [Object.assign(new Error('secret'), { name: 'CredentialUnavailableError' }), 'key_ring_denied'],
    [Object.assign(new Error('secret'), { name: 'AuthenticationError', statusCode: 400 }), 'key_ring_denied'],
    [new Error('Key https://a/keys/b/c expired at 2026-01-01T00:00:00.000Z'), 'key_ring_denied'],
    [Object.assign(new Error('secret'), { name: 'RestError', code: 'ENOTFOUND' }), 'key_ring_locked'],
    [Object.assign(new Error('secret'), { name: 'RestError', statusCode: 429 }), 'key_ring_locked'],
    [
      Object.assign(new Error('secret'), { name: 'RestError', statusCode: 404, code: 'KeyNotFound' }),
      'key_ring_lost',
    ],
    [new Error('secret'), 'key_ring_locked'],
    ['secret', 'key_ring_locked'],
    [undefined, 'key_ring_locked'],
  ] as const)('names what an error means: %s', (error, code) => {
    const told = toKeyVaultError(error, 'wraps', 'the key')
    expect(told.code).toBe(code)
    expect(JSON.stringify([told.message, told.details, told.cause])).not.toContain('secret')
  })

  test('is refused by a name that no key has', async () => {
    await using vault = await openKeyVault()
    const { client, close } = keyClientFor(vault)
    for (const key of ['', 'a/b', 'a b', '../certificates/x'])
      expect(() => createAzureRootKey({ client, key })).toThrow(TypeError)
    close()
  })
})
