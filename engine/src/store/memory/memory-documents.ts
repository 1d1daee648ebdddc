import type { JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { PreparedDocument } from '../append/prepare-unit.ts'
import { checkName } from '../names.ts'
import { checkDocumentQuery } from '../read/document-select.ts'
import type { Document, DocumentQuery, Scope } from '../types.ts'
import { MemoryCollection } from './memory-collection.ts'

/** Documents in a map for each collection. */
export class MemoryDocuments {
  readonly #collections = new Map<string, MemoryCollection>()

  get(tenantId: string, collection: string, id: string): Document | undefined {
    checkName('collection', collection)
    checkName('document', id)
    return structuredClone(this.#collections.get(collection)?.get(tenantId, id))
  }

  find(scope: Scope, collection: string, query: DocumentQuery): readonly Document[] {
    const bounds = checkDocumentQuery(scope, collection, query)
    const found = this.#collections.get(collection)?.find(scope, bounds) ?? []
    return found.map(one => structuredClone(one))
  }

  collections(tenantId: string): readonly string[] {
    const own = [...this.#collections].filter(([, collection]) => collection.hasTenant(tenantId))
    return own.map(([name]) => name).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  }

  /** All changes or none. @throws KeelsonError `document_conflict`. */
  change(changes: readonly PreparedDocument[]): void {
    const takeBack: (() => void)[] = []
    try {
      for (const change of changes) takeBack.push(this.#one(change))
    } catch (error) {
      for (const step of takeBack.reverse()) step()
      throw error
    }
  }

  deleteTenant(tenantId: string): void {
    for (const collection of this.#collections.values()) collection.deleteTenant(tenantId)
  }

  /** Gives what takes it back. */
  #one({ tenantId, collection, id, value, due, expected }: PreparedDocument): () => void {
    const known = this.#collections.get(collection)
    const before = known?.get(tenantId, id)
    const actual = before?.revision ?? 0
    if (expected !== null && expected !== actual) {
      const message = `The document "${id}" of ${collection} was expected at revision ${expected}, but it is at ${actual}`
      throw new KeelsonError('document_conflict', message, { collection, id, expected, actual })
    }
    const own = known ?? new MemoryCollection()
    if (known === undefined) this.#collections.set(collection, own)
    const parsed = value === null ? undefined : (JSON.parse(value) as JsonValue)
    const revision = actual + 1
    own.set(
      tenantId,
      id,
      parsed === undefined
        ? undefined
        : { tenantId, collection, id, revision, due: due ?? undefined, value: parsed },
    )
    return () => own.set(tenantId, id, before)
  }
}
