import { isJsonObject, platformTenant } from '../../core/index.ts'
import { parseVerifierKey } from '../../proof/index.ts'
import type { EventStore } from '../../store/index.ts'
import { collections, isConflict, textOf, versionId } from './key-documents.ts'
import { logVerifiers } from './log-keys.ts'

const place = { tenantId: platformTenant, collection: collections.logNames } as const
/** Deleted logs of one name that are remembered. */
const mostDeleted = 100
const attempts = 20

/**
 * Id of the first key of a tenant's log; undefined where there is none.
 *
 * @throws KeelsonError `key_ring_incomplete`, or TypeError, where it cannot be read.
 */
export async function firstKeyId(store: EventStore, tenantId: string): Promise<string | undefined> {
  try {
    const first = (await logVerifiers(store, tenantId)).at(-1)
    return first === undefined ? undefined : parseVerifierKey(first).id
  } catch (error) {
    // What is damaged may be one of the others.
    const first = await store.document(tenantId, collections.logKey, versionId(1))
    if (!first) throw error
    return parseVerifierKey(textOf(first, 'key')).id
  }
}

/** Notes ids of first keys of logs that went with a tenant of this name. To repeat it changes nothing. */
export async function noteDeletedLogs(
  store: EventStore,
  tenantId: string,
  ids: readonly string[],
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const known = await store.document(place.tenantId, place.collection, tenantId)
    const value = known && isJsonObject(known.value) ? known.value : {}
    const deleted = deletedIn(value)
    const fresh = ids.filter(id => !deleted.includes(id))
    if (fresh.length === 0) return
    const noted = { ...value, deleted: [...deleted, ...fresh].slice(-mostDeleted) }
    const change = { ...place, id: tenantId, value: noted, expected: known?.revision ?? 0 }
    try {
      await store.commit({ scope: { tenantId: place.tenantId }, documents: [change] })
      return
    } catch (error) {
      if (!isConflict(error) || attempt === attempts) throw error
    }
  }
}

/** Ids of the first keys of logs that went with a tenant of this name. */
export async function deletedLogs(store: EventStore, tenantId: string): Promise<readonly string[]> {
  const known = await store.document(place.tenantId, place.collection, tenantId)
  return deletedIn(known?.value)
}

function deletedIn(value: unknown): readonly string[] {
  const { deleted } = (value ?? {}) as { readonly deleted?: unknown }
  return Array.isArray(deleted) ? deleted.filter(id => typeof id === 'string') : []
}
