import type { Clock, JsonObject, RandomFill } from '../../core/index.ts'
import { platformTenant } from '../../core/index.ts'
import type { SignerKey } from '../../proof/index.ts'
import { parseVerifierKey, verifierKeyOf, verifierKeyText } from '../../proof/index.ts'
import type { Document, DocumentChange, EventStore } from '../../store/index.ts'
import { allOf, collections, stateChange, textOf, versionId, versionOf } from './key-documents.ts'
import type { LogKeyRecord } from './port.ts'
import type { TenantKeyCache } from './tenant/tenant-key-cache.ts'
import type { TenantKeys } from './tenant/tenant-keys.ts'
import { newSecret } from './tenant/tenant-keys.ts'

/**
 * The name of a tenant's log, which is that of the key that signs it. Where the tenant was deleted and made anew its
 * second log has a name of its own: of one name nobody may see two histories.
 */
export const logOrigin = (logName: string, tenantId: string, number = 1): string =>
  `${logName}/t/${tenantId}/main${number === 1 ? '' : `-${number}`}`

/** Verifier keys of all that a tenant's log was ever signed with, the newest first; read without any key. */
export async function logVerifiers(store: EventStore, tenantId: string): Promise<readonly string[]> {
  const documents = await allOf(store, tenantId, collections.logKey)
  return documents.sort((a, b) => versionOf(b) - versionOf(a)).map(document => textOf(document, 'key'))
}

export interface LogKeyOptions {
  readonly logName: string
  readonly clock: Clock
  readonly random: RandomFill
}

/** The keys that sign the tenants' logs. */
export class LogKeys {
  readonly #store: EventStore
  readonly #tenants: TenantKeyCache
  readonly #options: LogKeyOptions

  constructor(store: EventStore, tenants: TenantKeyCache, options: LogKeyOptions) {
    this.#store = store
    this.#tenants = tenants
    this.#options = options
  }

  /** A copy of the key that signs, made where there is none. */
  async signer(tenantId: string): Promise<SignerKey> {
    const work = () =>
      this.#tenants.make(tenantId, async keys => {
        if (keys.state.log === 0) await this.#add(keys, undefined)
        return copyOf(keys.logKey ?? (await this.#read(keys)))
      })
    return this.#tenants.retrying(tenantId, work)
  }

  /** Verifier keys, the newest first. */
  verifiers(tenantId: string): Promise<readonly string[]> {
    return logVerifiers(this.#store, tenantId)
  }

  async rotate(
    tenantId: string,
    record?: LogKeyRecord,
  ): Promise<{ readonly before: string; readonly after: string }> {
    const work = () =>
      this.#tenants.make(tenantId, async keys => {
        if (keys.state.log === 0) await this.#add(keys, undefined)
        const before = await this.#newest(keys)
        const after = await this.#add(keys, before, record)
        return { before: textOf(before, 'key'), after }
      })
    return this.#tenants.retrying(tenantId, work)
  }

  /** Makes the next key and destroys the one before it; gives its verifier key. */
  async #add(keys: TenantKeys, before: Document | undefined, record?: LogKeyRecord): Promise<string> {
    const { tenantId, state } = keys
    const next = { ...state, log: state.log + 1 }
    // The name of a log is for ever: its verifiers know it.
    const claim = before ? undefined : await this.#claimName(tenantId)
    const name = claim?.name ?? parseVerifierKey(textOf(before as Document, 'key')).name
    const signer: SignerKey = { name, kind: 'author', seed: newSecret(this.#options.random) }
    const key = verifierKeyText(verifierKeyOf(signer))
    const at = new Date(this.#options.clock.now()).toISOString()
    const value = { key, from: at, wrapped: keys.wrap(signer.seed, secretName(next.log)) }
    const id = versionId(next.log)
    const documents = [
      stateChange(tenantId, state, next),
      ...(before ? [retired(before, at)] : []),
      ...(claim ? [claim.change] : []),
      { tenantId, collection: collections.logKey, id, value, expected: 0 },
    ]
    const appends = record ? [record({ name, key })] : []
    const scope = claim ? ({ tenantId: 'every tenant' } as const) : { tenantId }
    await this.#store.commit({ scope, documents, appends })
    keys.state = { ...next, revision: state.revision + 1 }
    keys.logKey = signer
    return key
  }

  /** A name that no log of the store has had; taken in the unit that makes its first key. */
  async #claimName(tenantId: string): Promise<{ readonly name: string; readonly change: DocumentChange }> {
    const place = { tenantId: platformTenant, collection: collections.logNames, id: tenantId }
    const known = await this.#store.document(place.tenantId, place.collection, place.id)
    const value = (known?.value ?? {}) as JsonObject
    const logs = Number(value['logs'] ?? 0) + 1
    return {
      name: logOrigin(this.#options.logName, tenantId, logs),
      change: { ...place, value: { ...value, logs }, expected: known?.revision ?? 0 },
    }
  }

  async #read(keys: TenantKeys): Promise<SignerKey> {
    const { log } = keys.state
    const document = await this.#newest(keys)
    const { name } = parseVerifierKey(textOf(document, 'key'))
    const seed = keys.unwrap(textOf(document, 'wrapped'), secretName(log))
    const signer: SignerKey = { name, kind: 'author', seed }
    if (keys.state.log === log) keys.logKey = copyOf(signer)
    return signer
  }

  async #newest({ tenantId, state }: TenantKeys): Promise<Document> {
    const id = versionId(state.log)
    const document = await this.#store.document(tenantId, collections.logKey, id)
    // Read as a document without members, so that the error is that of any other damage.
    return (
      document ?? { tenantId, collection: collections.logKey, id, revision: 0, due: undefined, value: {} }
    )
  }
}

/** What names the seed of a version where it is wrapped. */
export const secretName = (version: number): string => `log-key|v${version}`

/** Without its seed: what is retired signs nothing any more. */
function retired(before: Document, until: string): DocumentChange {
  const { tenantId, collection, id, revision } = before
  const value = { key: textOf(before, 'key'), from: textOf(before, 'from'), until }
  return { tenantId, collection, id, value, expected: revision }
}

const copyOf = ({ name, kind, seed }: SignerKey): SignerKey => ({ name, kind, seed: seed.slice() })
