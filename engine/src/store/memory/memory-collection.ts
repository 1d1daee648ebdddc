import type { Document, Scope } from '../types.ts'

/** Of `after` and `dueUntil` one at most. */
export interface DocumentBounds {
  readonly after: string | undefined
  readonly dueUntil: number | undefined
  readonly isBackwards: boolean
  readonly limit: number
}

const keyOf = (tenantId: string, id: string): string => JSON.stringify([tenantId, id])

/** The documents of a collection, of all tenants: what is written costs the same however many there are. */
export class MemoryCollection {
  readonly #documents = new Map<string, Document>()
  /** Their keys by id and tenant; undefined where one has come or gone since they were last put in order. */
  #inOrder: readonly string[] | undefined

  get(tenantId: string, id: string): Document | undefined {
    return this.#documents.get(keyOf(tenantId, id))
  }

  /** Puts it there, or takes away what is there. */
  set(tenantId: string, id: string, document: Document | undefined): void {
    const key = keyOf(tenantId, id)
    if (this.#documents.has(key) !== (document !== undefined)) this.#inOrder = undefined
    if (document === undefined) this.#documents.delete(key)
    else this.#documents.set(key, document)
  }

  hasTenant(tenantId: string): boolean {
    return this.#documents.values().some(one => one.tenantId === tenantId)
  }

  deleteTenant(tenantId: string): void {
    for (const { id, ...one } of [...this.#documents.values()])
      if (one.tenantId === tenantId) this.set(tenantId, id, undefined)
  }

  find({ tenantId }: Scope, { after, dueUntil, isBackwards, limit }: DocumentBounds): readonly Document[] {
    const isOwn = (one: Document) => tenantId === 'every tenant' || one.tenantId === tenantId
    const all = () => (isBackwards ? this.#before(after) : this.#behind(after))
    if (dueUntil === undefined) return all().filter(isOwn).take(limit).toArray()
    return this.#documents
      .values()
      .filter(one => dueOf(one) <= dueUntil && isOwn(one))
      .toArray()
      .sort((a, b) => dueOf(a) - dueOf(b) || byId(a, b))
      .slice(0, limit)
  }

  *#behind(after: string | undefined): Generator<Document, undefined> {
    const keys = this.#keysInOrder()
    const isBehind = (order: number) => order > 0
    for (let at = after === undefined ? 0 : this.#first(after, isBehind); at < keys.length; at += 1)
      yield this.#documents.get(keys[at] as string) as Document
  }

  /** Backwards. */
  *#before(after: string | undefined): Generator<Document, undefined> {
    const keys = this.#keysInOrder()
    const isThereOrBehind = (order: number) => order >= 0
    for (let at = after === undefined ? keys.length : this.#first(after, isThereOrBehind); at > 0; at -= 1)
      yield this.#documents.get(keys[at - 1] as string) as Document
  }

  #keysInOrder(): readonly string[] {
    this.#inOrder ??= [...this.#documents].sort(([, a], [, b]) => byId(a, b)).map(([key]) => key)
    return this.#inOrder
  }

  /** Place of the first whose id compares so with the given one. */
  #first(id: string, is: (order: number) => boolean): number {
    const keys = this.#keysInOrder()
    let [low, high] = [0, keys.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (is(compare((this.#documents.get(keys[middle] as string) as Document).id, id))) high = middle
      else low = middle + 1
    }
    return low
  }
}

const dueOf = ({ due }: Document): number => due ?? Number.POSITIVE_INFINITY

/** By the bytes of their UTF-8, as databases do. */
const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
const byId = (a: Document, b: Document): number => compare(a.id, b.id) || compare(a.tenantId, b.tenantId)
