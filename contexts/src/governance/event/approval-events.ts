import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, id, list, number, oneOf, sha256, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const approvalRequestId = id('Id of the request.', 'apr-91c2')
const policyDecisionId = Type.Optional(id('Decision that demanded the approval.', 'dec-4d21ab'))
const actionDigest = Type.Optional(
  sha256('SHA-256 of the canonical JSON of the exact action, its resource, policy version and risk version.'),
)

const common = {
  version: '1.0',
  kind: 'integration',
  topic: 'governance.approval',
  producer: 'ApprovalService',
  consumers: ['Factory Studio', 'Control Plane', 'Observability'],
  retention: retention.evidence,
  retry: retry.worker,
  deadLetter: deadLetter.page,
} as const

export const ApprovalRequested = defineEvent({
  ...common,
  type: 'ApprovalRequested',
  summary: 'People were asked to approve an action, or others were asked because nobody decided in time.',
  aggregate: 'ApprovalRequest',
  orderingKey: event => event.payload.approvalRequestId,
  idempotencyKey: event => `${event.payload.approvalRequestId}:${event.payload.expiresAt}`,
  payload: Type.Object(
    {
      approvalRequestId,
      expiresAt: time('Until when it can be decided.', '2026-06-12T09:00:01Z'),
      policyDecisionId,
      action: Type.Optional(id('Action that waits.', 'Promote')),
      resourceType: Type.Optional(id('Kind of what it acts on.', 'Deployment')),
      resourceId: Type.Optional(id('What it acts on.', 'art-api-7c')),
      environment: Type.Optional(id('Environment in which it acts.', 'prod')),
      requestedBy: id('User or agent that wants to act.', 'agent-release-01'),
      reason: Type.Optional(text('Why it wants to act, in words.', 'Release 2.4.0 for customers.', 2048)),
      approverIds: Type.Optional(list(id('Id of a person.', 'usr-12'), 'People who may decide.', ['usr-12'])),
      groups: Type.Optional(
        list(id('Name of a group.', 'sec-leads'), 'Groups whose members may decide.', ['sec-leads']),
      ),
      quorum: Type.Optional(count('Approvals that are needed; 1 where it is absent.', 2, 1)),
      onExpiry: Type.Optional(
        oneOf(['Reject', 'Escalate'], 'What happens where nobody decides in time.', 'Escalate'),
      ),
      escalationLevel: Type.Optional(count('How often it was passed on before.', 1)),
      riskScore: Type.Optional(number('Risk from 0 to 100 at the time.', 82, { minimum: 0, maximum: 100 })),
      riskVersion: Type.Optional(count('Version of that score.', 7, 1)),
      actionDigest,
    },
    { description: 'What waits, for whom and until when.' },
  ),
  rules: [
    'The action waits until the request is decided, and a request is decided once.',
    'A request that is passed on keeps its id, and has a later expiry and a higher escalation level.',
    'Whoever asked does not decide, unless the policy allows it.',
    'Where nobody decides in time, it is rejected or passed on, never granted.',
  ],
  personal: [{ pointer: '/reason', subject: '/requestedBy', kind: 'free-text' }],
  monitoring: {
    metrics: ['Open requests by group and age.', 'Share of requests that were passed on.'],
    alerts: ['A request expires within an hour and nobody has looked at it.'],
  },
  examples: [
    {
      approvalRequestId: 'apr-91c2',
      expiresAt: '2026-06-12T09:00:01Z',
      policyDecisionId: 'dec-4d21ab',
      action: 'Promote',
      resourceType: 'Deployment',
      resourceId: 'art-api-7c',
      environment: 'prod',
      requestedBy: 'agent-release-01',
      reason: 'Release 2.4.0 for customers.',
      approverIds: ['usr-12'],
      groups: ['sec-leads'],
      quorum: 2,
      onExpiry: 'Escalate',
      escalationLevel: 0,
      riskScore: 82,
      riskVersion: 7,
      actionDigest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    },
    {
      approvalRequestId: 'apr-91c2',
      expiresAt: '2026-06-12T17:00:01Z',
      requestedBy: 'agent-release-01',
      groups: ['ciso'],
      onExpiry: 'Reject',
      escalationLevel: 1,
    },
  ],
})

