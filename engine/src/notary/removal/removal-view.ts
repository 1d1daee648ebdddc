import type { Erasure } from './erasure/erasure.ts'
import type { Procedure } from './procedure/procedure.ts'
import type { Removal, RemovalFile } from './procedure/removal.ts'
import type { Redaction } from './redaction/redaction.ts'

interface RemovalView
  extends Pick<
    Removal,
    | 'status'
    | 'phase'
    | 'requestedAt'
    | 'record'
    | 'approvers'
    | 'holds'
    | 'failures'
    | 'receipt'
    | 'copies'
    | 'outOfReach'
    | 'withdrawnBecause'
  > {
  readonly id: string
  /** Names of those who have signed. */
  readonly approvedBy: readonly string[]
  /** Where a call changed nothing: what it asks for was done before. */
  readonly isRepeat?: true
}

export interface ErasureView extends RemovalView, Pick<Erasure, 'basis' | 'request' | 'keys'> {}

export interface RedactionView extends RemovalView, Pick<Redaction, 'eventId' | 'reason' | 'paths'> {}

export function erasureView(file: RemovalFile<Erasure>): ErasureView {
  const { basis, request, keys } = file.value
  return { ...viewOf(file), basis, request, keys }
}

export function redactionView(file: RemovalFile<Redaction>): RedactionView {
  const { eventId, reason, paths } = file.value
  return { ...viewOf(file), eventId, reason, paths }
}

/** How it is seen: while it is not begun, with the holds that cover it now, whatever else it waits for. */
export const seen =
  <Value extends Removal, View extends RemovalView>(
    { holds }: Pick<Procedure<Value>, 'holds'>,
    view: (file: RemovalFile<Value>) => View,
  ) =>
  async (file: RemovalFile<Value>): Promise<View> => {
    const { phase, status } = file.value
    const isOpen = phase === 'check' && status !== 'withdrawn' && status !== 'completed'
    return isOpen ? { ...view(file), holds: await holds(file) } : view(file)
  }

function viewOf({ id, value, isRepeat }: RemovalFile<Removal>): RemovalView {
  const { status, phase, requestedAt, record, approvers, holds, failures, receipt, copies, approvals } = value
  const { outOfReach, withdrawnBecause } = value
  return {
    id,
    status,
    phase,
    requestedAt,
    record,
    approvers,
    approvedBy: approvals.map(({ key }) => key),
    holds,
    failures,
    copies,
    ...(receipt && { receipt }),
    ...(outOfReach && { outOfReach }),
    ...(withdrawnBecause && { withdrawnBecause }),
    ...(isRepeat && { isRepeat }),
  }
}
