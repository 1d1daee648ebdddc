import { defineEvent } from 'keelson'
import Type from 'typebox'
import { flag, id, note, oneOf, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

export const TenantRegistered = defineEvent({
  type: 'TenantRegistered',
  version: '1.0',
  kind: 'integration',
  topic: 'tenant-events',
  summary: 'A customer became a tenant, and the setting up of what it needs began.',
  producer: 'Tenant Management',
  consumers: ['Subscription', 'Notification', 'Audit', 'Observability & Feedback'],
  aggregate: 'Tenant',
  orderingKey: event => event.payload.tenantId,
  idempotencyKey: event => event.payload.tenantId,
  payload: Type.Object(
    {
      tenantId: id('Id of the new tenant.', 'contoso'),
      name: text('Name of the organisation.', 'Contoso Ltd', 200),
      editionCode: Type.Optional(text('Edition that it starts on.', 'enterprise', 100)),
      region: Type.Optional(id('Where its data is kept.', 'eu-west-1')),
      isolation: Type.Optional(
        oneOf(['Shared', 'Dedicated'], 'Whether it shares its database with others.', 'Dedicated'),
      ),
      origin: Type.Optional(
        id('How it came: selfService, sales, partner, migration and the like.', 'selfService'),
      ),
      domain: Type.Optional(text('Internet domain of the organisation.', 'contoso.example', 253)),
      locale: Type.Optional(text('Language and country, a BCP 47 tag.', 'en-GB', 35)),
      timeZone: Type.Optional(text('Time zone by its IANA name.', 'Europe/London', 64)),
      trialEndsAt: Type.Optional(time('When the trial ends, where there is one.', '2026-07-11T00:00:00Z')),
      registeredBy: Type.Optional(id('Opaque id of the user or service that registered it.', 'usr-7a10')),
      contact: Type.Optional(
        Type.Object(
          {
            userId: id('Opaque id of the person.', 'usr-7a10'),
            name: Type.Optional(text('Name of the person.', 'Ada Ferris', 200)),
            email: Type.Optional(text('E-mail address of the person.', 'ada@contoso.example', 320)),
          },
          { description: 'The person to turn to for this tenant.' },
        ),
      ),
    },
    { description: 'Which tenant, what it starts with, and whom to turn to.' },
  ),
  rules: [
    'A tenant is registered once, and its id is never given to another tenant, also after it is deleted.',
    'The tenant of the envelope is the one that the payload names, as Tenant Management sees to: the event opens its log.',
    'Setting up goes on after the event; nobody may conclude from it that the tenant can be used already.',
    'A tenant that is a single person has a trade name: the name stays when the data of the person is erased.',
  ],
  personal: [
    { pointer: '/contact/name', subject: '/contact/userId', kind: 'name' },
    { pointer: '/contact/email', subject: '/contact/userId', kind: 'email' },
  ],
  retention: retention.evidence,
  retry: retry.worker,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: [
      'Count of new tenants per day, by origin and edition.',
      'Time from the registration to the first event of a user of the tenant.',
    ],
    alerts: ['A tenant has no active subscription 15 minutes after it was registered with an edition.'],
  },
  examples: [
    {
      tenantId: 'contoso',
      name: 'Contoso Ltd',
      editionCode: 'enterprise',
      region: 'eu-west-1',
      isolation: 'Dedicated',
      origin: 'sales',
      domain: 'contoso.example',
      locale: 'en-GB',
      timeZone: 'Europe/London',
      registeredBy: 'usr-7a10',
      contact: { userId: 'usr-7a10', name: 'Ada Ferris', email: 'ada@contoso.example' },
    },
    {
      tenantId: 'blue-heron',
      name: 'Blue Heron Yoga',
      editionCode: 'free',
      origin: 'selfService',
      trialEndsAt: '2026-07-11T00:00:00Z',
    },
  ],
})

export const TenantSuspended = defineEvent({
  type: 'TenantSuspended',
  version: '1.0',
  kind: 'integration',
  topic: 'tenant-events',
  alsoOn: ['audit.tenant'],
  summary: 'A tenant lost access until further notice; its data stays as it is.',
  producer: 'Tenant Management',
  consumers: ['Subscription', 'Notification', 'Audit', 'Observability'],
  aggregate: 'Tenant',
  orderingKey: event => event.payload.tenantId,
  idempotencyKey: event => `${event.payload.tenantId}:${event.occurredAt}`,
  payload: Type.Object(
    {
      tenantId: id('Id of the suspended tenant.', 'contoso'),
      reason: Type.Optional(
        id('Why, in a word: nonPayment, securityIncident, termsViolation, customerRequest …', 'nonPayment'),
      ),
      effectiveAt: Type.Optional(
        time('When access ends, where that is not when it was decided.', '2026-09-01T00:00:00Z'),
      ),
      reviewAt: Type.Optional(time('When the suspension is looked at again.', '2026-09-15T08:00:00Z')),
      isReadOnly: Type.Optional(flag('Whether users can still read; where false, they are shut out.', true)),
      suspendedBy: Type.Optional(id('Opaque id of the user or service that decided it.', 'svc-dunning')),
      note: Type.Optional(note('Background to the decision.', 'Two reminders were not answered.')),
    },
    { description: 'Which tenant, why, and from when on.' },
  ),
  rules: [
    'Only a tenant that is active is suspended; a second suspension of the same tenant follows a reactivation.',
    'Nothing is deleted, retention and legal holds go on, and the log of the tenant takes further events.',
    'Consumers let work that has begun come to its end and start nothing new for the tenant.',
  ],
  personal: [{ pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' }],
  retention: retention.evidence,
  retry: retry.worker,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: ['Count of suspended tenants, by reason.', 'Calls that suspended tenants still make.'],
    alerts: [
      'More than 3 tenants are suspended within 10 minutes.',
      'A suspended tenant is let in 5 minutes after the suspension took effect.',
    ],
  },
  examples: [
    {
      tenantId: 'contoso',
      reason: 'nonPayment',
      effectiveAt: '2026-09-01T00:00:00Z',
      reviewAt: '2026-09-15T08:00:00Z',
      isReadOnly: true,
      suspendedBy: 'svc-dunning',
    },
    {
      tenantId: 'blue-heron',
      reason: 'securityIncident',
      isReadOnly: false,
      suspendedBy: 'usr-7a10',
      note: { authorId: 'usr-7a10', text: 'Keys of the tenant were found in a public repository.' },
    },
  ],
})
