import { isJsonObject } from '../../core/index.ts'
import type { Document, DocumentChange, EventStore, Scope } from '../../store/index.ts'
import { parkedCollection, parkedId } from '../record/collections.ts'

interface Parked {
  revision: number
  held: number
  readonly since: number
}

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

  constructor(store: EventStore, scope: Scope, subscription: string, partition: number) {
    this.#store = store
    this.#scope = scope
    this.#collection = parkedCollection(subscription, partition)
  }

  get size(): number {
    return this.#byId.size
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
    const found = new Map<string, Parked>()
    this.#touched.clear()
    for (const id of this.#pending.keys()) this.#touched.add(id)
    for (let after: string | undefined; ; ) {
      const query = { limit: 1_000, ...(after === undefined ? {} : { after }) }
      const page = await this.#store.documents(this.#scope, this.#collection, query)
      for (const document of page) found.set(document.id, readParked(document))
      after = page.at(-1)?.id
      if (page.length < 1_000) break
    }
    // What was read may be older than a change that was on its way.
    for (const id of this.#touched) {
      const own = this.#byId.get(id)
      if (own !== undefined) found.set(id, own)
    }
    this.#byId = found
  }

  /** Parks a key, or counts another event that it holds back; to be followed by `settled`. */
  change(tenantId: string, orderingKey: string, now: number): DocumentChange {
    const id = parkedId(tenantId, orderingKey)
    const parked = this.#byId.get(id) ?? { revision: 0, held: 0, since: now }
    const expected = parked.revision
    parked.revision += 1
    parked.held += 1
    this.#byId.set(id, parked)
    this.#touched.add(id)
    this.#pending.set(id, (this.#pending.get(id) ?? 0) + 1)
    const value = { orderingKey, since: parked.since, held: parked.held }
    return { tenantId, collection: this.#collection, id, value, expected }
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

function readParked({ revision, value }: Document): Parked {
  const { held, since } = isJsonObject(value) ? value : {}
  return {
    revision,
    held: typeof held === 'number' ? held : 0,
    since: typeof since === 'number' ? since : 0,
  }
}
