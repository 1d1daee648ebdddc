import { canonicalJson, KeelsonError } from '../../../core/index.ts'
import { appoint, approverBoard } from '../approval/appoint.ts'
import { findArchived } from '../archived-content.ts'
import type { RemovalFile } from '../procedure/removal.ts'
import { fileChange, newRemoval } from '../procedure/removal.ts'
import { checkWords } from '../record/words.ts'
import type { RemovalContext } from '../removal-context.ts'
import type { Redaction } from './redaction.ts'
import { draftRedaction, redactionCollection, redactionRecord } from './redaction.ts'

export interface RedactionRequest {
  readonly eventId: string
  /** JSON Pointers into the envelope, under `/payload/` or `/metadata/`. They stay in the log. */
  readonly pointers: readonly string[]
  /** Stays in the log: without personal data. */
  readonly reason: string
  /** Names of those who are to sign, where approvers are registered; default the first of them. */
  readonly approvers?: readonly string[]
}

/**
 * Keeps a request. It runs at once where no approval is needed.
 *
 * @throws KeelsonError `event_not_found`, `event_removed`, `event_archived` where no archive is known, `request_invalid`, `approval_invalid`.
 */
export async function requestRedaction(
  context: RemovalContext,
  tenantId: string,
  { eventId, pointers, reason, approvers: wanted }: RedactionRequest,
): Promise<RemovalFile<Redaction>> {
  const { store, archive, clock, ids, random } = context
  checkWords('reason', reason)
  const event = await store.readEvent(tenantId, eventId)
  if (event === undefined) throw new KeelsonError('event_not_found')
  if (event.bodyState === 'removed') throw new KeelsonError('event_removed')
  if (archive === undefined && (await findArchived(store, tenantId))(event))
    throw new KeelsonError('event_archived')
  if (event.kind !== 'event')
    throw new KeelsonError('request_invalid', 'A record of the log itself stays as it was written')
  const draft = draftRedaction(event, pointers, { reason, random })
  const approvers = appoint(await approverBoard(store, tenantId), wanted)
  const now = clock.now()
  const value: Redaction = {
    ...newRemoval(new Date(now).toISOString()),
    ...(approvers.length > 0 && ({ status: 'awaiting-approval' } as const)),
    eventId,
    position: event.position,
    reason,
    paths: draft.record['paths'] as string[],
    draft,
    approvers,
    record: canonicalJson(redactionRecord(draft, approvers)),
  }
  const file = { tenantId, collection: redactionCollection, id: `redaction-${ids.ulid()}`, revision: 0 }
  const change = fileChange(file, value, approvers.length > 0 ? undefined : now)
  await store.commit({ scope: { tenantId }, documents: [change] })
  return { ...file, revision: 1, value }
}
