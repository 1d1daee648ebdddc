import type { DocumentChange, EventStore } from '../../store/index.ts'

/** One document a tenant. Whatever decides on removals changes it, so that of two who decide at once one sees the other. */
export const removalStateCollection = 'removal-state'
const id = 'main'

export interface RemovalState {
  readonly tenantId: string
  /** 0 where nothing was decided yet. */
  readonly revision: number
  /** The removal that cannot be stopped any more and is not recorded yet. */
  readonly running: string | undefined
  /** Approvers that must sign a removal, where there are any. */
  readonly approvalsNeeded: number
}

export async function loadRemovalState(store: EventStore, tenantId: string): Promise<RemovalState> {
  const document = await store.document(tenantId, removalStateCollection, id)
  const { running, approvalsNeeded } = (document?.value ?? {}) as {
    running?: string
    approvalsNeeded?: number
  }
  return { tenantId, revision: document?.revision ?? 0, running, approvalsNeeded: approvalsNeeded ?? 1 }
}

/** For a unit of work: fails with `document_conflict` where somebody has decided something since. */
export function removalStateChange({
  tenantId,
  revision,
  running,
  approvalsNeeded,
}: RemovalState): DocumentChange {
  const value = { approvalsNeeded, ...(running !== undefined && { running }) }
  return { tenantId, collection: removalStateCollection, id, value, expected: revision }
}
