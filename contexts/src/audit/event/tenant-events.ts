import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, id, list, note, oneOf, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const tenantId = id('Tenant that it is about.', 'contoso')

const common = {
  version: '1.0',
  kind: 'integration',
  topic: 'audit.tenant',
  producer: 'Tenant Service',
  consumers: ['every context'],
  aggregate: 'Tenant',
  retention: retention.evidence,
  retry: retry.worker,
  deadLetter: deadLetter.page,
} as const

export const TenantOnboarded = defineEvent({
  ...common,
  type: 'TenantOnboarded',
  summary: 'A tenant has its audit trail: log, keys and policies are there, and events are taken.',
  orderingKey: event => event.payload.tenantId,
  idempotencyKey: event => event.payload.tenantId,
  payload: Type.Object(
    {
      tenantId,
      name: Type.Optional(text('Name of the organisation.', 'Contoso Ltd', 200)),
      editionCode: Type.Optional(id('Edition that it is on.', 'enterprise')),
      region: Type.Optional(id('Region in which its data stays.', 'eu-central-1')),
      logOrigin: Type.Optional(
        text('Name of its log, by which its proofs are checked.', 'audit.example.com/t/contoso/main', 256),
      ),
      verifierKey: Type.Optional(
        text(
          'Public key of its log, as a verifier key line.',
          'audit.example.com/t/contoso/main+5d0a1f77+AZ…',
          512,
        ),
      ),
      policyIds: Type.Optional(
        list(id('Id of a policy.', 'tp-retention-default'), 'Policies that it begins with.', [
          'tp-retention-default',
        ]),
      ),
      contact: Type.Optional(
        Type.Object(
          {
            userId: id('Id of the person.', 'usr-admin-1'),
            email: Type.Optional(text('Address for notices.', 'audit@contoso.example', 320)),
          },
          { description: 'Who is told about the audit trail.' },
        ),
      ),
      onboardedBy: Type.Optional(id('Person who set it up.', 'usr-admin-1')),
      onboardedAt: Type.Optional(time('When it was ready.')),
    },
    { description: 'Which tenant, and what it begins with.' },
  ),
  rules: [
    'It comes before every other event of the tenant in the audit trail.',
    'It is told once in the life of a tenant; a tenant that was deleted does not come back under its id.',
    'Consumers set up what they need for the tenant, and do nothing where they have it.',
  ],
  personal: [{ pointer: '/contact/email', subject: '/contact/userId', kind: 'email' }],
  monitoring: {
    metrics: ['Tenants onboarded per day, by region and edition.', 'Time from registration to onboarding.'],
    alerts: ['A registered tenant is not onboarded within ten minutes.'],
  },
  examples: [
    {
      tenantId: 'contoso',
      name: 'Contoso Ltd',
      editionCode: 'enterprise',
      region: 'eu-central-1',
      logOrigin: 'audit.example.com/t/contoso/main',
      verifierKey: 'audit.example.com/t/contoso/main+5d0a1f77+AcX1w0nM7m2s4kz0a3nqS2m6n0yQ2bq7e5f9o1V8t3kL',
      policyIds: ['tp-retention-default', 'tp-classify-default'],
      contact: { userId: 'usr-admin-1', email: 'audit@contoso.example' },
      onboardedBy: 'usr-admin-1',
      onboardedAt: '2026-06-11T09:00:01Z',
    },
    { tenantId: 'fabrikam', name: 'Fabrikam Inc', region: 'us-east-1' },
  ],
})

export const TenantConfigurationUpdated = defineEvent({
  ...common,
  type: 'TenantConfigurationUpdated',
  summary: "Settings of a tenant's audit trail were changed.",
  orderingKey: event => event.payload.tenantId,
  idempotencyKey: event => `${event.payload.tenantId}:${event.occurredAt}`,
  payload: Type.Object(
    {
      tenantId,
      changes: Type.Optional(
        list(
          Type.Object({
            setting: id('Name of the setting, dotted.', 'delivery.siem.enabled'),
            before: Type.Optional(
              Type.Unknown({ description: 'Its value before; absent where it had none.', examples: [false] }),
            ),
            after: Type.Optional(
              Type.Unknown({
                description: 'Its value now; absent where it was taken away.',
                examples: [true],
              }),
            ),
          }),
          'Every setting that changed.',
          [{ setting: 'delivery.siem.enabled', before: false, after: true }],
          { minItems: 1, maxItems: 500 },
        ),
      ),
      configurationVersion: Type.Optional(count('Version of the settings with this change.', 12, 1)),
      updatedBy: Type.Optional(id('Person or service that changed them.', 'usr-admin-1')),
      updatedAt: Type.Optional(time('When the change took effect.')),
    },
    { description: 'What changed, by whom.' },
  ),
  rules: [
    'Values of secrets are not in it; a secret that changed is named without values.',
    'The newest version holds, and consumers read again what they keep of the settings.',
  ],
  personal: [],
  monitoring: {
    metrics: ['Changes by tenant and setting.', 'Time until every context works by the new version.'],
    alerts: ['Checks, delivery or retention were turned off for a tenant.'],
  },
  examples: [
    {
      tenantId: 'contoso',
      changes: [
        { setting: 'delivery.siem.enabled', before: false, after: true },
        { setting: 'delivery.siem.destination', after: 'dst-splunk-eu' },
        { setting: 'delivery.syslog.host', before: 'logs.contoso.example' },
      ],
      configurationVersion: 12,
      updatedBy: 'usr-admin-1',
      updatedAt: '2026-06-11T09:00:01Z',
    },
    {
      tenantId: 'fabrikam',
      changes: [{ setting: 'integrity.check.interval', before: 'PT24H', after: 'PT1H' }],
      configurationVersion: 2,
    },
  ],
})

