import { hash } from 'node:crypto'
import type { RandomFill } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import type { DocumentChange, EventStore } from '../../../store/index.ts'
import { collections, pagesOf, stateChange, textOf } from '../key-documents.ts'
import type { DataKey, WantedKey } from '../port.ts'
import type { TenantKeyCache } from '../tenant/tenant-key-cache.ts'
import type { TenantKeys } from '../tenant/tenant-keys.ts'
import { newSecret } from '../tenant/tenant-keys.ts'
import type { DataKeyCache } from './data-key-cache.ts'
import { KeyRequests } from './key-requests.ts'

const kidPattern = /^k-[A-Za-z0-9_-]{22}$/
const monthPattern = /^\d{4}-(?:0[1-9]|1[0-2])$/
/** Keys that are read or changed at once. */
const pageSize = 100

interface NamedKey extends WantedKey {
  readonly name: string
}

/** Data keys of subjects, by month. */
export class DataKeys {
  readonly #store: EventStore
  readonly #tenants: TenantKeyCache
  readonly #cache: DataKeyCache
  readonly #random: RandomFill
  readonly #requests: KeyRequests<NamedKey>

  constructor(store: EventStore, tenants: TenantKeyCache, cache: DataKeyCache, random: RandomFill) {
    this.#store = store
    this.#tenants = tenants
    this.#cache = cache
    this.#random = random
    this.#requests = new KeyRequests((tenantId, wanted) =>
      tenants.retrying(tenantId, () => tenants.make(tenantId, keys => this.#provide(keys, wanted))),
    )
  }

  async wanted(tenantId: string, wanted: readonly WantedKey[]): Promise<readonly DataKey[]> {
    const named = wanted.map(one => ({ ...one, name: nameOf(tenantId, one) }))
    // Also where all are held: asks now and then whether another process has destroyed any.
    const found = await this.#tenants.make(tenantId, () => named.map(({ name }) => this.#cache.byName(name)))
    const missing = named.filter((_, at) => found[at] === undefined)
    if (missing.length === 0) return found as DataKey[]
    const provided = await this.#requests.ask(tenantId, missing)
    return named.map(({ name }, at) => found[at] ?? copyOf(provided.get(name) as DataKey))
  }

  async byKid(tenantId: string, kids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const work = () => this.#tenants.find(tenantId, keys => this.#read(keys, kids))
    return (await this.#tenants.retrying(tenantId, work)) ?? new Map()
  }

  async ofSubject(tenantId: string, subject: string): Promise<readonly string[]> {
    const tag = await this.#tenants.find(tenantId, keys => keys.tag(subject))
    if (tag === undefined) return []
    const kids: string[] = []
    for await (const page of pagesOf(this.#store, tenantId, collections.subjectKey, { after: `${tag}.` }))
      for (const document of page) {
        if (!document.id.startsWith(`${tag}.`)) return kids
        kids.push(textOf(document, 'kid'))
      }
    return kids
  }

  async destroy(tenantId: string, kids: readonly string[]): Promise<void> {
    const known = [...new Set(kids)].filter(kid => kidPattern.test(kid))
    for (let at = 0; at < known.length; at += pageSize) {
      const page = known.slice(at, at + pageSize)
      const work = () => this.#tenants.find(tenantId, keys => this.#delete(keys, page))
      await this.#tenants.retrying(tenantId, work)
      this.#cache.drop(tenantId, page)
    }
  }

  async #read(keys: TenantKeys, kids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const { tenantId } = keys
    const reading = this.#cache.begin(tenantId)
    const found = new Map<string, Uint8Array>()
    const missing: string[] = []
    for (const kid of new Set(kids)) {
      const key = this.#cache.byKid(tenantId, kid)
      if (key) found.set(kid, key)
      else if (kidPattern.test(kid)) missing.push(kid)
    }
    for (let at = 0; at < missing.length; at += pageSize)
      for (const one of await Promise.all(
        missing.slice(at, at + pageSize).map(kid => this.#stored(keys, kid)),
      ))
        if (one) {
          this.#cache.put(tenantId, one, reading)
          found.set(one.kid, one.key)
        }
    return found
  }

  async #stored(keys: TenantKeys, kid: string): Promise<DataKey | undefined> {
    const document = await this.#store.document(keys.tenantId, collections.dataKey, kid)
    return document && { kid, key: keys.unwrap(textOf(document, 'wrapped'), kid) }
  }

  /** The keys by name; what is not there is made in one unit. @throws KeelsonError `document_conflict`. */
  async #provide(keys: TenantKeys, wanted: readonly NamedKey[]): Promise<ReadonlyMap<string, DataKey>> {
    const { tenantId, state } = keys
    const reading = this.#cache.begin(tenantId)
    const provided = new Map<string, DataKey>()
    const passing = new Set<string>()
    const changes: DocumentChange[] = []
    await Promise.all(
      wanted.map(async one => {
        const tag = keys.tag(one.subject)
        const known = await this.#store.document(tenantId, collections.subjectKey, `${tag}.${one.month}`)
        // Nothing was ever erased: then this is no repeat of it.
        const isNew = known || state.destroyed === 0 || (await (one.isNew?.() ?? true))
        if (!isNew) passing.add(one.name)
        const key = known
          ? await this.#stored(keys, textOf(known, 'kid'))
          : this.#make(keys, tag, one, isNew ? changes : [])
        if (!key) throw torn(tenantId)
        provided.set(one.name, key)
      }),
    )
    if (changes.length > 0) {
      await this.#store.commit({
        scope: { tenantId },
        documents: [stateChange(tenantId, state), ...changes],
      })
      keys.state = { ...state, revision: state.revision + 1 }
    }
    for (const [name, key] of provided) if (!passing.has(name)) this.#cache.put(tenantId, key, reading, name)
    return provided
  }

