import { randomFillSync } from 'node:crypto'
import { systemClock } from '../../core/index.ts'
import type { SignerKey } from '../../proof/index.ts'
import type { EventStore } from '../../store/index.ts'
import { checkKeys, checkRoot } from './check-keys.ts'
import { DataKeyCache } from './data/data-key-cache.ts'
import { DataKeys } from './data/data-keys.ts'
import { LogKeys } from './log-keys.ts'
import type {
  DataKey,
  KeyCheckOptions,
  KeyRing,
  KeyRingOptions,
  LogKeyRecord,
  RewrapOptions,
  RootKey,
  WantedKey,
} from './port.ts'
import { rewrapRoot } from './rotation/rewrap-root.ts'
import { rotateTenantKey } from './rotation/rotate-tenant-key.ts'
import { TenantKeyCache } from './tenant/tenant-key-cache.ts'
import { TenantKeyStore } from './tenant/tenant-key-store.ts'

const defaults = { cacheSize: 10_000, recheck: 1_000, pageSize: 200 }

/**
 * Opens the keys that are kept in a store, under the root key; both stay the caller's until the ring is closed, which
 * closes the root key.
 *
 * @throws KeelsonError as {@link RootKey} where the root key does not open what is in the store; TypeError for a name
 * that no log can have.
 */
export async function openKeyRing(
  store: EventStore,
  root: RootKey,
  options: KeyRingOptions,
): Promise<KeyRing> {
  if (!/^[^\s+/][^\s+]{0,149}$/u.test(options.logName))
    throw new TypeError('The name of the logs is 1 to 150 characters without white space and plus signs')
  await checkRoot(store, root)
  return new StoredKeyRing(store, root, options)
}

class StoredKeyRing implements KeyRing {
  readonly #store: EventStore
  readonly #root: RootKey
  readonly #options: KeyRingOptions
  readonly #tenantKeys: TenantKeyStore
  readonly #tenants: TenantKeyCache
  readonly #cache: DataKeyCache
  readonly #dataKeys: DataKeys
  readonly #logKeys: LogKeys

  constructor(store: EventStore, root: RootKey, options: KeyRingOptions) {
    const { clock = systemClock, random = randomFillSync, logName } = options
    const { cacheSize: size, recheck } = { ...defaults, ...options }
    this.#store = store
    this.#root = root
    this.#options = options
    this.#cache = new DataKeyCache(size)
    this.#tenantKeys = new TenantKeyStore(store, root, clock, random)
    const onStale = (tenantId: string) => this.#cache.dropTenant(tenantId)
    this.#tenants = new TenantKeyCache(this.#tenantKeys, { clock, size, recheck, onStale })
    this.#dataKeys = new DataKeys(store, this.#tenants, this.#cache, random)
    this.#logKeys = new LogKeys(store, this.#tenants, { logName, clock, random })
  }

  dataKeys(tenantId: string, wanted: readonly WantedKey[]): Promise<readonly DataKey[]> {
    return this.#dataKeys.wanted(tenantId, wanted)
  }

  keysOf(tenantId: string, kids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#dataKeys.byKid(tenantId, kids)
  }

  kidsOf(tenantId: string, subject: string): Promise<readonly string[]> {
    return this.#dataKeys.ofSubject(tenantId, subject)
  }

  destroy(tenantId: string, kids: readonly string[]): Promise<void> {
    return this.#dataKeys.destroy(tenantId, kids)
  }

  logKey(tenantId: string): Promise<SignerKey> {
    return this.#logKeys.signer(tenantId)
  }

  logKeys(tenantId: string): Promise<readonly string[]> {
    return this.#logKeys.verifiers(tenantId)
  }

  rotateLogKey(
    tenantId: string,
    options: { readonly record?: LogKeyRecord } = {},
  ): Promise<{ readonly before: string; readonly after: string }> {
    return this.#logKeys.rotate(tenantId, options.record)
  }

  rotateTenantKey(tenantId: string, options?: RewrapOptions): Promise<{ readonly rewrapped: number }> {
    const { random = randomFillSync, pageSize = defaults.pageSize } = this.#options
    const [store, tenants, tenantKeys] = [this.#store, this.#tenants, this.#tenantKeys]
    return rotateTenantKey({ store, tenants, tenantKeys, random, pageSize }, tenantId, options)
  }

  rewrapRoot(options?: RewrapOptions): Promise<{ readonly rewrapped: number }> {
    const { clock = systemClock } = this.#options
    return rewrapRoot({ store: this.#store, root: this.#root, clock }, options)
  }

  check(tenantId: string, options: KeyCheckOptions = {}): Promise<void> {
    return checkKeys(this.#store, this.#tenantKeys, tenantId, options)
  }

  forget(tenantId: string): void {
    this.#tenants.drop(tenantId)
    this.#cache.dropTenant(tenantId)
  }

  async close(): Promise<void> {
    this.#tenants.close()
    this.#cache.clear()
    await this.#root.close()
  }
}
