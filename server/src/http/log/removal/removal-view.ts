import type {
  Approver,
  ErasureView,
  Hold,
  OutOfReach,
  RedactionView,
  RetentionPolicy,
  SubjectFinding,
} from 'keelson/notary'
import type {
  ApproverItem,
  ErasureItem,
  HoldItem,
  RedactionItem,
  RetentionPolicyItem,
  SubjectView,
} from '../../../api/types.ts'

type View = ErasureView | RedactionView

/** What both kinds have in common; how it goes on inside is not told. */
function toRemoval({ phase: _, receipt, copies, outOfReach, ...view }: View) {
  const progress = Object.entries(copies).map(([name, { error = null, ...rest }]) => ({
    name,
    ...rest,
    error,
  }))
  return { ...view, copies: progress, receipt: receipt ?? null, exports: outOfReach ?? [] }
}

export const toErasure = (view: ErasureView): ErasureItem => toRemoval(view) as ErasureItem

export const toRedaction = (view: RedactionView): RedactionItem => toRemoval(view) as RedactionItem

export const toHold = ({
  id,
  scope,
  matches,
  reason,
  at,
  releasedAt,
  releaseReason,
  isRepeat,
}: Hold): HoldItem => ({
  id,
  scope,
  matches: matches ?? null,
  reason,
  at,
  releasedAt: releasedAt ?? null,
  releaseReason: releaseReason ?? null,
  ...(isRepeat && { isRepeat }),
})

export const toApprover = ({ name, key, registeredAt, revokedAt, isRepeat }: Approver): ApproverItem => ({
  name,
  key,
  registeredAt,
  revokedAt: revokedAt ?? null,
  ...(isRepeat && { isRepeat }),
})

export const toPolicy = ({ eventTypes, approvedBy, ...policy }: RetentionPolicy): RetentionPolicyItem => ({
  ...policy,
  eventTypes: eventTypes ?? null,
  approvedBy: approvedBy ?? [],
})

export const toSubject = (
  { firstAt, lastAt, copies, holds, ...finding }: SubjectFinding,
  exports: readonly OutOfReach[],
): SubjectView => ({
  ...finding,
  firstAt: firstAt ?? null,
  lastAt: lastAt ?? null,
  copies: copies.map(({ name, count }) => ({ name, count: count ?? null })),
  holds: holds.map(toHold),
  exports,
})
