import type { Clock, RandomFill } from '../../core/index.ts'
import type { SignerKey } from '../../proof/index.ts'
import type { AppendRequest } from '../../store/index.ts'

/**
 * What wraps the tenants' keys; it stands outside the store, in a file or a key vault. Texts that `wrap` gives say which
 * version of the root key made them, and hold for one context only: a tenant's key is refused for another tenant.
 *
 * Every method fails with `key_ring_locked` where the key cannot be reached, `key_ring_denied` where it may not be used,
 * `key_ring_lost` where it is not there, and `key_ring_wrong` where it does not open the text. No error holds a secret.
 */
export interface RootKey {
  /** For people: what kind of key, and which one. */
  readonly name: string
  /** At most 64 bytes, under the newest version. */
  wrap(secret: Uint8Array, context: string): Promise<string>
  /** Whatever version made the text. */
  unwrap(wrapped: string, context: string): Promise<Uint8Array>
  /** Whether the newest version made the text. */
  isCurrent(wrapped: string): Promise<boolean>
  /** Zeroes what it holds. May be called twice. */
  close(): Promise<void>
}

/** A data key as it is handed out: a copy that is the caller's, who may zero it. */
export interface DataKey {
  /** Holds nothing of the subject. */
  readonly kid: string
  /** 32 bytes. */
  readonly key: Uint8Array
}

export interface WantedKey {
  readonly subject: string
  /** UTC month of `occurredAt`, such as `2026-11`. */
  readonly month: string
  /**
   * Asked before a key is made, in a tenant of which keys were destroyed: where nothing new is to be sealed, the key that
   * is given is kept nowhere, so that a repeat of what was erased brings no key back. Default yes.
   */
  readonly isNew?: () => Promise<boolean>
}

export interface RewrapOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: { readonly rewrapped: number }) => void
}

export interface KeyCheckOptions {
  /** Goes through every data key, and not only the first thousand. */
  readonly isWhole?: boolean
  readonly signal?: AbortSignal
}

/** Makes the record of a new key of a log; `name` is the log's origin, `key` its verifier key. */
export type LogKeyRecord = (made: { readonly name: string; readonly key: string }) => AppendRequest

/**
 * The keys of all tenants. What one process makes or rotates, another knows at once where it matters; a data key that
 * another process destroyed may be given out for `recheck` milliseconds more.
 */
export interface KeyRing {
  /** Data keys of subjects for a month, in the order asked for, made where there are none yet. */
  dataKeys(tenantId: string, wanted: readonly WantedKey[]): Promise<readonly DataKey[]>
  /** Copies of keys by kid; what was destroyed or never was is left out. */
  keysOf(tenantId: string, kids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>
  /** Every kid that a subject has, by month. */
  kidsOf(tenantId: string, subject: string): Promise<readonly string[]>
  /** Destroys data keys and what leads to them from their subjects; those that are gone are passed over. */
  destroy(tenantId: string, kids: readonly string[]): Promise<void>
  /** The key that signs the tenant's log, made at first use; its name is the log's origin. */
  logKey(tenantId: string): Promise<SignerKey>
  /** Verifier keys of the log, the newest first; none before its first use. */
  logKeys(tenantId: string): Promise<readonly string[]>
  /**
   * A new key signs from now on; the old one is destroyed, but what it signed can be verified. What `record` makes is
   * appended in the same unit of work, so that no key signs whose record is not in the log.
   */
  rotateLogKey(
    tenantId: string,
    options?: { readonly record?: LogKeyRecord },
  ): Promise<{ readonly before: string; readonly after: string }>
  /** Wraps all of a tenant's keys under a new one. Goes on where an earlier call was cut off. */
  rotateTenantKey(tenantId: string, options?: RewrapOptions): Promise<{ readonly rewrapped: number }>
  /** Wraps every tenant's key under the newest version of the root key. Goes on where an earlier call was cut off. */
  rewrapRoot(options?: RewrapOptions): Promise<{ readonly rewrapped: number }>
  /**
   * @throws KeelsonError `key_ring_incomplete` or as {@link RootKey} where what is sealed for the tenant could not be
   * read: nothing may be sealed for it then.
   */
  check(tenantId: string, options?: KeyCheckOptions): Promise<void>
  /** Zeroes what is held of a tenant. */
  forget(tenantId: string): void
  /** Zeroes what is held, and closes the root key. May be called twice. */
  close(): Promise<void>
}

export interface KeyRingOptions {
  /** First part of the origins of the tenants' logs, such as `audit.example.com`. */
  readonly logName: string
  readonly clock?: Clock
  readonly random?: RandomFill
  /** Data keys, and tenants, that are held in memory; default 10,000. */
  readonly cacheSize?: number
  /** Milliseconds after which it looks whether another process has changed a tenant's keys; default 1,000. */
  readonly recheck?: number
  /** Data keys that are wrapped anew in one unit; default 200, at most 1,000. */
  readonly pageSize?: number
}
