import { hash } from 'node:crypto'
import type { RandomFill } from '../../../../core/index.ts'
import { KeelsonError } from '../../../../core/index.ts'
import { decrypt, encrypt, ivLength } from '../../aes-gcm.ts'
import type { RootKey } from '../../port.ts'

/**
 * A root key that this process holds: the first of its keys wraps, all of them unwrap. `read` gives them anew, each
 * time in memory of their own.
 *
 * Wraps as `aes:<id of the key>:<base64url of iv ‖ ciphertext ‖ tag>`.
 */
export class AesRootKey implements RootKey {
  readonly name: string
  readonly #random: RandomFill
  readonly #read: (() => Promise<readonly Uint8Array[]>) | undefined
  /** By id; the newest first. The only ones that are not zeroed: taken from here after each wait. */
  #keys: ReadonlyMap<string, Uint8Array>
  #isClosed = false
  /** Readings of the file that were begun, and of these the one that the keys are from. */
  #begun = 0
  #taken = 0

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
    await this.#readAgain()
    const [id, key] = [...this.#keys][0] as [string, Uint8Array]
    const iv = new Uint8Array(ivLength)
    this.#random(iv)
    return `aes:${id}:${encrypt(key, iv, aadOf(context), secret).toString('base64url')}`
  }

  async unwrap(wrapped: string, context: string): Promise<Uint8Array> {
    this.#refuseClosed()
    const { id, sealed } = this.#parse(wrapped)
    if (!this.#keys.has(id)) await this.#readAgain()
    const key = this.#keys.get(id)
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
    this.#isClosed = true
    for (const key of this.#keys.values()) key.fill(0)
    this.#keys = new Map()
  }

  async #readAgain(): Promise<void> {
    if (!this.#read) return
    this.#begun += 1
    const reading = this.#begun
    const keys = byId(await this.#read())
    // One that began later may have a newer file.
    const isLate = reading < this.#taken
    for (const key of (isLate || this.#isClosed ? keys : this.#keys).values()) key.fill(0)
    this.#refuseClosed()
    if (isLate) return
    this.#keys = keys
    this.#taken = reading
  }

  #refuseClosed(): void {
    if (this.#isClosed) throw new KeelsonError('key_ring_locked', `The root key, ${this.name}, is closed`)
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
