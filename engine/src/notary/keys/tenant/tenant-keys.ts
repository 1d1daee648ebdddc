import { createHmac } from 'node:crypto'
import type { RandomFill } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import type { SignerKey } from '../../../proof/index.ts'
import { decrypt, encrypt, ivLength } from '../aes-gcm.ts'
import type { KeptState } from '../key-documents.ts'

/** Bytes of a data key, a tenant's key, a pepper and a seed. */
export const secretLength = 32
/** What names the pepper where it is wrapped, and its document. */
export const pepperId = 'pepper'

/** A tenant's own keys, open in memory until they are closed. */
export class TenantKeys {
  readonly tenantId: string
  readonly #versions: ReadonlyMap<number, Uint8Array>
  readonly #pepper: Uint8Array
  readonly #random: RandomFill
  #state: KeptState
  #logKey: SignerKey | undefined

  private constructor(
    tenantId: string,
    versions: ReadonlyMap<number, Uint8Array>,
    pepper: Uint8Array,
    state: KeptState,
    random: RandomFill,
  ) {
    this.tenantId = tenantId
    this.#versions = versions
    this.#pepper = pepper
    this.#state = state
    this.#random = random
  }

  /** @throws KeelsonError `key_ring_wrong`, `key_ring_incomplete` where the versions do not open the pepper. */
  static open(
    tenantId: string,
    versions: ReadonlyMap<number, Uint8Array>,
    pepper: string,
    state: KeptState,
    random: RandomFill,
  ): TenantKeys {
    const bare = new TenantKeys(tenantId, versions, new Uint8Array(), state, random)
    return new TenantKeys(tenantId, versions, bare.unwrap(pepper, pepperId), state, random)
  }

  /** As it was when it was last read or changed. */
  get state(): KeptState {
    return this.#state
  }

  set state(state: KeptState) {
    if (state.log !== this.#state.log) this.logKey = undefined
    this.#state = state
  }

  get logKey(): SignerKey | undefined {
    return this.#logKey
  }

  set logKey(key: SignerKey | undefined) {
    this.#logKey?.seed.fill(0)
    this.#logKey = key
  }

  has(version: number): boolean {
    return this.#versions.has(version)
  }

  /** Wraps a secret by the newest version; `what` names it, so that it opens as nothing else. */
  wrap(secret: Uint8Array, what: string): string {
    const { version } = this.#state
    return `v${version}:${wrapBy(this.#keyOf(version), secret, this.tenantId, what, this.#random)}`
  }

  /** @throws KeelsonError `key_ring_incomplete` where the version that wrapped it is not there, `key_ring_wrong`. */
  unwrap(wrapped: string, what: string): Uint8Array {
    const colon = wrapped.indexOf(':')
    const key = this.#keyOf(wrappingVersion(wrapped))
    const secret = decrypt(
      key,
      aadOf(this.tenantId, what),
      Buffer.from(wrapped.slice(colon + 1), 'base64url'),
    )
    if (secret?.length === secretLength) return secret
    const message = `A key of tenant "${this.tenantId}" cannot be opened: it was altered, or is not this tenant's`
    throw new KeelsonError('key_ring_wrong', message, { tenantId: this.tenantId })
  }

  /** What stands for a subject in the store: nobody without the pepper can tell whose it is. */
  tag(subject: string): string {
    return createHmac('sha256', this.#pepper).update(subject).digest('base64url')
  }

  close(): void {
    for (const key of this.#versions.values()) key.fill(0)
    this.#pepper.fill(0)
    this.logKey = undefined
  }

  #keyOf(version: number): Uint8Array {
    const key = this.#versions.get(version)
    if (key) return key
    const message = `Version ${version} of the key of tenant "${this.tenantId}" is not there`
    throw new KeelsonError('key_ring_incomplete', message, { tenantId: this.tenantId, version })
  }
}

/** The version of the tenant's key that a wrapped text says; 0 where it says none. */
export const wrappingVersion = (wrapped: string): number =>
  Number(/^v([1-9]\d{0,8}):/.exec(wrapped)?.[1] ?? 0)

/** `base64url` of a secret wrapped by a key of the tenant. */
export function wrapBy(
  key: Uint8Array,
  secret: Uint8Array,
  tenantId: string,
  what: string,
  random: RandomFill,
): string {
  const iv = new Uint8Array(ivLength)
  random(iv)
  return encrypt(key, iv, aadOf(tenantId, what), secret).toString('base64url')
}

/** A new secret in memory of its own. */
export function newSecret(random: RandomFill): Uint8Array {
  const secret = new Uint8Array(secretLength)
  random(secret)
  return secret
}

const aadOf = (tenantId: string, what: string): string => `${tenantId}|${what}`
