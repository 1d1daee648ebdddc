import type { Clock, Document, EventStore, JsonObject } from 'keelson'
import { KeelsonError, platformTenant, tenantIdPattern } from 'keelson'
import { documentsOf, isConflict, scope } from './document.ts'
import { Recent } from './recent.ts'

export interface Tenant {
  readonly id: string
  readonly name: string
  /** Whether events of types that are not in the catalogue are kept; refused otherwise. */
  readonly keepsUnknownTypes: boolean
  readonly createdAt: string
}

export const tenantCollection = 'directory-tenant'

const maxKnown = 100_000

/** The tenants, each a document of the platform by its id. */
export class Tenants {
  readonly #store: EventStore
  readonly #clock: Clock
  readonly #known: Recent<Tenant>

  constructor(store: EventStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
    this.#known = new Recent(clock, maxKnown)
  }

  async list(): Promise<readonly Tenant[]> {
    const tenants: Tenant[] = []
    const take = this.#known.begin()
    for await (const document of documentsOf(this.#store, tenantCollection)) {
      if (isClosing(document)) continue
      const tenant = toTenant(document)
      take(tenant.id, tenant)
      tenants.push(tenant)
    }
    return tenants
  }

  /** @throws KeelsonError `tenant_unknown`, `tenant_deleted`. */
  async get(id: string): Promise<Tenant> {
    const known = this.#known.get(id)
    if (known) return known
    // A tenant that is closed while it is looked up must not be found, nor come back.
    for (;;) {
      const take = this.#known.begin()
      const document = await this.#find(id)
      const tenant = document && !isClosing(document) ? toTenant(document) : undefined
      if (!take(id, tenant)) continue
      if (tenant) return tenant
      if (document) throw new KeelsonError('tenant_deleted', `The tenant "${id}" is being deleted`)
      throw new KeelsonError('tenant_unknown', `There is no tenant "${id.slice(0, 64)}"`)
    }
  }

  /** As last read: for calls that cannot wait. */
  keepsUnknownTypes(id: string): boolean {
    return this.#known.peek(id)?.keepsUnknownTypes ?? false
  }

  /** @throws KeelsonError `request_invalid`, `tenant_exists`. */
  async create(id: string, name: string, keepsUnknownTypes: boolean): Promise<Tenant> {
    if (!tenantIdPattern.test(id) || id === platformTenant) {
      throw new KeelsonError('request_invalid', 'A tenant id is 1 to 64 of a-z 0-9 - and not "platform"', {
        faults: [{ pointer: '/id', message: 'must be 1 to 64 of a-z 0-9 -, not "platform"' }],
      })
    }
    const tenant: Tenant = {
      id,
      name,
      keepsUnknownTypes,
      createdAt: new Date(this.#clock.now()).toISOString(),
    }
    const take = this.#known.begin()
    try {
      await this.#store.commit({ scope, documents: [{ ...toDocument(tenant), expected: 0 }] })
    } catch (error) {
      throw isConflict(error) ? new KeelsonError('tenant_exists', `There is a tenant "${id}" already`) : error
    }
    take(id, tenant)
    return tenant
  }

  /** From here on nobody finds it; false where there is none. */
  async close(id: string): Promise<boolean> {
    const document = await this.#find(id)
    if (!document) return false
    const value = { ...(document.value as JsonObject), isClosing: true }
    await this.#store.commit({
      scope,
      documents: [{ ...scope, collection: tenantCollection, id, value }],
    })
    this.#known.drop(id)
    return true
  }

  /** Frees its id. */
  async remove(id: string): Promise<void> {
    await this.#store.commit({ scope, documents: [{ ...scope, collection: tenantCollection, id }] })
    this.#known.drop(id)
  }

  async #find(id: string): Promise<Document | undefined> {
    // An id that cannot be one comes from outside, and is no fault of the store's.
    if (!tenantIdPattern.test(id)) return undefined
    return this.#store.document(platformTenant, tenantCollection, id)
  }
}

/** The document that a tenant is. */
export function toDocument({ id, ...value }: Tenant) {
  return { ...scope, collection: tenantCollection, id, value }
}

function toTenant({ id, value }: Document): Tenant {
  const { name, keepsUnknownTypes, createdAt } = value as JsonObject
  return {
    id,
    name: String(name),
    keepsUnknownTypes: keepsUnknownTypes === true,
    createdAt: String(createdAt),
  }
}

const isClosing = ({ value }: Document): boolean => (value as JsonObject)['isClosing'] === true
