import { defineCommand } from 'keelson'
import Type from 'typebox'
import { count, id, list, oneOf, sha256, text, time } from '../../definition/field.ts'

const approvalRequestId = id('Id of the request.', 'apr-91c2')
const actionDigest = Type.Optional(
  sha256('SHA-256 of the exact action that was looked at; refused where the request is about another.'),
)

export const RequestApproval = defineCommand({
  type: 'RequestApproval',
  version: '1.0',
  summary: 'Asks people to approve an action that waits for it.',
  aggregate: 'ApprovalRequest',
  target: payload => payload.approvalRequestId,
  payload: Type.Object(
    {
      approvalRequestId,
      policyDecisionId: Type.Optional(id('Decision that demands the approval.', 'dec-4d21ab')),
      action: id('Action that waits.', 'Promote'),
      resourceType: id('Kind of what it acts on.', 'Deployment'),
      resourceId: Type.Optional(id('What it acts on.', 'art-api-7c')),
      environment: Type.Optional(id('Environment in which it acts.', 'prod')),
      reason: Type.Optional(text('Why, in words for the approvers.', 'Release 2.4.0 for customers.', 2048)),
      approverIds: Type.Optional(list(id('Id of a person.', 'usr-12'), 'People who may decide.', ['usr-12'])),
      groups: Type.Optional(
        list(id('Name of a group.', 'sec-leads'), 'Groups whose members may decide.', ['sec-leads']),
      ),
      quorum: Type.Optional(count('Approvals that are needed; 1 where it is absent.', 2, 1)),
      expiresAt: time('Until when it can be decided.', '2026-06-12T09:00:01Z'),
      onExpiry: Type.Optional(
        oneOf(
          ['Reject', 'Escalate'],
          'What happens where nobody decides in time; Reject where it is absent.',
          'Escalate',
        ),
      ),
      escalateTo: Type.Optional(
        list(id('Name of a group.', 'ciso'), 'Groups that it goes to then.', ['ciso']),
      ),
    },
    { description: 'What waits, for whom and until when.' },
  ),
  emits: ['ApprovalRequested'],
  rejections: [
    { code: 'approver_missing', when: 'Neither a person nor a group is named that could decide.' },
    { code: 'quorum_unreachable', when: 'Fewer people may decide than must agree.' },
    { code: 'expiry_passed', when: 'The expiry is in the past, or later than the tenant allows.' },
    { code: 'decision_unknown', when: 'There is no such decision, or it does not demand an approval.' },
    { code: 'request_exists', when: 'Another action waits under this id.' },
  ],
  permission: 'approvals:request',
  rules: [
    'Whoever asks does not decide, unless the policy allows it.',
    'What is approved is exactly the action as it is asked for; a digest of it is kept with the request.',
  ],
  examples: [
    {
      approvalRequestId: 'apr-91c2',
      policyDecisionId: 'dec-4d21ab',
      action: 'Promote',
      resourceType: 'Deployment',
      resourceId: 'art-api-7c',
      environment: 'prod',
      reason: 'Release 2.4.0 for customers.',
      approverIds: ['usr-12', 'usr-31'],
      groups: ['sec-leads'],
      quorum: 2,
      expiresAt: '2026-06-12T09:00:01Z',
      onExpiry: 'Escalate',
      escalateTo: ['ciso'],
    },
    {
      approvalRequestId: 'apr-a0f7',
      action: 'Export',
      resourceType: 'AuditTrail',
      groups: ['privacy'],
      expiresAt: '2026-06-18T09:00:00Z',
    },
  ],
})

export const GrantApproval = defineCommand({
  type: 'GrantApproval',
  version: '1.0',
  summary: 'Agrees to an action that waits; the last agreement that is needed lets it go on.',
  aggregate: 'ApprovalDecision',
  target: payload => payload.approvalRequestId,
  payload: Type.Object(
    {
      approvalRequestId,
      comment: Type.Optional(text('Why, in words.', 'Checked the rollback plan.', 2048)),
      actionDigest,
    },
    { description: 'Which request is agreed to.' },
  ),
  emits: ['ApprovalGranted', 'AuditEntryRecorded'],
  rejections: [
    { code: 'request_unknown', when: 'There is no such request in the tenant.' },
    { code: 'request_decided', when: 'The request was granted or rejected before.' },
    { code: 'request_expired', when: 'Time was over.' },
    { code: 'approver_not_entitled', when: 'The caller is not among those who may decide.' },
    { code: 'self_approval', when: 'The caller asked for the approval, and the policy does not allow both.' },
    { code: 'approver_repeated', when: 'The caller agreed before; a quorum is made of different people.' },
    { code: 'action_changed', when: 'The digest is not that of the action that waits.' },
    { code: 'comment_required', when: 'The policy demands a comment.' },
  ],
  permission: 'approvals:decide',
  rules: [
    'The approver is the caller, never someone whom the command names.',
    'Until the quorum is reached each agreement is an audit entry, and the one that reaches it grants the request.',
  ],
  examples: [
    {
      approvalRequestId: 'apr-91c2',
      comment: 'Checked the rollback plan.',
      actionDigest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    },
    { approvalRequestId: 'apr-a0f7' },
  ],
})

export const RejectApproval = defineCommand({
  type: 'RejectApproval',
  version: '1.0',
  summary: 'Says no to an action that waits, which ends it.',
  aggregate: 'ApprovalDecision',
  target: payload => payload.approvalRequestId,
  payload: Type.Object(
    {
      approvalRequestId,
      comment: text('Why, in words for whoever asked.', 'The rollback plan is missing.', 2048),
      actionDigest,
    },
    { description: 'Which request is rejected, and why.' },
  ),
  emits: ['ApprovalRejected'],
  rejections: [
    { code: 'request_unknown', when: 'There is no such request in the tenant.' },
    { code: 'request_decided', when: 'The request was granted or rejected before.' },
    { code: 'request_expired', when: 'Time was over.' },
    { code: 'approver_not_entitled', when: 'The caller is not among those who may decide.' },
    { code: 'action_changed', when: 'The digest is not that of the action that waits.' },
  ],
  permission: 'approvals:decide',
  rules: [
    'One rejection decides, whatever the quorum.',
    'Whoever asked may reject, which takes the request back.',
  ],
  examples: [
    {
      approvalRequestId: 'apr-77b0',
      comment: 'The rollback plan is missing.',
      actionDigest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    },
    { approvalRequestId: 'apr-a0f7', comment: 'Please ask for less.' },
  ],
})
