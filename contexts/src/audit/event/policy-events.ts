import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, flag, id, list, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const policyId = id('Id of the policy.', 'tp-retention-7y')
const policyType = id('What it settles: retention, classification, redaction, access or export.', 'retention')

const rule = Type.Object(
  {
    ruleId: Type.Optional(id('Id of the rule.', 'rule-restricted')),
    description: Type.Optional(text('What it is for.', 'Restricted events are kept for seven years.')),
    eventType: Type.Optional(
      id('Event type that it is about; every type where it is absent.', 'AuditEventReceived'),
    ),
    classification: Type.Optional(
      id('Label that it is about; every label where it is absent.', 'Restricted'),
    ),
    condition: Type.Optional(
      text('Further condition on the event, a filter expression.', "payload.outcome = 'denied'", 2048),
    ),
    action: Type.Optional(id('What is done: retain, classify, redact, deny or export.', 'retain')),
    value: Type.Optional(text('What the action sets: a period, a label, a JSON Pointer.', 'P7Y', 1024)),
    priority: Type.Optional(count('Rules with a higher number go first.', 100)),
  },
  { description: 'One rule.' },
)

const rules = list(rule, 'Rules in the order in which they are tried; the first that fits decides.', [
  { ruleId: 'rule-restricted', classification: 'Restricted', action: 'retain', value: 'P7Y', priority: 100 },
])

const common = {
  version: '1.0',
  kind: 'domain',
  topic: 'audit.policy',
  producer: 'Policy Service',
  consumers: ['Classification Service', 'Retention Service'],
  aggregate: 'TenantPolicy',
  personal: [],
  retention: retention.rulebook,
  retry: retry.audit,
  deadLetter: deadLetter.page,
} as const

export const PolicyCreated = defineEvent({
  ...common,
  type: 'PolicyCreated',
  summary: 'A tenant got a policy for its audit trail: what is kept, labelled or taken out, and when.',
  orderingKey: event => event.payload.policyId,
  idempotencyKey: event => event.payload.policyId,
  payload: Type.Object(
    {
      policyId,
      tenantId: id('Tenant that it belongs to; the tenant of the envelope.', 'contoso'),
      policyType,
      rules,
      name: Type.Optional(text('Name to show.', 'Seven years for restricted events', 200)),
      description: Type.Optional(text('What it is for.', 'Follows the records schedule of finance.', 2048)),
      version: Type.Optional(count('Version of the policy, from 1.', 1, 1)),
      isLocked: Type.Optional(flag('Whether it may only become stricter from now on.', true)),
      effectiveFrom: Type.Optional(
        time('When it takes effect; at once where it is absent.', '2026-07-01T00:00:00Z'),
      ),
      createdBy: Type.Optional(id('Person who made it.', 'usr-12')),
    },
    { description: 'The policy as it was made.' },
  ),
  rules: [
    'The id is new in the tenant.',
    'The rules were checked before: every condition can be evaluated, and every value fits its action.',
    "It is about the tenant's own events only.",
  ],
  monitoring: {
    metrics: ['Policies by tenant and type.'],
    alerts: ['Two policies of one type cover the same events with different rules.'],
  },
  examples: [
    {
      policyId: 'tp-retention-7y',
      tenantId: 'contoso',
      policyType: 'retention',
      rules: [
        {
          ruleId: 'rule-restricted',
          description: 'Restricted events are kept for seven years.',
          eventType: 'AuditEventReceived',
          classification: 'Restricted',
          action: 'retain',
          value: 'P7Y',
          priority: 100,
        },
      ],
      name: 'Seven years for restricted events',
      description: 'Follows the records schedule of finance.',
      version: 1,
      isLocked: true,
      effectiveFrom: '2026-07-01T00:00:00Z',
      createdBy: 'usr-12',
    },
    {
      policyId: 'tp-classify-1',
      tenantId: 'contoso',
      policyType: 'classification',
      rules: [
        { condition: "payload.outcome = 'denied'", action: 'classify', value: 'Confidential' },
        { action: 'classify', value: 'Internal' },
      ],
    },
  ],
})

