import type { Erasure } from './erasure/erasure.ts'
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
  > {
  readonly id: string
  /** Names of those who have signed. */
  readonly approvedBy: readonly string[]
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

function viewOf({ id, value }: RemovalFile<Removal>): RemovalView {
  const { status, phase, requestedAt, record, approvers, holds, failures, receipt, copies, approvals } = value
  const { outOfReach } = value
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
  }
}