  #make(keys: TenantKeys, tag: string, { month }: WantedKey, changes: DocumentChange[]): DataKey {
    const { tenantId } = keys
    const id = new Uint8Array(16)
    this.#random(id)
    const kid = `k-${Buffer.from(id).toString('base64url')}`
    const key = newSecret(this.#random)
    const value = { wrapped: keys.wrap(key, kid), tag, month }
    changes.push(
      { tenantId, collection: collections.dataKey, id: kid, value, expected: 0 },
      { tenantId, collection: collections.subjectKey, id: `${tag}.${month}`, value: { kid }, expected: 0 },
    )
    return { kid, key }
  }

  async #delete(keys: TenantKeys, kids: readonly string[]): Promise<void> {
    const { tenantId, state } = keys
    const changes = (await Promise.all(kids.map(kid => this.#deletion(tenantId, kid)))).flat()
    if (changes.length === 0) return
    const next = { ...state, destroyed: state.destroyed + 1 }
    const documents = [stateChange(tenantId, state, next), ...changes]
    await this.#store.commit({ scope: { tenantId }, documents })
    keys.state = { ...next, revision: state.revision + 1 }
  }

  async #deletion(tenantId: string, kid: string): Promise<readonly DocumentChange[]> {
    const document = await this.#store.document(tenantId, collections.dataKey, kid)
    if (!document) return []
    const id = `${textOf(document, 'tag')}.${textOf(document, 'month')}`
    const link = await this.#store.document(tenantId, collections.subjectKey, id)
    const changes: DocumentChange[] = [
      { tenantId, collection: collections.dataKey, id: kid, expected: document.revision },
    ]
    if (link && textOf(link, 'kid') === kid)
      changes.push({ tenantId, collection: collections.subjectKey, id, expected: link.revision })
    return changes
  }
}

/** A subject is a text of any length: what the cache names a long one by is bounded. */
function nameOf(tenantId: string, { subject, month }: WantedKey): string {
  if (typeof subject !== 'string' || !monthPattern.test(month))
    throw new TypeError('A data key is of a subject and a month such as 2026-11')
  const short = subject.length <= 200 ? `=${subject}` : `#${hash('sha256', subject, 'base64url')}`
  return `${tenantId}\n${month}\n${short}`
}

const copyOf = ({ kid, key }: DataKey): DataKey => ({ kid, key: key.slice() })

function torn(tenantId: string): KeelsonError {
  const message = `A data key of tenant "${tenantId}" is not there, but a subject has it`
  return new KeelsonError('key_ring_incomplete', message, { tenantId })
}
