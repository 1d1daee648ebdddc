import { defineEvent } from 'keelson'
import Type from 'typebox'
import { flag, id, note, number, oneOf, sha256, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'
import { decisions, policyRules } from './policy-rule.ts'

const common = {
  version: '1.0',
  topic: 'governance.policy',
  retry: retry.worker,
  deadLetter: deadLetter.page,
} as const

export const PolicyDefined = defineEvent({
  ...common,
  type: 'PolicyDefined',
  kind: 'domain',
  summary: 'A policy was written or got a new version, and decisions go by it from then on.',
  producer: 'PolicyDefinitionService',
  consumers: ['Control Plane', 'DevOps & GitOps', 'Observability'],
  aggregate: 'PolicyDefinition',
  orderingKey: event => event.payload.policyDefinitionId,
  idempotencyKey: event => `${event.payload.policyDefinitionId}:${event.payload.policyVersion}`,
  payload: Type.Object(
    {
      policyDefinitionId: id('Id of the policy.', 'pol-7b3c1f9a'),
      policyVersion: id('Version of the policy: a whole number from 1, as text.', '3'),
      rules: policyRules,
      name: Type.Optional(text('Name to show.', 'Promotion to production', 200)),
      description: Type.Optional(text('What it is for.', 'Keeps risky changes out of production.', 2048)),
      mode: Type.Optional(
        oneOf(['Enforce', 'Shadow'], 'Shadow: decisions are recorded and gate nothing.', 'Enforce'),
      ),
      contentHash: Type.Optional(sha256('SHA-256 of the canonical JSON of the rules.')),
      definedBy: Type.Optional(id('Person who wrote it.', 'usr-12')),
      note: Type.Optional(note('Why it was changed.', 'Audit finding 2026-07.')),
      approvalRequestId: Type.Optional(id('Approval of the change.', 'apr-91c2')),
      previousVersion: Type.Optional(id('Version that it replaces, as text.', '2')),
      effectiveFrom: Type.Optional(time('When decisions go by it; at once where it is absent.')),
      isBulkReevaluated: Type.Optional(flag('Whether earlier decisions are evaluated again by it.', false)),
    },
    { description: 'The policy in its new version, whole.' },
  ),
  rules: [
    'A version never changes once it is defined; a change is a new version.',
    'The rules were checked before: every attribute is known, every comparison fits its type, and the tests of the policy pass.',
    'Decisions that were made by an earlier version stay as they are.',
  ],
  personal: [{ pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' }],
  retention: retention.rulebook,
  monitoring: {
    metrics: ['Versions per policy.', 'Rules that another rule shadows.'],
    alerts: ['A new version would decide otherwise in more than one of ten past requests.'],
  },
  examples: [
    {
      policyDefinitionId: 'pol-7b3c1f9a',
      policyVersion: '3',
      rules: [
        {
          ruleId: 'prod-deploy-high-risk',
          outcome: 'RequiresApproval',
          description: 'Risky changes of production need two security leads.',
          priority: 100,
          target: {
            actions: ['Promote'],
            environments: ['prod'],
            resourceTypes: ['Deployment'],
            classifications: ['Restricted', 'Confidential'],
            roles: ['ReleaseAgent'],
          },
          all: [{ attribute: 'riskScore', operator: 'gte', value: 70 }],
          any: [
            { attribute: 'subject.agentId', operator: 'exists' },
            { attribute: 'subject.role', operator: 'in', value: ['Contractor'] },
          ],
          when: "resource.classification != 'Public'",
          approval: {
            stages: [
              {
                approverIds: ['usr-12'],
                groups: ['sec-leads'],
                quorum: 2,
                allowsSelfApproval: false,
                requiresComment: true,
                expiresAfter: 'PT24H',
              },
            ],
            onExpiry: 'Escalate',
            escalateTo: ['ciso'],
          },
        },
      ],
      name: 'Promotion to production',
      description: 'Keeps risky changes out of production.',
      mode: 'Enforce',
      contentHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      definedBy: 'usr-12',
      note: { authorId: 'usr-12', text: 'Audit finding 2026-07.' },
      approvalRequestId: 'apr-91c2',
      previousVersion: '2',
      effectiveFrom: '2026-06-11T09:00:01Z',
      isBulkReevaluated: false,
    },
    {
      policyDefinitionId: 'pol-read-reports',
      policyVersion: '1',
      rules: [
        {
          ruleId: 'anyone-reads',
          outcome: 'Allow',
          target: { actions: ['Read'], resourceTypes: ['Report'] },
        },
      ],
    },
  ],
})

export const PolicyDecisionRecorded = defineEvent({
  ...common,
  type: 'PolicyDecisionRecorded',
  kind: 'integration',
  summary: 'A policy was evaluated for an action, and what it decided was recorded.',
  producer: 'PolicyEngineService / PolicyEvaluationService',
  consumers: ['Control Plane', 'DevOps & GitOps', 'Observability & Feedback'],
  aggregate: 'PolicyDecision',
  orderingKey: event => event.payload.policyDecisionId,
  idempotencyKey: event => event.payload.policyDecisionId,
  payload: Type.Object(
    {
      policyDecisionId: id('Id of the decision.', 'dec-4d21ab'),
      decision: oneOf(decisions, 'What was decided.', 'RequiresApproval'),
      policyDefinitionId: id('Policy that was evaluated.', 'pol-7b3c1f9a'),
      policyVersion: id('Version of the policy: a whole number from 1, as text.', '3'),
      action: id('Action that was asked about.', 'Promote'),
      subject: Type.Object(
        {
          agentId: Type.Optional(id('Agent that wants to act.', 'agent-release-01')),
          userId: Type.Optional(id('User who wants to act.', 'usr-12')),
          role: Type.Optional(id('Role in which it wants to act.', 'ReleaseAgent')),
        },
        { description: 'Who wants to act.' },
      ),
      resource: Type.Object(
        {
          type: id('Kind of the resource.', 'Deployment'),
          artifactId: Type.Optional(id('Artifact that is acted on.', 'art-api-7c')),
          classification: Type.Optional(id('Classification of its data.', 'Restricted')),
          environment: Type.Optional(id('Environment in which it stands.', 'prod')),
        },
        { description: 'What is to be acted on.' },
      ),
      riskScore: Type.Optional(number('Risk from 0 to 100 at the time.', 82, { minimum: 0, maximum: 100 })),
      approvalRequestId: Type.Optional(id('Approval that was asked for.', 'apr-91c2')),
    },
    { description: 'The decision and what it was about.' },
  ),
  rules: [
    'It names the version that decided, and the same request under the same version and risk gives the same decision.',
    'RequiresApproval gates the action until the named approval is granted; until then it counts as Deny.',
    'A rule that could not be evaluated decides Deny.',
    'It is recorded before the action may begin.',
  ],
  personal: [],
  retention: retention.evidence,
  monitoring: {
    metrics: ['Decisions by policy, version and outcome.', 'Time that an evaluation takes.'],
    alerts: [
      'The share of Deny of a policy doubles within an hour.',
      'An action was begun for which no decision is recorded.',
    ],
  },
  examples: [
    {
      policyDecisionId: 'dec-4d21ab',
      decision: 'RequiresApproval',
      policyDefinitionId: 'pol-7b3c1f9a',
      policyVersion: '3',
      action: 'Promote',
      subject: { agentId: 'agent-release-01', role: 'ReleaseAgent' },
      resource: {
        type: 'Deployment',
        artifactId: 'art-api-7c',
        classification: 'Restricted',
        environment: 'prod',
      },
      riskScore: 82,
      approvalRequestId: 'apr-91c2',
    },
    {
      policyDecisionId: 'dec-77',
      decision: 'Allow',
      policyDefinitionId: 'pol-7b3c1f9a',
      policyVersion: '3',
      action: 'Read',
      subject: { userId: 'usr-12' },
      resource: { type: 'Report' },
    },
  ],
})
