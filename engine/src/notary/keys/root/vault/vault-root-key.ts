import { hash } from 'node:crypto'
import { KeelsonError } from '../../../../core/index.ts'
import type { RootKey } from '../../port.ts'
import type { VaultAddress } from './vault-client.ts'
import { VaultClient } from './vault-client.ts'

export interface VaultRootKeyOptions extends VaultAddress {
  /** Name of a key of Vault's transit engine, of a type that encrypts; it must be there. */
  readonly key: string
  /** Where the engine is mounted; default `transit`. */
  readonly mount?: string
}

const digestLength = 32

/**
 * A root key in the transit engine of HashiCorp Vault (and OpenBao), over its HTTP API: it never leaves Vault. Rotate it
 * there (`vault write -f transit/keys/NAME/rotate`), then rewrap the root.
 *
 * @throws TypeError for an address, mount or name that cannot be used.
 */
export function createVaultRootKey(options: VaultRootKeyOptions): RootKey {
  return new VaultRootKey(options)
}

class VaultRootKey implements RootKey {
  readonly name: string
  readonly #client: VaultClient
  readonly #key: string
  readonly #mount: string
  #newest: Promise<number> | undefined
  #isThere = false
  #isClosed = false

  constructor({ key, mount = 'transit', ...address }: VaultRootKeyOptions) {
    if (!/^[\w.-]{1,200}$/.test(key) || /^\.+$/.test(key))
      throw new TypeError('That is no name of a key of Vault')
    if (!/^[\w-]+(?:\/[\w-]+)*$/.test(mount)) throw new TypeError('That is no mount of Vault')
    this.#client = new VaultClient(address)
    this.#key = key
    this.#mount = mount
    this.name = `the key ${mount}/${key} of Vault at ${this.#client.host}`
  }

  async wrap(secret: Uint8Array, context: string): Promise<string> {
    // To encrypt by a key that is not there makes it, where the token may: asked for first, it is missed.
    if (!this.#isThere) await this.#newestVersion()
    const plain = Buffer.concat([digestOf(context), secret])
    const { ciphertext } = await this.#do('encrypt', { plaintext: plain.toString('base64') }, context)
    plain.fill(0)
    if (typeof ciphertext !== 'string' || versionOf(ciphertext) === undefined) throw this.#odd()
    return ciphertext
  }

  async unwrap(wrapped: string, context: string): Promise<Uint8Array> {
    if (versionOf(wrapped) === undefined) throw this.#wrong('it was wrapped by a root key of another kind')
    const { plaintext } = await this.#do('decrypt', { ciphertext: wrapped }, context)
    if (typeof plaintext !== 'string') throw this.#odd()
    const plain = Buffer.from(plaintext, 'base64')
    try {
      // Versions of Vault that know no associated data leave it out in silence.
      if (!plain.subarray(0, digestLength).equals(digestOf(context)))
        throw this.#wrong('it is for another tenant')
      return Uint8Array.from(plain.subarray(digestLength))
    } finally {
      plain.fill(0)
    }
  }

  async isCurrent(wrapped: string): Promise<boolean> {
    const version = versionOf(wrapped)
    if (version === undefined) throw this.#wrong('it was wrapped by a root key of another kind')
    return version >= (await this.#newestVersion())
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  #do(verb: 'encrypt' | 'decrypt', body: object, context: string): Promise<Record<string, unknown>> {
    this.#refuseClosed()
    const associated = Buffer.from(context).toString('base64')
    return this.#client.call('POST', `${this.#mount}/${verb}/${this.#key}`, {
      ...body,
      associated_data: associated,
    })
  }

  /** Asked each time, but once for those who ask together: after a rotation nothing may pass for current. */
  #newestVersion(): Promise<number> {
    this.#refuseClosed()
    this.#newest ??= this.#askVersion().finally(() => {
      this.#newest = undefined
    })
    return this.#newest
  }

  async #askVersion(): Promise<number> {
    const { latest_version: version } = await this.#client.call('GET', `${this.#mount}/keys/${this.#key}`)
    if (typeof version !== 'number' || !Number.isSafeInteger(version)) throw this.#odd()
    this.#isThere = true
    return version
  }

  #refuseClosed(): void {
    if (this.#isClosed) throw new KeelsonError('key_ring_locked', `The root key, ${this.name}, is closed`)
  }

  #wrong(why: string): KeelsonError {
    return new KeelsonError('key_ring_wrong', `What is to be opened does not fit ${this.name}: ${why}`)
  }

  #odd(): KeelsonError {
    return new KeelsonError('key_ring_locked', `Vault does not answer as it should for ${this.name}`)
  }
}

function versionOf(wrapped: string): number | undefined {
  const version = /^vault:v([1-9]\d{0,8}):[A-Za-z0-9+/=]{1,1000}$/.exec(wrapped)?.[1]
  return version === undefined ? undefined : Number(version)
}

const digestOf = (context: string): Buffer => hash('sha256', `keelson/v1 root\n${context}`, 'buffer')