export const ApprovalGranted = defineEvent({
  ...common,
  type: 'ApprovalGranted',
  summary: 'As many approvers as were needed agreed, and the action may go on.',
  aggregate: 'ApprovalDecision',
  orderingKey: event => event.payload.approvalRequestId,
  idempotencyKey: event => event.payload.approvalRequestId,
  payload: Type.Object(
    {
      approvalRequestId,
      decidedBy: id('Person whose approval was the last that was needed.', 'usr-12'),
      comment: Type.Optional(text('What that person wrote.', 'Checked the rollback plan.', 2048)),
      decidedAt: Type.Optional(time('When it was granted.')),
      approvals: Type.Optional(
        list(
          Type.Object({
            approverId: id('Person who approved.', 'usr-31'),
            approvedAt: Type.Optional(time('When.')),
            comment: Type.Optional(text('What the person wrote.', 'Fine with me.', 2048)),
          }),
          'Every approval that counted, in order.',
          [{ approverId: 'usr-31', comment: 'Fine with me.' }],
        ),
      ),
      policyDecisionId,
      actionDigest,
      validUntil: Type.Optional(time('Until when the action may begin.', '2026-06-11T21:00:00Z')),
    },
    { description: 'Who granted which request.' },
  ),
  rules: [
    'The request was open and not expired, and everyone who approved was entitled to.',
    'It is for exactly the action with the digest: a changed action needs a new request.',
    'It comes once for a request, with the approval that made the quorum.',
  ],
  personal: [
    { pointer: '/comment', subject: '/decidedBy', kind: 'free-text' },
    { pointer: '/approvals/*/comment', subject: '/approvals/*/approverId', kind: 'free-text' },
  ],
  monitoring: {
    metrics: ['Time from the request to the decision.', 'Grants by approver.'],
    alerts: ['Requests are granted within seconds by one person again and again.'],
  },
  examples: [
    {
      approvalRequestId: 'apr-91c2',
      decidedBy: 'usr-12',
      comment: 'Checked the rollback plan.',
      decidedAt: '2026-06-11T09:21:44Z',
      approvals: [
        { approverId: 'usr-31', approvedAt: '2026-06-11T09:12:00Z', comment: 'Fine with me.' },
        { approverId: 'usr-12', approvedAt: '2026-06-11T09:21:44Z' },
      ],
      policyDecisionId: 'dec-4d21ab',
      actionDigest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      validUntil: '2026-06-11T21:00:00Z',
    },
    { approvalRequestId: 'apr-a0f7', decidedBy: 'usr-44' },
  ],
})

export const ApprovalRejected = defineEvent({
  ...common,
  type: 'ApprovalRejected',
  summary: 'An approver said no, or nobody decided in time; the action does not go on.',
  aggregate: 'ApprovalDecision',
  orderingKey: event => event.payload.approvalRequestId,
  idempotencyKey: event => event.payload.approvalRequestId,
  payload: Type.Object(
    {
      approvalRequestId,
      cause: oneOf(['Approver', 'Expired'], 'Whether somebody said no, or time was over.', 'Approver'),
      decidedBy: id('Person who said no, or the service that found that time was over.', 'usr-12'),
      comment: Type.Optional(text('What that person wrote.', 'The rollback plan is missing.', 2048)),
      decidedAt: Type.Optional(time('When it was rejected.')),
      expiredAt: Type.Optional(time('When time was over.', '2026-06-12T17:00:01Z')),
      escalationLevel: Type.Optional(count('How often it had been passed on.', 1)),
      policyDecisionId,
      actionDigest,
    },
    { description: 'Which request was rejected, and how.' },
  ),
  rules: [
    'One rejection decides, whatever the quorum.',
    'It names who said no; by time it comes only once the last escalation has expired.',
    'A request that was granted is not rejected afterwards.',
  ],
  personal: [{ pointer: '/comment', subject: '/decidedBy', kind: 'free-text' }],
  monitoring: {
    metrics: ['Rejections by cause and group.'],
    alerts: ['More than one request in five expires undecided.'],
  },
  examples: [
    {
      approvalRequestId: 'apr-77b0',
      cause: 'Approver',
      decidedBy: 'usr-12',
      comment: 'The rollback plan is missing.',
      decidedAt: '2026-06-11T10:02:00Z',
      policyDecisionId: 'dec-5e00',
      actionDigest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    },
    {
      approvalRequestId: 'apr-91c2',
      cause: 'Expired',
      decidedBy: 'approval-timeout-worker',
      expiredAt: '2026-06-12T17:00:01Z',
      escalationLevel: 1,
    },
  ],
})
