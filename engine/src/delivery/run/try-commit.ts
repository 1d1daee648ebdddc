import { KeelsonError } from '../../core/index.ts'
import type { DocumentChange, EventStore } from '../../store/index.ts'

/** Carries out what concerns one tenant; false where somebody else was faster. */
export async function tryCommit(
  store: EventStore,
  tenantId: string,
  documents: readonly DocumentChange[],
): Promise<boolean> {
  try {
    await store.commit({ scope: { tenantId }, documents })
    return true
  } catch (error) {
    if (error instanceof KeelsonError && error.code === 'document_conflict') return false
    throw error
  }
}
