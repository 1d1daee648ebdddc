import { defineCommand } from 'keelson'
import Type from 'typebox'
import { flag, id, list, number, oneOf, text, time } from '../../definition/field.ts'
import { policyRules } from '../event/policy-rule.ts'

export const DefinePolicy = defineCommand({
  type: 'DefinePolicy',
  version: '1.0',
  summary: 'Writes a policy or gives it a new version, and puts that version in force.',
  aggregate: 'PolicyDefinition',
  target: payload => payload.policyDefinitionId,
  payload: Type.Object(
    {
      policyDefinitionId: id('Id of the policy; a new one makes a new policy.', 'pol-7b3c1f9a'),
      rules: policyRules,
      name: Type.Optional(text('Name to show.', 'Promotion to production', 200)),
      description: Type.Optional(text('What it is for.', 'Keeps risky changes out of production.', 2048)),
      mode: Type.Optional(
        oneOf(['Enforce', 'Shadow'], 'Shadow: decisions are recorded and gate nothing.', 'Shadow'),
      ),
      expectedVersion: Type.Optional(
        id('Version that the change was made from, as text; refused where it is no longer the newest.', '2'),
      ),
      note: Type.Optional(text('Why it is changed, in words.', 'Audit finding 2026-07.', 2048)),
      approvalRequestId: Type.Optional(id('Approval of the change.', 'apr-91c2')),
      effectiveFrom: Type.Optional(time('When decisions go by it; at once where it is absent.')),
      tests: Type.Optional(
        list(
          Type.Object({
            name: text('What is tested.', 'a risky release waits', 200),
            request: Type.Unknown({
              description: 'Request as EvaluatePolicy takes it.',
              examples: [
                { action: 'Promote', resource: { type: 'Deployment', environment: 'prod' }, riskScore: 82 },
              ],
            }),
            decision: oneOf(
              ['Allow', 'Deny', 'RequiresApproval'],
              'What must be decided.',
              'RequiresApproval',
            ),
          }),
          'Requests and what must be decided on them; all must pass.',
          [{ name: 'a risky release waits', request: { action: 'Promote' }, decision: 'RequiresApproval' }],
          { maxItems: 500 },
        ),
      ),
    },
    { description: 'The policy as it is to be.' },
  ),
  emits: ['PolicyDefined'],
  rejections: [
    { code: 'version_conflict', when: 'Somebody else defined a newer version in between.' },
    {
      code: 'rule_invalid',
      when: 'A rule names an unknown attribute, or compares it with a value of another type.',
    },
    { code: 'rule_duplicate', when: 'Two rules have one id.' },
    {
      code: 'approver_missing',
      when: 'A rule with the outcome RequiresApproval does not say who must approve.',
    },
    { code: 'test_failed', when: 'A test of the policy gives another decision than it says.' },
    {
      code: 'approval_required',
      when: 'Policies of the tenant change with approval alone, and none is named.',
    },
    { code: 'policy_unchanged', when: 'The rules are those of the newest version.' },
  ],
  permission: 'policies:write',
  rules: [
    'Versions count up by one, and a version never changes.',
    'A rule with the outcome RequiresApproval says who must approve.',
    'What happens on expiry is to reject or to escalate, never to grant.',
  ],
  examples: [
    {
      policyDefinitionId: 'pol-7b3c1f9a',
      rules: [
        {
          ruleId: 'prod-deploy-high-risk',
          outcome: 'RequiresApproval',
          target: { actions: ['Promote'], environments: ['prod'] },
          all: [{ attribute: 'riskScore', operator: 'gte', value: 70 }],
          approval: {
            stages: [{ groups: ['sec-leads'], quorum: 2, expiresAfter: 'PT24H' }],
            onExpiry: 'Reject',
          },
        },
        { ruleId: 'deploy', outcome: 'Allow', target: { actions: ['Promote'] } },
      ],
      name: 'Promotion to production',
      description: 'Keeps risky changes out of production.',
      mode: 'Enforce',
      expectedVersion: '2',
      note: 'Audit finding 2026-07.',
      approvalRequestId: 'apr-91c2',
      effectiveFrom: '2026-06-11T09:00:01Z',
      tests: [
        {
          name: 'a risky release waits',
          request: {
            action: 'Promote',
            resource: { type: 'Deployment', environment: 'prod' },
            riskScore: 82,
          },
          decision: 'RequiresApproval',
        },
      ],
    },
    {
      policyDefinitionId: 'pol-read-reports',
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

export const EvaluatePolicy = defineCommand({
  type: 'EvaluatePolicy',
  version: '1.0',
  summary: 'Asks whether an action may be done, and records what was decided.',
  aggregate: 'PolicyDecision',
  target: payload => payload.policyDecisionId,
  payload: Type.Object(
    {
      policyDecisionId: Type.Optional(
        id('Id that the decision is to have; made where it is absent.', 'dec-4d21ab'),
      ),
      policyDefinitionId: Type.Optional(
        id('Policy to go by; those whose rules are about the action where it is absent.', 'pol-7b3c1f9a'),
      ),
      action: id('Action that is asked about.', 'Promote'),
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
          classification: Type.Optional(
            id('Label of its data; the recorded one where it is absent.', 'Restricted'),
          ),
          environment: Type.Optional(id('Environment in which it stands.', 'prod')),
        },
        { description: 'What is to be acted on.' },
      ),
      riskScore: Type.Optional(
        number('Risk from 0 to 100; the recorded one where it is absent.', 82, { minimum: 0, maximum: 100 }),
      ),
      attributes: Type.Optional(
        list(
          Type.Object({
            name: id('Name of the attribute, dotted.', 'change.ticket'),
            value: Type.Unknown({ description: 'Its value.', examples: ['CHG-10442'] }),
          }),
          'What else rules may ask for.',
          [{ name: 'change.ticket', value: 'CHG-10442' }],
        ),
      ),
      requestsApproval: Type.Optional(
        flag(
          'Whether an approval is asked for at once where one is needed; it is where this is absent.',
          true,
        ),
      ),
    },
    { description: 'Who wants to do what to which resource.' },
  ),
  emits: ['PolicyDecisionRecorded', 'ApprovalRequested'],
  rejections: [
    { code: 'policy_unknown', when: 'There is no policy with this id in the tenant.' },
    { code: 'subject_missing', when: 'Neither an agent nor a user wants to act.' },
    { code: 'decision_exists', when: 'Another request was decided under this id.' },
  ],
  permission: 'policies:evaluate',
  rules: [
    'Deny goes before RequiresApproval, and that before Allow; where no rule fits, it is Deny.',
    'A request that was decided under the same policy version is not decided again: the first decision is given.',
    'A Deny is a decision and no rejection of the command.',
  ],
  examples: [
    {
      policyDecisionId: 'dec-4d21ab',
      policyDefinitionId: 'pol-7b3c1f9a',
      action: 'Promote',
      subject: { agentId: 'agent-release-01', role: 'ReleaseAgent' },
      resource: {
        type: 'Deployment',
        artifactId: 'art-api-7c',
        classification: 'Restricted',
        environment: 'prod',
      },
      riskScore: 82,
      attributes: [{ name: 'change.ticket', value: 'CHG-10442' }],
      requestsApproval: true,
    },
    { action: 'Read', subject: { userId: 'usr-12' }, resource: { type: 'Report' } },
  ],
})
