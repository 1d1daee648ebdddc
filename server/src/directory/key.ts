import { hash, randomBytes } from 'node:crypto'
import type { Clock, Document, DocumentChange, EventStore, IdSource, JsonObject } from 'keelson'
import { KeelsonError, platformTenant } from 'keelson'
import { documentsOf, isConflict, scope } from './document.ts'
import { Recent } from './recent.ts'
import type { Role } from './role.ts'

/** An API key without its secret. `tenantId` is null for keys of the platform. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  /** First characters of the secret, to tell keys apart. */
  readonly prefix: string
  readonly role: Role
  readonly tenantId: string | null
  readonly createdAt: string
  readonly revokedAt: string | null
}

/** Whose key is to be made. */
export interface KeyRequest {
  readonly tenantId: string | null
  readonly role: Role
  readonly name: string
}

/** A key with its secret, which is given this once and kept only as a hash. */
export interface NewKey {
  readonly key: ApiKey
  readonly secret: string
}

const keyCollection = 'directory-key'
const secretCollection = 'directory-secret'
const keyIdPattern = /^key-[0-9a-z]{26}$/
const maxCached = 10_000
/** Keys that are removed at a time. */
const removedAtOnce = 200

/**
 * The API keys. A key is a document by its tenant and id, so that a tenant's keys stand together; another, by the
 * hash of the secret, leads to it. The hash needs no salt and no slowness: the secret is random enough.
 */
export class Keys {
  readonly #store: EventStore
  readonly #clock: Clock
  readonly #ids: IdSource
  /** By the hash of the secret. */
  readonly #recent: Recent<ApiKey>

  constructor(store: EventStore, clock: Clock, ids: IdSource) {
    this.#store = store
    this.#clock = clock
    this.#ids = ids
    this.#recent = new Recent(clock, maxCached)
  }

  async list(tenantId: string | null): Promise<readonly ApiKey[]> {
    const keys: ApiKey[] = []
    for await (const document of documentsOf(this.#store, keyCollection, prefixOf(tenantId)))
      keys.push(toKey(document, tenantId))
    return keys
  }

  /** A key with a new secret, or with one that the operator chose; it is stored with its documents. */
  make({ tenantId, role, name }: KeyRequest, chosen?: string): NewKey & { documents: DocumentChange[] } {
    const secret = chosen ?? `kl_${randomBytes(32).toString('base64url')}`
    const key: ApiKey = {
      id: `key-${this.#ids.ulid().toLowerCase()}`,
      name,
      prefix: chosen === undefined ? secret.slice(0, 9) : '',
      role,
      tenantId,
      createdAt: new Date(this.#clock.now()).toISOString(),
      revokedAt: null,
    }
    return { key, secret, documents: toDocuments(key, digest(secret)) }
  }

  async add(request: KeyRequest, chosen?: string): Promise<NewKey> {
    const { documents, ...made } = this.make(request, chosen)
    await this.#store.commit({ scope, documents })
    return made
  }

  /** Whether a key has this secret, revoked or not. */
  async knows(secret: string): Promise<boolean> {
    return (await this.#store.document(platformTenant, secretCollection, digest(secret))) !== undefined
  }

  /** @throws KeelsonError `not_found` where the tenant has no such key. */
  async revoke(tenantId: string | null, id: string): Promise<void> {
    const name = prefixOf(tenantId) + id
    const found = keyIdPattern.test(id)
      ? await this.#store.document(platformTenant, keyCollection, name)
      : undefined
    if (!found) throw new KeelsonError('not_found', 'There is no such key')
    const value = found.value as JsonObject
    if (value['revokedAt'] === null) {
      const revokedAt = new Date(this.#clock.now()).toISOString()
      const change = { ...scope, collection: keyCollection, id: name, value: { ...value, revokedAt } }
      await this.#store
        .commit({ scope, documents: [{ ...change, expected: found.revision }] })
        .catch(error => {
          // A key changes once in its life: somebody else has just revoked it, or it is gone with its tenant.
          if (!isConflict(error)) throw error
        })
    }
    this.#recent.clear()
  }

  /** The key of a secret; undefined where there is none or it is revoked. */
  async authenticate(secret: string): Promise<ApiKey | undefined> {
    const hashed = digest(secret)
    const known = this.#recent.get(hashed)
    if (known) return known
    // A key that is revoked while it is looked up must not be found, nor come back.
    for (;;) {
      const take = this.#recent.begin()
      const key = await this.#find(hashed)
      if (take(hashed, key)) return key
    }
  }

  /** Removes all keys of a tenant. */
  async removeAll(tenantId: string): Promise<void> {
    const documents: DocumentChange[] = []
    const remove = async () => {
      if (documents.length > 0) await this.#store.commit({ scope, documents: documents.splice(0) })
    }
    for await (const { id, value } of documentsOf(this.#store, keyCollection, prefixOf(tenantId))) {
      const hashed = String((value as JsonObject)['digest'])
      documents.push({ ...scope, collection: keyCollection, id })
      documents.push({ ...scope, collection: secretCollection, id: hashed })
      if (documents.length >= removedAtOnce) await remove()
    }
    await remove()
    this.#recent.clear()
  }

  async #find(hashed: string): Promise<ApiKey | undefined> {
    const pointer = await this.#store.document(platformTenant, secretCollection, hashed)
    if (!pointer) return undefined
    const { key: name, tenantId } = pointer.value as { key: string; tenantId: string | null }
    const found = await this.#store.document(platformTenant, keyCollection, name)
    const key = found && toKey(found, tenantId)
    return key?.revokedAt === null ? key : undefined
  }
}

/** The documents that a key is: its own, and the one that its secret's hash finds. Neither is there yet. */
export function toDocuments({ id, tenantId, ...key }: ApiKey, hashed: string): DocumentChange[] {
  const name = prefixOf(tenantId) + id
  return [
    { ...scope, collection: keyCollection, id: name, value: { ...key, digest: hashed }, expected: 0 },
    { ...scope, collection: secretCollection, id: hashed, value: { key: name, tenantId }, expected: 0 },
  ]
}

/** No tenant is named `platform`, and no tenant's id has a slash. */
const prefixOf = (tenantId: string | null): string => `${tenantId ?? platformTenant}/`

function toKey({ id, value }: Document, tenantId: string | null): ApiKey {
  const { name, prefix, role, createdAt, revokedAt } = value as JsonObject
  return {
    id: id.slice(id.indexOf('/') + 1),
    name: String(name),
    prefix: String(prefix),
    role: role as Role,
    tenantId,
    createdAt: String(createdAt),
    revokedAt: typeof revokedAt === 'string' ? revokedAt : null,
  }
}

const digest = (secret: string): string => hash('sha256', secret, 'hex')
