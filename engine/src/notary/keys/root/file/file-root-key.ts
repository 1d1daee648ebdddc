import { hash, randomFillSync } from 'node:crypto'
import type { RandomFill } from '../../../../core/index.ts'
import { KeelsonError } from '../../../../core/index.ts'
import { decrypt, encrypt, ivLength } from '../../aes-gcm.ts'
import type { RootKey } from '../../port.ts'
import { createKeyFile, parseKeys, readKeyFile } from './key-file.ts'

export interface FileRootKeyOptions {
  readonly path: string
  /** Makes the file where there is none; to be true only where the store has no keys yet (`hasKeys`). */
  readonly create: boolean
  /** Allows a file that others than its owner can read, as mounted secrets are; default false. */
  readonly isShared?: boolean
  readonly random?: RandomFill
}

/**
 * A root key in a file of its owner: the first of its keys wraps, all of them unwrap. A file that was changed since is
 * read again when a text is by a key that is not known.
 *
 * @throws KeelsonError `key_ring_lost`, `key_file_exposed`, `key_file_invalid`, `key_ring_locked`.
 */
export async function openFileRootKey(options: FileRootKeyOptions): Promise<RootKey> {
  const { path, create, isShared = false, random = randomFillSync } = options
  const read = () => readKeyFile(path, isShared)
  const isLost = (error: unknown) => error instanceof KeelsonError && error.code === 'key_ring_lost'
  const keys = await read().catch(async error => {
    if (!create || !isLost(error)) throw error
    await createKeyFile(path, random)
    return read()
  })
  return new AesRootKey(`the key file ${path}`, keys, random, read)
}

/** A root key from a text that the caller has, such as one of the environment: keys as in a file. */
export function createTextRootKey(text: string, random: RandomFill = randomFillSync): RootKey {
  return new AesRootKey('the key given', parseKeys(text, 'The key given'), random, undefined)
}

/** Wraps as `aes:<id of the key>:<base64url of iv ‖ ciphertext ‖ tag>`. */
class AesRootKey implements RootKey {
  readonly name: string
  readonly #random: RandomFill
  readonly #read: (() => Promise<readonly Uint8Array[]>) | undefined
  /** By id; the newest first. */
  #keys: ReadonlyMap<string, Uint8Array>

  constructor(
    name: string,
    keys: readonly Uint8Array[],
    random: RandomFill,
    read: (() => Promise<readonly Uint8Array[]>) | undefined,
  ) {
    this.name = name
    this.#random = random
    this.#read = read
    this.#keys = byId(keys)
  }

  async wrap(secret: Uint8Array, context: string): Promise<string> {
    this.#refuseClosed()
    // The file may have a newer key by now, and the one held here may be about to go; tenants get keys seldom.
    const [id, key] = [...(await this.#readAgain())][0] as [string, Uint8Array]
    const iv = new Uint8Array(ivLength)
    this.#random(iv)
    return `aes:${id}:${encrypt(key, iv, aadOf(context), secret).toString('base64url')}`
  }

  async unwrap(wrapped: string, context: string): Promise<Uint8Array> {
    this.#refuseClosed()
    const { id, sealed } = this.#parse(wrapped)
    const key = this.#keys.get(id) ?? (await this.#readAgain()).get(id)
    if (!key) throw this.#wrong(`the key with the id ${id}, which is not in ${this.name}`)
    const secret = decrypt(key, aadOf(context), sealed)
    if (!secret) throw this.#wrong(`another key than ${this.name}, or for another tenant`)
    return secret
  }

  async isCurrent(wrapped: string): Promise<boolean> {
    const [newest] = this.#keys.keys()
    return this.#parse(wrapped).id === newest
  }

  async close(): Promise<void> {
    for (const key of this.#keys.values()) key.fill(0)
    this.#keys = new Map()
  }

  async #readAgain(): Promise<ReadonlyMap<string, Uint8Array>> {
    if (!this.#read) return this.#keys
    const keys = byId(await this.#read())
    this.#refuseClosed()
    for (const key of this.#keys.values()) key.fill(0)
    this.#keys = keys
    return keys
  }

  #refuseClosed(): void {
    if (this.#keys.size === 0)
      throw new KeelsonError('key_ring_locked', `The root key, ${this.name}, is closed`)
  }

  #parse(wrapped: string): { readonly id: string; readonly sealed: Uint8Array } {
    const [, id, text] = /^aes:([0-9a-f]{16}):([A-Za-z0-9_-]{1,400})$/.exec(wrapped) ?? []
    if (id === undefined || text === undefined)
      throw this.#wrong(`a root key of another kind than ${this.name}`)
    return { id, sealed: Buffer.from(text, 'base64url') }
  }

  #wrong(by: string): KeelsonError {
    return new KeelsonError('key_ring_wrong', `What is to be opened was wrapped by ${by}`)
  }
}

/** Tells keys apart, and tells nothing of them. */
const idOf = (key: Uint8Array): string =>
  hash('sha256', Buffer.concat([Buffer.from('keelson/v1 root key\n'), key]), 'hex').slice(0, 16)

const byId = (keys: readonly Uint8Array[]): ReadonlyMap<string, Uint8Array> =>
  new Map(keys.map(key => [idOf(key), key]))

const aadOf = (context: string): string => `keelson/v1 root\n${context}`
