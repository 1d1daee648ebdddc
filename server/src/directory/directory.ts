import type { Clock, EventStore, IdSource } from 'keelson'
import { KeelsonError } from 'keelson'
import { isConflict, scope } from './document.ts'
import type { ApiKey, KeyRequest, NewKey } from './key.ts'
import { Keys } from './key.ts'
import type { Role } from './role.ts'
import { firstStartMark, takeOverTables } from './take-over.ts'
import type { Tenant } from './tenant.ts'
import { Tenants } from './tenant.ts'

/** Tenants and API keys, kept as documents of the platform in the store's own database. */
export class Directory {
  readonly #store: EventStore
  readonly #tenants: Tenants
  readonly #keys: Keys

  private constructor(store: EventStore, clock: Clock, ids: IdSource) {
    this.#store = store
    this.#tenants = new Tenants(store, clock)
    this.#keys = new Keys(store, clock, ids)
  }

  static async open(store: EventStore, clock: Clock, ids: IdSource): Promise<Directory> {
    await takeOverTables(store)
    const directory = new Directory(store, clock, ids)
    await directory.listTenants()
    return directory
  }

  /** Whether no start has made its first keys yet. */
  async isFirstStart(): Promise<boolean> {
    const { tenantId, collection, id } = firstStartMark
    return (await this.#store.document(tenantId, collection, id)) === undefined
  }

  /**
   * Makes the keys of a first start and marks that it has happened; undefined where another start was first. Of any
   * number of processes that start at once exactly one gets its keys.
   */
  async completeFirstStart(requests: readonly KeyRequest[]): Promise<readonly NewKey[] | undefined> {
    const made = requests.map(request => this.#keys.make(request))
    const mark = { ...firstStartMark, value: {}, expected: 0 }
    try {
      await this.#store.commit({ scope, documents: [mark, ...made.flatMap(({ documents }) => documents)] })
    } catch (error) {
      if (isConflict(error)) return undefined
      throw error
    }
    return made.map(({ key, secret }) => ({ key, secret }))
  }

  listTenants(): Promise<readonly Tenant[]> {
    return this.#tenants.list()
  }

  /** @throws KeelsonError `tenant_unknown`, and `tenant_deleted` while it is being deleted. */
  tenant(id: string): Promise<Tenant> {
    return this.#tenants.get(id)
  }

  /** As last read: for calls that cannot wait. */
  keepsUnknownTypes(tenantId: string): boolean {
    return this.#tenants.keepsUnknownTypes(tenantId)
  }

  /** @throws KeelsonError `request_invalid`, `tenant_exists`. */
  createTenant(id: string, name: string, keepsUnknownTypes = false): Promise<Tenant> {
    return this.#tenants.create(id, name, keepsUnknownTypes)
  }

  /**
   * Takes a tenant out of use before it is deleted: its keys are gone, and nobody acts for it any more. Other processes
   * notice within five seconds. False where there is no such tenant; may be called again.
   */
  async closeTenant(id: string): Promise<boolean> {
    if (!(await this.#tenants.close(id))) return false
    await this.#keys.removeAll(id)
    return true
  }

  /** Forgets a tenant that was closed; its id can be used again. */
  removeTenant(id: string): Promise<void> {
    return this.#tenants.remove(id)
  }

  /** Makes a key; its secret is given this once and kept only as a hash. */
  createKey(tenantId: string | null, role: Role, name: string): Promise<NewKey> {
    return this.#keys.add({ tenantId, role, name })
  }

  /** Lets a secret that the operator chose be a platform administrator's; does nothing where it is known. */
  async ensureBootstrapKey(secret: string): Promise<void> {
    // What a header cannot carry would be a key that nobody can use.
    if (!/^[\x21-\x7e]{16,512}$/.test(secret)) {
      throw new KeelsonError(
        'request_invalid',
        'The bootstrap key is not 16 to 512 visible ASCII characters without spaces',
      )
    }
    if (await this.#keys.knows(secret)) return
    try {
      await this.#keys.add({ tenantId: null, role: 'platform-admin', name: 'bootstrap' }, secret)
    } catch (error) {
      // Another process that starts with the same secret was faster.
      if (!isConflict(error)) throw error
    }
  }

  listKeys(tenantId: string | null): Promise<readonly ApiKey[]> {
    return this.#keys.list(tenantId)
  }

  /** @throws KeelsonError `not_found` where the tenant has no such key. */
  revokeKey(tenantId: string | null, id: string): Promise<void> {
    return this.#keys.revoke(tenantId, id)
  }

  /** The key of a secret; undefined where there is none or it is revoked. */
  authenticate(secret: string): Promise<ApiKey | undefined> {
    return this.#keys.authenticate(secret)
  }
}
