import Type from 'typebox'
import { count, flag, id, list, oneOf, text } from '../../definition/field.ts'

export const decisions = ['Allow', 'Deny', 'RequiresApproval'] as const

const words = (description: string, example: string) =>
  Type.Optional(list(id('A value that fits.', example), `${description} Any where it is absent.`, [example]))

const target = Type.Object(
  {
    actions: words('Actions that it is about.', 'Promote'),
    environments: words('Environments that it is about.', 'prod'),
    resourceTypes: words('Kinds of resources that it is about.', 'Deployment'),
    classifications: words('Labels of data that it is about.', 'Restricted'),
    roles: words('Roles of whoever wants to act.', 'ReleaseAgent'),
  },
  { description: 'Requests that the rule is about.' },
)

const condition = Type.Object({
  attribute: id('Attribute of the request, dotted.', 'riskScore'),
  operator: oneOf(
    ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'notIn', 'contains', 'exists', 'matches'],
    'How it is compared.',
    'gte',
  ),
  value: Type.Optional(
    Type.Unknown({
      description:
        'What it is compared with: a string, number, truth value or list of these; none for exists.',
      examples: [70],
    }),
  ),
})

const conditionsOf = (description: string) =>
  Type.Optional(list(condition, description, [{ attribute: 'riskScore', operator: 'gte', value: 70 }]))

const stage = Type.Object({
  approverIds: Type.Optional(list(id('Id of a person.', 'usr-12'), 'People who may decide.', ['usr-12'])),
  groups: Type.Optional(
    list(id('Name of a group.', 'sec-leads'), 'Groups whose members may decide.', ['sec-leads']),
  ),
  quorum: Type.Optional(count('Approvals that are needed; 1 where it is absent.', 2, 1)),
  allowsSelfApproval: Type.Optional(flag('Whether whoever asked may decide too.', false)),
  requiresComment: Type.Optional(flag('Whether a decision must say why.', true)),
  expiresAfter: Type.Optional(text('How long it stays open, ISO 8601.', 'PT24H', 32)),
})

const approval = Type.Object(
  {
    stages: list(stage, 'Stages, one after the other.', [{ groups: ['sec-leads'], quorum: 2 }], {
      minItems: 1,
      maxItems: 10,
    }),
    onExpiry: Type.Optional(
      oneOf(
        ['Reject', 'Escalate'],
        'What happens where nobody decides in time; never an approval.',
        'Escalate',
      ),
    ),
    escalateTo: Type.Optional(list(id('Name of a group.', 'ciso'), 'Groups that it goes to then.', ['ciso'])),
  },
  { description: 'Who must approve; only of use with the outcome RequiresApproval.' },
)

/** A rule of a policy as its definition says it. */
export const policyRule = Type.Object({
  ruleId: id('Id of the rule, once in its policy.', 'prod-deploy-high-risk'),
  outcome: oneOf(decisions, 'What it decides where it fits.', 'RequiresApproval'),
  description: Type.Optional(
    text('What it is for.', 'Risky changes of production need two security leads.', 1024),
  ),
  priority: Type.Optional(count('Among rules of one outcome the higher is named as the deciding one.', 100)),
  target: Type.Optional(target),
  all: conditionsOf('Conditions that must all hold.'),
  any: conditionsOf('Conditions of which one must hold.'),
  when: Type.Optional(
    text(
      'Further condition, an expression in CEL (Common Expression Language).',
      "resource.classification != 'Public'",
      4096,
    ),
  ),
  approval: Type.Optional(approval),
})

export const policyRules = list(
  policyRule,
  'Rules; Deny goes before RequiresApproval, and that before Allow; where none fits, it is Deny.',
  [{ ruleId: 'prod-deploy-high-risk', outcome: 'Deny', when: 'riskScore >= 70' }],
  { minItems: 1, maxItems: 1000 },
)
