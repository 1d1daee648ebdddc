import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject, KeelsonError } from '../../core/index.ts'
import type { Document, DocumentChange, EventStore } from '../../store/index.ts'

/** The collections in which a tenant's keys are kept; no key is in them that is not wrapped. */
export const collections = {
  /** `v<N>` → the tenant's key, wrapped by the root key; due when it was last looked at for a new root key. */
  tenantKey: 'tenant-key',
  /** kid → a data key, wrapped by the tenant's key; its month and the tag of its subject. */
  dataKey: 'data-key',
  /** `<tag>.<month>` → kid. */
  subjectKey: 'subject-key',
  /** `v<N>` → a key of the log; its seed only while it signs. */
  logKey: 'log-key',
  /** `pepper` → what tags of subjects are made with. */
  pepper: 'pepper',
  /**
   * Of the platform: tenant → how many logs have borne its name, as a deleted tenant's name can be given again, and which of
   * them went with their tenant.
   */
  logNames: 'log-name',
  /** `state` and `rotation`: what processes agree on. */
  ring: 'key-ring',
} as const

/**
 * Changes in the same unit as any key is made or destroyed, at an expected revision: of two processes one is first, and
 * nobody wraps by a tenant's key that is no longer the newest.
 */
export interface RingState {
  /** Newest version of the tenant's key. */
  readonly version: number
  /** Newest version of the log's key, 0 where there is none. */
  readonly log: number
  /** How often data keys were destroyed. */
  readonly destroyed: number
  /** Of this ring alone: tells it from that of an earlier tenant of the name. Undefined for one of before there was any. */
  readonly id?: string | undefined
}

export interface KeptState extends RingState {
  readonly revision: number
}

export const versionId = (version: number): string => `v${version}`

/** @throws KeelsonError `key_ring_incomplete` where the id is none. */
export function versionOf({ tenantId, id }: Document): number {
  const version = /^v([1-9]\d{0,8})$/.exec(id)?.[1]
  if (version === undefined) throw damaged(tenantId, `a version "${id.slice(0, 20)}"`)
  return Number(version)
}

export async function readState(store: EventStore, tenantId: string): Promise<KeptState | undefined> {
  const document = await store.document(tenantId, collections.ring, 'state')
  if (!document) return undefined
  const { version, log, destroyed, id } = document.value as JsonObject
  if (![version, log, destroyed].every(Number.isSafeInteger)) throw damaged(tenantId, 'its state')
  const counts = { version: Number(version), log: Number(log), destroyed: Number(destroyed) }
  return { ...counts, ...(typeof id === 'string' ? { id } : {}), revision: document.revision }
}

/** For a unit: refused with `document_conflict` where the state has changed since it was read. */
export function stateChange(
  tenantId: string,
  kept: KeptState | undefined,
  state: RingState = kept as KeptState,
): DocumentChange {
  const { version, log, destroyed, id } = state
  const value = { version, log, destroyed, ...(id === undefined ? {} : { id }) }
  return { tenantId, collection: collections.ring, id: 'state', value, expected: kept?.revision ?? 0 }
}

/** A text member of a document. @throws KeelsonError `key_ring_incomplete` where it has none. */
export function textOf({ tenantId, collection, value }: Document, member: string): string {
  const text: JsonValue | undefined = isJsonObject(value) ? value[member] : undefined
  if (typeof text !== 'string') throw damaged(tenantId, `a ${collection} without ${member}`)
  return text
}

/** Every document of a tenant's collection by id, page by page. */
export async function* pagesOf(
  store: EventStore,
  tenantId: string,
  collection: string,
  {
    after,
    limit = 500,
    signal,
  }: { after?: string | undefined; limit?: number; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<readonly Document[]> {
  for (let last = after; ; ) {
    signal?.throwIfAborted()
    const query = { limit, ...(last === undefined ? {} : { after: last }) }
    const page = await store.documents({ tenantId }, collection, query)
    if (page.length === 0) return
    yield page
    last = page.at(-1)?.id
  }
}

export async function allOf(store: EventStore, tenantId: string, collection: string): Promise<Document[]> {
  return (await Array.fromAsync(pagesOf(store, tenantId, collection))).flat()
}

export const isConflict = (error: unknown): boolean =>
  error instanceof KeelsonError && error.code === 'document_conflict'

function damaged(tenantId: string, what: string): KeelsonError {
  const message = `The keys of tenant "${tenantId}" cannot be read: ${what} is not as it was written`
  return new KeelsonError('key_ring_incomplete', message, { tenantId })
}
