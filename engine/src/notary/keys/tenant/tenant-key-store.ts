import type { Clock, RandomFill } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import type { EventStore } from '../../../store/index.ts'
import type { KeptState } from '../key-documents.ts'
import {
  allOf,
  collections,
  isConflict,
  readState,
  stateChange,
  textOf,
  versionId,
  versionOf,
} from '../key-documents.ts'
import type { RootKey } from '../port.ts'
import { newSecret, pepperId, TenantKeys, wrapBy, wrappingVersion } from './tenant-keys.ts'

/** Reads the tenants' own keys, and makes them. */
export class TenantKeyStore {
  readonly #store: EventStore
  readonly #root: RootKey
  readonly #clock: Clock
  readonly #random: RandomFill

  constructor(store: EventStore, root: RootKey, clock: Clock, random: RandomFill) {
    this.#store = store
    this.#root = root
    this.#clock = clock
    this.#random = random
  }

  /** Undefined where the tenant has no keys yet. @throws KeelsonError `key_ring_incomplete` and as the root key. */
  async load(tenantId: string): Promise<TenantKeys | undefined> {
    const state = await readState(this.#store, tenantId)
    if (!state && !(await this.#hasRest(tenantId))) return undefined
    const keys = state && (await this.#open(tenantId, state))
    if (keys) return keys
    // Another process may have made or rotated them while they were read.
    const now = await readState(this.#store, tenantId)
    if (now?.revision !== state?.revision) return this.load(tenantId)
    throw missing(tenantId, state ? `version ${state.version} of its own key` : 'the state of its key ring')
  }

  /** Undefined where the newest version is not there. */
  async #open(tenantId: string, state: KeptState): Promise<TenantKeys | undefined> {
    const versions = new Map<number, Uint8Array>()
    for (const document of await allOf(this.#store, tenantId, collections.tenantKey))
      versions.set(versionOf(document), await this.#root.unwrap(textOf(document, 'wrapped'), tenantId))
    if (!versions.has(state.version)) return undefined
    const pepper = await this.#store.document(tenantId, collections.pepper, pepperId)
    if (!pepper) throw missing(tenantId, 'its pepper')
    const wrapped = textOf(pepper, 'wrapped')
    // Rotated in between: the versions that were read are behind.
    if (!versions.has(wrappingVersion(wrapped))) return undefined
    return TenantKeys.open(tenantId, versions, wrapped, state, this.#random)
  }

  /** Makes the tenant's first keys, if another process has not. */
  async make(tenantId: string): Promise<void> {
    const [key, pepper] = [newSecret(this.#random), newSecret(this.#random)]
    try {
      const added = await this.versionDocument(tenantId, 1, key)
      const wrapped = `v1:${wrapBy(key, pepper, tenantId, pepperId, this.#random)}`
      const documents = [
        stateChange(tenantId, undefined, { version: 1, log: 0, destroyed: 0, id: this.#newId() }),
        added,
        { tenantId, collection: collections.pepper, id: pepperId, value: { wrapped }, expected: 0 },
      ]
      await this.#store.commit({ scope: { tenantId }, documents })
    } catch (error) {
      if (!isConflict(error)) throw error
    } finally {
      key.fill(0)
      pepper.fill(0)
    }
  }

  #newId(): string {
    const id = new Uint8Array(16)
    this.#random(id)
    return Buffer.from(id).toString('base64url')
  }

  /** The change that adds a version of a tenant's key. */
  async versionDocument(tenantId: string, version: number, key: Uint8Array) {
    const wrapped = await this.#root.wrap(key, tenantId)
    const value = { wrapped, at: new Date(this.#clock.now()).toISOString() }
    // Due from the beginning of time: not looked at yet by those who wrap under a new root key.
    return { tenantId, collection: collections.tenantKey, id: versionId(version), value, due: 0, expected: 0 }
  }

  readState(tenantId: string): Promise<KeptState | undefined> {
    return readState(this.#store, tenantId)
  }

  /** Keys without a state are what is left of a ring that was damaged: a new one beside them would hide that. */
  async #hasRest(tenantId: string): Promise<boolean> {
    for (const collection of [collections.tenantKey, collections.dataKey, collections.logKey])
      if ((await this.#store.documents({ tenantId }, collection, { limit: 1 })).length > 0) return true
    return false
  }
}

function missing(tenantId: string, what: string): KeelsonError {
  const message = `The keys of tenant "${tenantId}" cannot be used: ${what} is not there`
  return new KeelsonError('key_ring_incomplete', message, { tenantId })
}
