import type { Envelope, JsonObject } from 'keelson'
import { createPlatform } from 'keelson'
import { createMemoryStore } from 'keelson/memory'
import { Compile } from 'typebox/compile'
import { describe, expect, it, test } from 'vitest'
import {
  LoginFailed,
  PermissionChecked,
  security,
  UnhandledErrorOccurred,
  UserLoggedIn,
  UserLoggedOut,
} from './index.ts'

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

const authentication = 'Authentication Service: audit-logger, metrics-service, alert-service'
const ofRbac = 'audit-logger, permission-cache-invalidator'

test('the bus carries these events', () => {
  const rows = security.events.map(event => [
    event.type,
    event.kind,
    event.topic,
    `${event.producer}: ${event.consumers.join(', ')}`,
    event.aggregate,
    required(event.payload).join(' '),
  ])
  expect(rows).toEqual([
    ['UserLoggedIn', 'integration', 'security', authentication, 'UserAuthentication', 'userId device'],
    ['UserLoggedOut', 'integration', 'security', authentication, 'UserAuthentication', 'userId'],
    ['LoginFailed', 'integration', 'security', authentication, 'UserAuthentication', 'userId reason device'],
    [
      'SecurityConfigurationChanged',
      'integration',
      'security',
      authentication,
      'SecurityConfiguration',
      'setting',
    ],
    [
      'SecurityPolicyEnforced',
      'integration',
      'security',
      authentication,
      'SecurityPolicy',
      'policyId measure',
    ],
    [
      'PermissionChecked',
      'integration',
      'rbac',
      `RBAC Service / UI permission checks: ${ofRbac}`,
      'PermissionCheck',
      'permission entityId outcome',
    ],
    ['RoleRevoked', 'integration', 'rbac', `RBAC Service: ${ofRbac}`, 'User', 'userId role entityId'],
    [
      'PermissionConfigurationChanged',
      'integration',
      'rbac',
      `RBAC Service: ${ofRbac}`,
      'Role',
      'role permission change entityId',
    ],
    [
      'UserActivityRecorded',
      'integration',
      'audit',
      'UI Components: audit-storage-service, audit-dashboard-realtime',
      'UserActivity',
      'userId activity',
    ],
    ['ServiceStarted', 'system', 'system', 'every service: Monitoring', 'Service', 'service'],
    ['ServiceStopped', 'system', 'system', 'every service: Monitoring', 'Service', 'service'],
    [
      'HealthCheckFailed',
      'system',
      'system',
      'every service: Monitoring, Alerting',
      'Service',
      'service check',
    ],
    [
      'UnhandledErrorOccurred',
      'system',
      'system',
      'every service: Monitoring, Alerting',
      'Service',
      'service error',
    ],
    [
      'PerformanceThresholdExceeded',
      'system',
      'system',
      'every service: Monitoring, Alerting',
      'Service',
      'service metric value threshold',
    ],
  ])
})

test.each([
  ['security', 1000, '3 attempts', ['audit-logger', 'metrics-service', 'alert-service']],
  ['rbac', 500, '2 attempts', ['audit-logger', 'permission-cache-invalidator']],
  ['audit', 2000, '5 attempts', ['audit-storage-service', 'audit-dashboard-realtime']],
  ['system', 100, 'audit-logger', ['Monitoring', 'Alerting', 'audit-logger']],
])('the channel %s says what it holds and who listens', (name, buffer, fact, subscribers) => {
  const topic = security.topics?.find(candidate => candidate.name === name)
  expect(topic?.summary).toContain(`up to ${buffer} events`)
  expect(topic?.summary).toContain(fact)
  expect(topic?.subscribers).toEqual(subscribers)
})

test.each([
  ['security', { attempts: 3, backoff: 'exponential', initialDelay: 100, maxDelay: 5000 }],
  ['rbac', { attempts: 2, backoff: 'fixed', initialDelay: 200 }],
  ['audit', { attempts: 5, backoff: 'exponential', initialDelay: 100, maxDelay: 10_000 }],
])('events of the channel %s are retried as the channel is', (name, policy) => {
  const events = security.events.filter(event => event.topic === name)
  expect(events.length).toBeGreaterThan(0)
  for (const event of events) expect(event.retry).toEqual(policy)
})

test('the examples are taken, each in the stream of what it is about', async () => {
  const clock = { now: () => Date.parse('2026-06-12T00:00:00Z') }
  const platform = await createPlatform({ store: createMemoryStore(), contexts: [security], clock })
  const examples = security.events.flatMap(event => event.examples.map(payload => ({ event, payload })))
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

describe.each(security.events.map(event => [event.type, event] as const))('%s', (_, event) => {
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
    expect(schema.Check({ ...(example as JsonObject), password: 'x' })).toBe(false)
  })

  it('tells facts apart by what every such event has', () => {
    const keys = event.examples.map((payload, index) =>
      event.idempotencyKey?.(envelopeOf(event.type, bare(payload, event.payload), index)),
    )
    for (const key of keys) expect(key).not.toMatch(/undefined|null/)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

test('a device is told of by its known members', () => {
  for (const { payload } of [UserLoggedIn, LoginFailed, UserLoggedOut]) {
    const schema = Compile(payload)
    const event = { userId: 'usr-1', ...(payload === LoginFailed.payload ? { reason: 'unknownUser' } : {}) }
    expect(schema.Check({ ...event, device: 'macOS' })).toBe(false)
    expect(schema.Check({ ...event, device: { os: 'macOS', trusted: true } })).toBe(true)
    expect(schema.Check({ ...event, device: { os: 'macOS', fingerprint: 'x' } })).toBe(false)
  }
})

test('a permission check names the entity and has one of two answers', () => {
  const schema = Compile(PermissionChecked.payload)
  const asked = { permission: 'invoices:approve', entityId: 'project-88' }
  for (const outcome of ['allowed', 'denied']) expect(schema.Check({ ...asked, outcome })).toBe(true)
  for (const outcome of ['maybe', '', null, true]) expect(schema.Check({ ...asked, outcome })).toBe(false)
})

test('the size of an error is bounded', () => {
  const schema = Compile(UnhandledErrorOccurred.payload)
  const withStack = (length: number) => ({
    service: 's',
    error: { name: 'Error', stack: 'x'.repeat(length) },
  })
  expect(schema.Check(withStack(16_384))).toBe(true)
  expect(schema.Check(withStack(16_385))).toBe(false)
})
