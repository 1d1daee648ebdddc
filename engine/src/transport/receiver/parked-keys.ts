import { isJsonObject } from '../../core/index.ts'
import type { Document, DocumentChange, EventStore, Scope } from '../../store/index.ts'
import { parkedCollection, parkedId } from '../record/collections.ts'

interface Parked {
  readonly tenantId: string
  revision: number
  held: number
  readonly since: number
}

/** Keys that are in memory; of more than are read at once the others are looked up as their events come. */
const mostRead = 1_000
const mostKept = 2_000

/** The keys of a partition that stand still. Each event that is held back changes the key's document. */
export class ParkedKeys {
  readonly #store: EventStore
  readonly #scope: Scope
  readonly #collection: string
  #byId = new Map<string, Parked>()
  /** Changes on their way, by key. */
  readonly #pending = new Map<string, number>()
  /** Keys that were changed while the documents were being read. */
  readonly #touched = new Set<string>()
  #refreshing = Promise.resolve()
  /** Whether there may be parked keys that are not in memory. */
  #isPartial = false

  constructor(store: EventStore, scope: Scope, subscription: string, partition: number) {
    this.#store = store
    this.#scope = scope
    this.#collection = parkedCollection(subscription, partition)
  }

  /** Those in memory. */
  get size(): number {
    return this.#byId.size
  }

  /** Whether `look` is needed before `has`. */
  get isPartial(): boolean {
    return this.#isPartial
  }

  /** Looks up these keys, so that `has` knows of them. */
  async look(keys: readonly (readonly [tenantId: string, orderingKey: string])[]): Promise<void> {
    const ids = new Map(keys.map(([tenantId, key]) => [parkedId(tenantId, key), tenantId]))
    await Promise.all([...ids].map(([id, tenantId]) => this.#lookUp(id, tenantId)))
    for (const id of this.#byId.keys()) {
      if (this.#byId.size <= mostKept) break
      if (!ids.has(id) && !this.#touched.has(id)) this.#byId.delete(id)
    }
  }

  has(tenantId: string, orderingKey: string): boolean {
    return this.#byId.size > 0 && this.#byId.has(parkedId(tenantId, orderingKey))
  }

  /** Reads which keys are parked, as somebody may have let some go on. */
  refresh(): Promise<void> {
    this.#refreshing = this.#refreshing.catch(() => undefined).then(() => this.#read())
    return this.#refreshing
  }

  async #read(): Promise<void> {
    this.#touched.clear()
    for (const id of this.#pending.keys()) this.#touched.add(id)
    const query = { dueUntil: Number.MAX_SAFE_INTEGER, limit: mostRead }
    const page = await this.#store.documents(this.#scope, this.#collection, query)
    this.#isPartial = page.length === mostRead
    const found = new Map(page.map(document => [document.id, readParked(document)]))
    // Keys of events that are in hand may be among those that are not there.
    const others = this.#isPartial ? [...this.#byId].filter(([id]) => !found.has(id)) : []
    for (const [id, parked] of others) found.set(id, parked)
    // What was read may be older than a change that was on its way.
    for (const id of this.#touched) {
      const own = this.#byId.get(id)
      if (own !== undefined) found.set(id, own)
    }
    this.#byId = found
    await Promise.all(others.map(([id, { tenantId }]) => this.#lookUp(id, tenantId)))
  }

  async #lookUp(id: string, tenantId: string): Promise<void> {
    if (this.#touched.has(id) && this.#byId.has(id)) return
    const document = await this.#store.document(tenantId, this.#collection, id)
    // What was changed meanwhile is known better than the answer.
    if (this.#touched.has(id)) return
    if (document === undefined) this.#byId.delete(id)
    else this.#byId.set(id, readParked(document))
  }

  /** Parks a key, or counts another event that it holds back; to be followed by `settled`. */
  change(tenantId: string, orderingKey: string, now: number): DocumentChange {
    const id = parkedId(tenantId, orderingKey)
    const parked = this.#byId.get(id) ?? { tenantId, revision: 0, held: 0, since: now }
    const expected = parked.revision
    parked.revision += 1
    parked.held += 1
    this.#byId.set(id, parked)
    this.#touched.add(id)
    this.#pending.set(id, (this.#pending.get(id) ?? 0) + 1)
    const value = { orderingKey, since: parked.since, held: parked.held }
    // A time makes it one of those that can be read in their order.
    return { tenantId, collection: this.#collection, id, value, expected, due: Math.floor(parked.since) }
  }

  /** A change was committed, or it failed: then what is there is to be read again. */
  async settled(tenantId: string, orderingKey: string, isCommitted: boolean): Promise<void> {
    const id = parkedId(tenantId, orderingKey)
    const left = (this.#pending.get(id) ?? 1) - 1
    if (left === 0) this.#pending.delete(id)
    else this.#pending.set(id, left)
    if (!isCommitted) await this.refresh()
  }
}

function readParked({ tenantId, revision, value }: Document): Parked {
  const { held, since } = isJsonObject(value) ? value : {}
  return {
    tenantId,
    revision,
    held: typeof held === 'number' ? held : 0,
    since: typeof since === 'number' ? since : 0,
  }
}
