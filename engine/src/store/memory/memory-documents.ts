import type { JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { PreparedDocument } from '../append/prepare-unit.ts'
import { checkName } from '../names.ts'
import { checkDocumentQuery } from '../read/document-select.ts'
import type { Document, DocumentQuery, Scope } from '../types.ts'

const keyOf = (tenantId: string, collection: string, id: string): string =>
  JSON.stringify([tenantId, collection, id])

/** Documents in a map. */
export class MemoryDocuments {
  readonly #documents = new Map<string, Document>()

  get(tenantId: string, collection: string, id: string): Document | undefined {
    checkName('collection', collection)
    checkName('document', id)
    return structuredClone(this.#documents.get(keyOf(tenantId, collection, id)))
  }

  find(scope: Scope, collection: string, query: DocumentQuery): readonly Document[] {
    const { after, dueUntil, limit } = checkDocumentQuery(scope, collection, query)
    const found = [...this.#documents.values()].filter(
      one =>
        one.collection === collection &&
        (scope.tenantId === 'every tenant' || one.tenantId === scope.tenantId) &&
        (after === undefined || compare(one.id, after) > 0) &&
        (dueUntil === undefined || (one.due ?? Number.POSITIVE_INFINITY) <= dueUntil),
    )
    const due = (one: Document) => (dueUntil === undefined ? 0 : (one.due ?? 0))
    return found
      .sort((a, b) => due(a) - due(b) || compare(a.id, b.id) || compare(a.tenantId, b.tenantId))
      .slice(0, limit)
      .map(one => structuredClone(one))
  }

  collections(tenantId: string): readonly string[] {
    const all = [...this.#documents.values()].filter(one => one.tenantId === tenantId)
    return [...new Set(all.map(one => one.collection))].sort(compare)
  }

  /** All changes or none. @throws KeelsonError `document_conflict`. */
  change(changes: readonly PreparedDocument[]): void {
    const before = new Map(this.#documents)
    try {
      for (const change of changes) this.#one(change)
    } catch (error) {
      this.#documents.clear()
      for (const [key, document] of before) this.#documents.set(key, document)
      throw error
    }
  }

  deleteTenant(tenantId: string): void {
    for (const [key, one] of [...this.#documents]) if (one.tenantId === tenantId) this.#documents.delete(key)
  }

  #one({ tenantId, collection, id, value, due, expected }: PreparedDocument): void {
    const key = keyOf(tenantId, collection, id)
    const actual = this.#documents.get(key)?.revision ?? 0
    if (expected !== null && expected !== actual) {
      const message = `The document "${id}" of ${collection} was expected at revision ${expected}, but it is at ${actual}`
      throw new KeelsonError('document_conflict', message, { collection, id, expected, actual })
    }
    if (value === null) this.#documents.delete(key)
    else {
      const parsed = JSON.parse(value) as JsonValue
      const revision = actual + 1
      this.#documents.set(key, { tenantId, collection, id, revision, due: due ?? undefined, value: parsed })
    }
  }
}

/** By the bytes of their UTF-8, as databases do. */
const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
