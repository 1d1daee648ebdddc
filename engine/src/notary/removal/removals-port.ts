import type { Approver, NewApprover } from './approval/approvers.ts'
import type { ApproverConsent } from './approval/consent.ts'
import type { SubjectFinding } from './erasure/find-subject.ts'
import type { ErasureRequest } from './erasure/request-erasure.ts'
import type { Hold } from './hold/hold.ts'
import type { NewHold } from './hold/holds.ts'
import type { ApprovalInput } from './procedure/settle.ts'
import type { RedactionRequest } from './redaction/request-redaction.ts'
import type { ErasureView, RedactionView } from './removal-view.ts'
import type { RetentionReport, RetentionRunOptions } from './retention/apply-retention.ts'
import type { RetentionPolicy, RetentionPolicyInput } from './retention/retention-policy.ts'

/** A page of a list by id, which is the order in which they were asked for. */
export interface RemovalPage {
  /** Only those after this id, backwards those before it. */
  readonly after?: string
  /** Backwards the newest comes first; default forwards. */
  readonly direction?: 'forwards' | 'backwards'
  /** Default 100, at most 1,000. */
  readonly limit?: number
}

/** Removing content from the logs of tenants, each removal recorded in the log that it is from. */
export interface Removals {
  /** Works on what is due, this moment's and what an earlier process has left, until it is closed. */
  start(): void
  /** Works once on what is due by now; says on how much: removals, holds, what goes from archives. */
  work(signal?: AbortSignal): Promise<number>
  /** Stops after the step that is being taken. May be called twice. */
  close(): Promise<void>

  /** Looks for a subject's data and changes nothing. */
  findSubject(tenantId: string, subject: string, signal?: AbortSignal): Promise<SubjectFinding>

  /** Keeps the request; the erasure itself goes on by `start` or `work`. See `requestErasure`. */
  requestErasure(tenantId: string, request: ErasureRequest): Promise<ErasureView>
  erasure(tenantId: string, id: string): Promise<ErasureView>
  erasures(tenantId: string, page?: RemovalPage): Promise<readonly ErasureView[]>
  /** See `approveRemoval`. */
  approveErasure(tenantId: string, id: string, approval: ApprovalInput): Promise<ErasureView>
  withdrawErasure(tenantId: string, id: string): Promise<ErasureView>

  requestRedaction(tenantId: string, request: RedactionRequest): Promise<RedactionView>
  redaction(tenantId: string, id: string): Promise<RedactionView>
  redactions(tenantId: string, page?: RemovalPage): Promise<readonly RedactionView[]>
  approveRedaction(tenantId: string, id: string, approval: ApprovalInput): Promise<RedactionView>
  withdrawRedaction(tenantId: string, id: string): Promise<RedactionView>

  setHold(tenantId: string, hold: NewHold): Promise<Hold>
  releaseHold(tenantId: string, id: string, reason: string): Promise<Hold>
  holds(tenantId: string): Promise<readonly Hold[]>

  registerApprover(tenantId: string, approver: NewApprover, consent?: ApproverConsent): Promise<Approver>
  revokeApprover(tenantId: string, name: string, consent?: ApproverConsent): Promise<Approver>
  /** Also those that were revoked. */
  approvers(tenantId: string): Promise<readonly Approver[]>
  /** How many of them must sign a removal; 0 while there is none who could. */
  approvalsNeeded(tenantId: string): Promise<number>

  setRetentionPolicy(
    tenantId: string,
    policy: RetentionPolicyInput,
    consent?: ApproverConsent,
  ): Promise<RetentionPolicy>
  /** What an approver signs to agree to a policy as it is given; it holds until the policy is changed. */
  retentionPolicyRecord(tenantId: string, policy: RetentionPolicyInput): Promise<string>
  retentionPolicies(tenantId: string): Promise<readonly RetentionPolicy[]>
  applyRetention(tenantId: string, policyId: string, options?: RetentionRunOptions): Promise<RetentionReport>
}
