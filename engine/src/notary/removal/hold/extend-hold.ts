import { recordWrite } from '../record/record-write.ts'
import type { RemovalContext } from '../removal-context.ts'
import { loadRemovalState, removalStateChange } from '../removal-state.ts'
import type { Line } from '../removal-worker.ts'
import { postpone, tryCommit } from '../tenant-documents.ts'
import { heldKids } from './covering.ts'
import { heldEntries } from './held-entries.ts'
import { holdCollection, holdOf, nextHoldLook } from './hold.ts'

/**
 * Records that a hold on a subject covers keys which were made after it: by a further hold on these keys alone, which is
 * released together with it. Who verifies a bundle knows of keys only what records say.
 */
async function extendHold(context: RemovalContext, tenantId: string, id: string): Promise<void> {
  const { store, clock } = context
  const document = await store.document(tenantId, holdCollection, id)
  const hold = document && holdOf(document)
  if (!hold || hold.releasedAt !== undefined || !('subjectKeys' in hold.scope)) return
  const { subjectKeys } = hold.scope
  const kids = (await heldKids(context, tenantId, hold)).filter(kid => !subjectKeys.includes(kid)).sort()
  const now = clock.now()
  const due = now + nextHoldLook
  if (kids.length === 0) return postpone(store, { tenantId, collection: holdCollection, id, due })
  const state = await loadRemovalState(store, tenantId)
  // What is being removed at this moment is recorded first.
  if (state.running !== undefined) return
  const { further = [] } = hold
  const other = `${id}.${further.length + 2}`
  const value = {
    ...hold,
    scope: { subjectKeys: [...subjectKeys, ...kids].sort() },
    further: [...further, other],
  }
  const scope = { subjectKeys: kids }
  const entries = (await heldEntries(context, tenantId, scope))?.map(range => [...range]) ?? []
  const at = new Date(now).toISOString()
  const payload = { action: 'hold.set', hold: other, scope, reason: hold.reason, at, entries }
  await tryCommit(store, {
    scope: { tenantId },
    appends: [recordWrite(tenantId, 'hold.set', payload, context)],
    documents: [
      {
        tenantId,
        collection: holdCollection,
        id,
        value: JSON.parse(JSON.stringify(value)),
        due,
        expected: document.revision,
      },
      removalStateChange(state),
    ],
  })
}

/** Looks at holds on subjects when they are due. */
export const holdLine = (context: RemovalContext): Line => ({
  collection: holdCollection,
  async advance(tenantId, id) {
    try {
      await extendHold(context, tenantId, id)
    } catch (error) {
      const due = context.clock.now() + nextHoldLook
      await postpone(context.store, { tenantId, collection: holdCollection, id, due })
      throw error
    }
  },
  complete: async () => undefined,
  postpone: async () => undefined,
})