export const TenantReactivated = defineEvent({
  ...common,
  type: 'TenantReactivated',
  summary: 'A suspended tenant may use the product again.',
  orderingKey: event => event.payload.tenantId,
  idempotencyKey: event => `${event.payload.tenantId}:${event.occurredAt}`,
  payload: Type.Object(
    {
      tenantId,
      note: Type.Optional(note('Why it may.', 'The outstanding invoice was paid.')),
      reactivatedBy: Type.Optional(id('Person or service that did it.', 'billing-service')),
      reactivatedAt: Type.Optional(time('When access came back.')),
      suspendedSince: Type.Optional(time('When it had been suspended.', '2026-06-01T00:00:00Z')),
    },
    { description: 'Which tenant, since when and why.' },
  ),
  rules: [
    'It follows a TenantSuspended of the same tenant.',
    'What came while the tenant was suspended was kept, and consumers take up where they stopped.',
  ],
  personal: [{ pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' }],
  monitoring: {
    metrics: ['How long tenants were suspended.', 'Events that waited for the tenant.'],
    alerts: ['A tenant was suspended and reactivated more than twice in a week.'],
  },
  examples: [
    {
      tenantId: 'contoso',
      note: { authorId: 'usr-billing-2', text: 'The outstanding invoice was paid.' },
      reactivatedBy: 'billing-service',
      reactivatedAt: '2026-06-11T09:00:01Z',
      suspendedSince: '2026-06-01T00:00:00Z',
    },
    { tenantId: 'fabrikam', reactivatedBy: 'usr-support-4' },
  ],
})

export const TenantDeleted = defineEvent({
  ...common,
  type: 'TenantDeleted',
  summary: 'A tenant was removed for good with all that is its own.',
  orderingKey: event => event.payload.tenantId,
  idempotencyKey: event => event.payload.tenantId,
  payload: Type.Object(
    {
      tenantId,
      reason: Type.Optional(
        oneOf(
          ['contract-ended', 'customer-request', 'trial-expired', 'court-order'],
          'Why it was removed.',
          'contract-ended',
        ),
      ),
      deletedBy: Type.Optional(id('Person or service that did it.', 'usr-admin-1')),
      deletedAt: Type.Optional(time('When the removal was decided.')),
      eventCount: Type.Optional(count('Events that its log had.', 1_204_331)),
      rootHash: Type.Optional(
        text('Root of its log at the end, base64url.', '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw', 43),
      ),
      finalExportId: Type.Optional(id('Export that it was given before.', 'exp-7f21')),
      purgeBy: Type.Optional(time('When nothing of it is left, backups included.', '2026-09-09T00:00:00Z')),
    },
    { description: 'Which tenant, and what its log was at the end.' },
  ),
  rules: [
    'No event of the tenant comes after it.',
    'A tenant with an active legal hold is not deleted.',
    'Every context removes what it has of the tenant, keys first, and keeps only what the law demands.',
    "It stands in the log of the platform, for the tenant's own log goes.",
  ],
  personal: [],
  retention: retention.proof,
  monitoring: {
    metrics: ['Deleted tenants by reason.', 'Contexts that still hold data of a deleted tenant.'],
    alerts: ['Data of a deleted tenant is found after purgeBy.'],
  },
  examples: [
    {
      tenantId: 'contoso',
      reason: 'contract-ended',
      deletedBy: 'usr-admin-1',
      deletedAt: '2026-06-11T09:00:01Z',
      eventCount: 1_204_331,
      rootHash: '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw',
      finalExportId: 'exp-7f21',
      purgeBy: '2026-09-09T00:00:00Z',
    },
    { tenantId: 'trial-0471', reason: 'trial-expired', deletedBy: 'tenant-service' },
  ],
})
