import type { Envelope, JsonObject } from 'keelson'
import { createPlatform } from 'keelson'
import { createMemoryStore } from 'keelson/memory'
import { Compile } from 'typebox/compile'
import { describe, expect, it, test } from 'vitest'
import { RoleAssigned, SubscriptionActivated, saas, TenantSuspended } from './index.ts'

const required = (schema: unknown): readonly string[] =>
  (schema as { readonly required?: readonly string[] }).required ?? []

/** The payload with nothing but what every such event has. */
const bare = (payload: unknown, schema: unknown): JsonObject =>
  Object.fromEntries(required(schema).map(name => [name, (payload as JsonObject)[name] ?? null]))

const envelopeOf = (eventType: string, payload: JsonObject, second: number) =>
  ({
    eventId: `evt-${second}`,
    eventType,
    schemaVersion: '1.0',
    tenantId: 'contoso',
    source: 'test',
    occurredAt: `2026-06-11T09:00:${String(second).padStart(2, '0')}Z`,
    correlationId: 'corr-1',
    traceId: 'trace-1',
    payload,
  }) satisfies Envelope

test('every product has these events', () => {
  const rows = saas.events.map(event => [
    event.type,
    event.kind,
    [event.topic, ...(event.alsoOn ?? [])].join(' '),
    event.producer,
    event.consumers.join(', '),
    event.aggregate,
    required(event.payload).join(' '),
  ])
  expect(rows).toEqual([
    [
      'TenantRegistered',
      'integration',
      'tenant-events',
      'Tenant Management',
      'Subscription, Notification, Audit, Observability & Feedback',
      'Tenant',
      'tenantId name',
    ],
    [
      'TenantSuspended',
      'integration',
      'tenant-events audit.tenant',
      'Tenant Management',
      'Subscription, Notification, Audit, Observability',
      'Tenant',
      'tenantId',
    ],
    [
      'UserInvited',
      'integration',
      'identity-events',
      'Identity Service',
      'Notification, Audit',
      'User',
      'userId',
    ],
    [
      'UserActivated',
      'domain',
      'identity-events',
      'Identity Service',
      'Notification, Audit',
      'User',
      'userId',
    ],
    [
      'RoleAssigned',
      'domain',
      'identity-events rbac',
      'Identity Service',
      'Notification, Audit',
      'User',
      'userId role entityId',
    ],
    [
      'SubscriptionActivated',
      'integration',
      'subscription-events',
      'Subscription & Billing',
      'Configuration, Notification, Audit',
      'Subscription',
      'subscriptionId editionCode',
    ],
    [
      'SubscriptionCancelled',
      'domain',
      'subscription-events',
      'Subscription & Billing',
      'Configuration, Notification, Audit',
      'Subscription',
      'subscriptionId',
    ],
    [
      'FeatureFlagToggled',
      'integration',
      'config-events',
      'Configuration Service',
      'Domain services, Audit',
      'FeatureFlag',
      'featureFlagId enabled',
    ],
    [
      'NotificationSent',
      'integration',
      'notification-events',
      'Notification Service',
      'Reporting, Audit',
      'Notification',
      'notificationId channel',
    ],
    [
      'ReportGenerated',
      'integration',
      'report-events',
      'Reporting & Analytics',
      'Notification, Customer Portal',
      'ReportDefinition',
      'reportDefinitionId reportRunId',
    ],
  ])
})

test('every product has these topics', () => {
  const rows = saas.topics?.map(({ name, publishers, subscribers }) => [
    name,
    publishers?.join(', '),
    subscribers?.join(', '),
  ])
  expect(rows).toEqual([
    ['tenant-events', 'Tenant Management', 'Subscription, Notification, Audit, Observability'],
    ['identity-events', 'Identity Service', 'Notification, Audit'],
    ['subscription-events', 'Subscription & Billing', 'Configuration, Notification, Audit'],
    ['config-events', 'Configuration Service', 'Domain services, Audit'],
    ['notification-events', 'Notification Service', 'Reporting, Audit'],
    ['audit-events', 'Audit Trail Service', 'AuditExportWorker, Reporting'],
    ['report-events', 'Reporting & Analytics', 'Notification, Customer Portal'],
    ['domain-events', 'Domain microservices', 'Notification, Reporting, Audit, Integration'],
  ])
})