export const PolicyUpdated = defineEvent({
  ...common,
  type: 'PolicyUpdated',
  summary: "A policy for a tenant's audit trail was changed.",
  orderingKey: event => event.payload.policyId,
  idempotencyKey: event => `${event.payload.policyId}:${event.payload.version}`,
  payload: Type.Object(
    {
      policyId,
      changes: list(
        Type.Object({
          pointer: text('JSON Pointer of the changed member of the policy.', '/rules/0/value', 1024),
          before: Type.Optional(
            Type.Unknown({ description: 'What stood there; absent where nothing did.', examples: ['P7Y'] }),
          ),
          after: Type.Optional(
            Type.Unknown({
              description: 'What stands there now; absent where nothing does.',
              examples: ['P10Y'],
            }),
          ),
        }),
        'Every member that changed.',
        [{ pointer: '/rules/0/value', before: 'P7Y', after: 'P10Y' }],
        { minItems: 1, maxItems: 1000 },
      ),
      updatedBy: id('Person who changed it.', 'usr-12'),
      version: count('Version of the policy with this change.', 2, 1),
      policyType: Type.Optional(policyType),
      reason: Type.Optional(text('Why, in words.', 'The tax authority asks for ten years.', 2048)),
      approvalRequestId: Type.Optional(id('Approval of the change.', 'apr-91c2')),
      effectiveFrom: Type.Optional(
        time('When it takes effect; at once where it is absent.', '2026-08-01T00:00:00Z'),
      ),
    },
    { description: 'What changed, by whom.' },
  ),
  rules: [
    'The version is one more than the one before.',
    'A locked policy only becomes stricter: periods grow, labels rise.',
    'Events that were stored before are judged again by the new rules.',
  ],
  personal: [{ pointer: '/reason', subject: '/updatedBy', kind: 'free-text' }],
  monitoring: {
    metrics: ['Changes by policy and person.', 'Events whose expiry or label a change moved.'],
    alerts: ['A change shortens how long events are kept.'],
  },
  examples: [
    {
      policyId: 'tp-retention-7y',
      changes: [{ pointer: '/rules/0/value', before: 'P7Y', after: 'P10Y' }],
      updatedBy: 'usr-12',
      version: 2,
      policyType: 'retention',
      reason: 'The tax authority asks for ten years.',
      approvalRequestId: 'apr-91c2',
      effectiveFrom: '2026-08-01T00:00:00Z',
    },
    {
      policyId: 'tp-classify-1',
      changes: [{ pointer: '/rules/2', after: { action: 'classify', value: 'Public' } }],
      updatedBy: 'usr-77',
      version: 5,
    },
  ],
})

export const PolicyDeleted = defineEvent({
  ...common,
  type: 'PolicyDeleted',
  summary: "A policy for a tenant's audit trail was taken away; what it did stays done.",
  orderingKey: event => event.payload.policyId,
  idempotencyKey: event => event.payload.policyId,
  payload: Type.Object(
    {
      policyId,
      deletedBy: id('Person who took it away.', 'usr-12'),
      deletedAt: time('When it ceased to hold.'),
      policyType: Type.Optional(policyType),
      lastVersion: Type.Optional(count('Version that it had.', 2, 1)),
      successorPolicyId: Type.Optional(id('Policy that covers its events from now on.', 'tp-retention-10y')),
      reason: Type.Optional(text('Why, in words.', 'Replaced by the new schedule.', 2048)),
    },
    { description: 'Which policy went, by whom.' },
  ),
  rules: [
    'The id is not used again.',
    'Events keep the retention that it gave them until another policy gives them a new one.',
    'A locked policy is not taken away.',
  ],
  personal: [{ pointer: '/reason', subject: '/deletedBy', kind: 'free-text' }],
  monitoring: {
    metrics: ['Policies taken away, by tenant and type.'],
    alerts: ['A tenant has no retention policy left.'],
  },
  examples: [
    {
      policyId: 'tp-retention-7y',
      deletedBy: 'usr-12',
      deletedAt: '2026-06-11T09:00:01Z',
      policyType: 'retention',
      lastVersion: 2,
      successorPolicyId: 'tp-retention-10y',
      reason: 'Replaced by the new schedule.',
    },
    { policyId: 'tp-classify-1', deletedBy: 'usr-77', deletedAt: '2026-12-01T00:00:00Z' },
  ],
})
