import type {
  Approver,
  BundleExport,
  ErasureView,
  Hold,
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
function toRemoval({ phase: _, receipt, copies, ...view }: View) {
  const progress = Object.entries(copies).map(([name, { error = null, ...rest }]) => ({
    name,
    ...rest,
    error,
  }))
  return { ...view, copies: progress, receipt: receipt ?? null }
}

export const toErasure = (view: ErasureView): ErasureItem => toRemoval(view) as ErasureItem

export const toRedaction = (view: RedactionView): RedactionItem => toRemoval(view) as RedactionItem

export const toHold = ({ id, scope, matches, reason, at, releasedAt, releaseReason }: Hold): HoldItem => ({
  id,
  scope,
  matches: matches ?? null,
  reason,
  at,
  releasedAt: releasedAt ?? null,
  releaseReason: releaseReason ?? null,
})

export const toApprover = ({ name, key, registeredAt, revokedAt }: Approver): ApproverItem => ({
  name,
  key,
  registeredAt,
  revokedAt: revokedAt ?? null,
})

export const toPolicy = ({ eventTypes, approvedBy, ...policy }: RetentionPolicy): RetentionPolicyItem => ({
  ...policy,
  eventTypes: eventTypes ?? null,
  approvedBy: approvedBy ?? [],
})

export const toSubject = (
  { firstAt, lastAt, copies, holds, ...finding }: SubjectFinding,
  exports: readonly BundleExport[],
): SubjectView => ({
  ...finding,
  firstAt: firstAt ?? null,
  lastAt: lastAt ?? null,
  copies: copies.map(({ name, count }) => ({ name, count: count ?? null })),
  holds: holds.map(toHold),
  exports: exports.map(({ id, at, from, to, withPersonal, where }) => ({
    id,
    at,
    from,
    to,
    withPersonal,
    where,
  })),
})