test('every product has these commands', () => {
  const rows = saas.commands?.map(command => [
    command.type,
    command.aggregate,
    command.emits.join(' '),
    command.permission,
    command.target(command.examples[0]),
  ])
  expect(rows).toEqual([
    ['RegisterTenant', 'Tenant', 'TenantRegistered', 'tenants:write', 'contoso'],
    ['InviteUser', 'User', 'UserInvited', 'users:write', 'usr-12'],
    ['AssignRole', 'User', 'RoleAssigned', 'roles:write', 'usr-12'],
    ['ActivateSubscription', 'Subscription', 'SubscriptionActivated', 'subscriptions:write', 'sub-4f7c'],
    ['ToggleFeatureFlag', 'FeatureFlag', 'FeatureFlagToggled', 'feature-flags:write', 'ff-31'],
    ['SendNotification', 'Notification', 'NotificationSent', 'notifications:write', 'ntf-6b'],
    ['GenerateReport', 'ReportDefinition', 'ReportGenerated', 'reports:write', 'rpt-usage'],
  ])
})

test('the examples of events are taken, each in the stream of what it is about', async () => {
  const clock = { now: () => Date.parse('2026-06-12T00:00:00Z') }
  const platform = await createPlatform({ store: createMemoryStore(), contexts: [saas], clock })
  const examples = saas.events.flatMap(event => event.examples.map(payload => ({ event, payload })))
  try {
    for (const [index, { event, payload }] of examples.entries()) {
      const envelope = envelopeOf(event.type, payload as JsonObject, index)
      const receipt = await platform.publish('contoso', envelope)
      expect(receipt.stream).toBe(`${event.aggregate}-${event.orderingKey?.(envelope)}`)
    }
  } finally {
    await platform.close()
  }
})

describe.each(saas.events.map(event => [event.type, event] as const))('%s', (_, event) => {
  const schema = Compile(event.payload)
  const [example] = event.examples

  it('needs each of its required members, and takes an event with them alone', () => {
    const least = bare(example, event.payload)
    expect(schema.Check(least)).toBe(true)
    for (const name of Object.keys(least)) {
      const { [name]: _, ...others } = least
      expect(schema.Check(others), name).toBe(false)
    }
  })

  it('takes no member that it does not know', () => {
    expect(schema.Check({ ...(example as JsonObject), passwordHash: 'x' })).toBe(false)
  })

  it('tells facts apart by what every such event has', () => {
    const keys = event.examples.map((payload, index) =>
      event.idempotencyKey?.(envelopeOf(event.type, bare(payload, event.payload), index)),
    )
    for (const key of keys) expect(key).not.toMatch(/undefined|null/)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe.each((saas.commands ?? []).map(command => [command.type, command] as const))('%s', (_, command) => {
  const schema = Compile(command.payload)

  it('takes its examples and nothing unknown', () => {
    for (const example of command.examples) {
      expect(schema.Check(example)).toBe(true)
      expect(schema.Check({ ...(example as JsonObject), tenant: 'globex' })).toBe(false)
    }
  })

  it('is for one aggregate, which its payload always names', () => {
    for (const example of command.examples)
      expect(command.target(bare(example, command.payload))).toBeTruthy()
    expect(schema.Check({})).toBe(false)
  })

  it('tells its rejections apart', () => {
    const codes = command.rejections.map(rejection => rejection.code)
    expect(new Set(codes).size).toBe(codes.length)
  })
})

test.each([
  [{ subscriptionId: 's', editionCode: 'e' }, true],
  [{ subscriptionId: 's'.repeat(128), editionCode: 'e'.repeat(100) }, true],
  [{ subscriptionId: 's', editionCode: 'e', billingCycle: 'Monthly' }, true],
  [{ subscriptionId: 's', editionCode: 'e', currentPeriodEnd: '2027-06-11T02:00:00+02:00' }, true],
  [{ subscriptionId: 's'.repeat(129), editionCode: 'e' }, false],
  [{ subscriptionId: 's', editionCode: 'e'.repeat(101) }, false],
  [{ subscriptionId: '', editionCode: 'e' }, false],
  [{ subscriptionId: 's', editionCode: '' }, false],
  [{ subscriptionId: 's' }, false],
  [{ subscriptionId: 's', editionCode: 'e', billingCycle: 'Weekly' }, false],
  [{ subscriptionId: 's', editionCode: 'e', currentPeriodEnd: '2027-06-11' }, false],
  [{ subscriptionId: 's', editionCode: 'e', seats: 3 }, false],
])('SubscriptionActivated of %j is taken: %s', (payload, isTaken) => {
  expect(Compile(SubscriptionActivated.payload).Check(payload)).toBe(isTaken)
})

test('what other contexts need to hear goes on their topics too', () => {
  expect(RoleAssigned.alsoOn).toEqual(['rbac'])
  expect(TenantSuspended.alsoOn).toEqual(['audit.tenant'])
})
