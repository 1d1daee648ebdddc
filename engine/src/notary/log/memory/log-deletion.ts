import type { EventStore } from '../../../store/index.ts'
import { firstKeyId, noteDeletedLogs } from '../../keys/index.ts'
import { isPassing } from '../passing.ts'
import { recordedHeads } from '../publish/meta-log.ts'
import { headsOf } from './lost-logs.ts'

/**
 * Notes that a tenant's log goes because the tenant is deleted; before it is, as its keys go with it. Whoever remembers a
 * head of the log, on whichever machine, takes it for one that was taken away otherwise. To repeat it changes nothing.
 *
 * A log whose first key is damaged is told apart by what the platform's own log has of it. Gives whether it could be told:
 * what cannot be read keeps no tenant from being deleted.
 */
export async function noteLogDeletion(store: EventStore, tenantId: string): Promise<boolean> {
  const ids = await idsOf(store, tenantId)
  await noteDeletedLogs(store, tenantId, ids ?? [])
  return ids !== undefined
}

/** Undefined where there is a log, and nothing says which. */
async function idsOf(store: EventStore, tenantId: string): Promise<readonly string[] | undefined> {
  try {
    const id = await firstKeyId(store, tenantId)
    return id === undefined ? [] : [id]
  } catch (error) {
    if (isPassing(error)) throw error
  }
  const recorded = headsOf(await recordedHeads(store), tenantId)
  return recorded.length === 0 ? undefined : recorded.map(({ keyId }) => keyId)
}
