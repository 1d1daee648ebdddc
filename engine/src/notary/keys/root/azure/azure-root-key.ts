import { randomFillSync } from 'node:crypto'
import type { RandomFill } from '../../../../core/index.ts'
import { KeelsonError } from '../../../../core/index.ts'
import { decrypt, encrypt, ivLength } from '../../aes-gcm.ts'
import type { RootKey } from '../../port.ts'
import { newSecret } from '../../tenant/tenant-keys.ts'
import { toKeyVaultError } from './key-vault-error.ts'

interface CallOptions {
  readonly abortSignal?: AbortSignal
}

/** What this adapter calls of a `KeyClient` of `@azure/keyvault-keys`, which the user makes and hands in. */
export interface AzureKeyClient {
  readonly vaultUrl: string
  getKey(
    name: string,
    options?: CallOptions,
  ): Promise<{ readonly properties: { readonly version?: string; readonly enabled?: boolean } }>
  getCryptographyClient(name: string, options?: { readonly keyVersion?: string }): AzureCryptographyClient
}

/** What it calls of a `CryptographyClient`. */
export interface AzureCryptographyClient {
  wrapKey(
    algorithm: 'RSA-OAEP-256',
    key: Uint8Array,
    options?: CallOptions,
  ): Promise<{ readonly result: Uint8Array }>
  unwrapKey(
    algorithm: 'RSA-OAEP-256',
    encryptedKey: Uint8Array,
    options?: CallOptions,
  ): Promise<{ readonly result: Uint8Array }>
}

export interface AzureRootKeyOptions {
  readonly client: AzureKeyClient
  /** Name of an RSA key of the vault with the operations get, wrapKey and unwrapKey. */
  readonly key: string
  /** Milliseconds for one call with all its tries; default 30,000. */
  readonly timeout?: number
  readonly random?: RandomFill
}

/** Clients of versions that are held; more than are in use at a time. */
const maxVersions = 16

/**
 * A root key in Azure Key Vault or a managed HSM: it never leaves it. A fresh AES key, wrapped by RSA-OAEP-256, wraps
 * each secret together with its context, which RSA knows nothing of. Rotate the key in the vault, then rewrap the root.
 *
 * @throws TypeError for a name that no key has.
 */
export function createAzureRootKey(options: AzureRootKeyOptions): RootKey {
  return new AzureRootKey(options)
}

class AzureRootKey implements RootKey {
  readonly name: string
  readonly #client: AzureKeyClient
  readonly #key: string
  readonly #timeout: number
  readonly #random: RandomFill
  readonly #versions = new Map<string, AzureCryptographyClient>()
  #newest: Promise<string> | undefined
  #isClosed = false

  constructor({ client, key, timeout = 30_000, random = randomFillSync }: AzureRootKeyOptions) {
    if (!/^[A-Za-z0-9-]{1,127}$/.test(key)) throw new TypeError('That is no name of a key of Azure Key Vault')
    this.#client = client
    this.#key = key
    this.#timeout = timeout
    this.#random = random
    this.name = `the key ${key} of ${client.vaultUrl}`
  }

  async wrap(secret: Uint8Array, context: string): Promise<string> {
    const version = await this.#newestVersion()
    const key = newSecret(this.#random)
    const iv = new Uint8Array(ivLength)
    this.#random(iv)
    const { result } = await this.#call('wraps', options =>
      this.#version(version).wrapKey('RSA-OAEP-256', key, options),
    )
    const sealed = encrypt(key, iv, aadOf(context), secret)
    key.fill(0)
    return `azure:${version}:${Buffer.from(result).toString('base64url')}.${sealed.toString('base64url')}`
  }

  async unwrap(wrapped: string, context: string): Promise<Uint8Array> {
    const { version, encryptedKey, sealed } = this.#parse(wrapped)
    const { result: key } = await this.#call('unwraps', options =>
      this.#version(version).unwrapKey('RSA-OAEP-256', encryptedKey, options),
    )
    const secret = key.length === 32 ? decrypt(key, aadOf(context), sealed) : undefined
    key.fill(0)
    if (!secret) throw this.#wrong('another key, or for another tenant')
    return secret
  }

  async isCurrent(wrapped: string): Promise<boolean> {
    return this.#parse(wrapped).version === (await this.#newestVersion())
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#versions.clear()
  }

  /** Asked each time, but once for those who ask together: after a rotation nothing may pass for current. */
  #newestVersion(): Promise<string> {
    this.#newest ??= this.#askVersion().finally(() => {
      this.#newest = undefined
    })
    return this.#newest
  }

  async #askVersion(): Promise<string> {
    const { properties } = await this.#call('reads', options => this.#client.getKey(this.#key, options))
    const { version = '' } = properties
    if (!versionPattern.test(version))
      throw new KeelsonError('key_ring_locked', `The vault names no version of ${this.name}`)
    return version
  }

  #version(version: string): AzureCryptographyClient {
    const known = this.#versions.get(version)
    if (known) return known
    const client = this.#client.getCryptographyClient(this.#key, { keyVersion: version })
    this.#versions.set(version, client)
    const [oldest] = this.#versions.keys()
    if (this.#versions.size > maxVersions && oldest !== undefined) this.#versions.delete(oldest)
    return client
  }

  async #call<Result>(doing: string, work: (options: CallOptions) => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw new KeelsonError('key_ring_locked', `The root key, ${this.name}, is closed`)
    try {
      return await work({ abortSignal: AbortSignal.timeout(this.#timeout) })
    } catch (error) {
      throw toKeyVaultError(error, doing, this.name)
    }
  }

  #parse(wrapped: string) {
    const [, version, key = '', sealed = ''] =
      /^azure:([A-Za-z0-9]{1,64}):([A-Za-z0-9_-]{1,1400})\.([A-Za-z0-9_-]{1,400})$/.exec(wrapped) ?? []
    if (version === undefined) throw this.#wrong('a root key of another kind')
    return {
      version,
      encryptedKey: Buffer.from(key, 'base64url'),
      sealed: Buffer.from(sealed, 'base64url'),
    }
  }

  #wrong(by: string): KeelsonError {
    return new KeelsonError('key_ring_wrong', `What ${this.name} is to open was wrapped by ${by}`)
  }
}

const versionPattern = /^[A-Za-z0-9]{1,64}$/

const aadOf = (context: string): string => `keelson/v1 root\n${context}`
