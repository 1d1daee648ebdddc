import { isJsonObject, platformTenant } from '../../core/index.ts'
import { parseVerifierKey } from '../../proof/index.ts'
import type { EventStore } from '../../store/index.ts'
import { collections, isConflict } from './key-documents.ts'
import { logVerifiers } from './log-keys.ts'

const place = { tenantId: platformTenant, collection: collections.logNames } as const
/** Deleted logs of one name that are remembered. */
const mostDeleted = 100
const attempts = 20

/**
 * Notes that a tenant's log goes because the tenant is deleted; before it is, as its keys go with it. Whoever remembers a
 * head of the log, on whichever machine, takes it for one that was taken away otherwise. To repeat it changes nothing.
 */
export async function noteLogDeletion(store: EventStore, tenantId: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const first = (await logVerifiers(store, tenantId)).at(-1)
    if (first === undefined) return
    const known = await store.document(place.tenantId, place.collection, tenantId)
    const value = known && isJsonObject(known.value) ? known.value : {}
    const deleted = deletedIn(value)
    const { id } = parseVerifierKey(first)
    if (deleted.includes(id)) return
    const noted = { ...value, deleted: [...deleted, id].slice(-mostDeleted) }
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
