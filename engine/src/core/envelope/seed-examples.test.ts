import { describe, expect, it } from 'vitest'
import type { Platform } from '../../platform/index.ts'
import { createPlatform } from '../../platform/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { canonicalJson } from '../json/canonical-json.ts'
import type { JsonObject } from '../json/json.ts'
import { parseJson } from '../json/json.ts'
import { fromBaseEvent, toBaseEvent } from './base-event.ts'
import type { EnvelopeInput } from './envelope.ts'

const policyDecision = `{
"eventId": "evt-4d21ab9c",
"eventType": "PolicyDecisionRecorded",
"tenantId": "connectsoft",
"projectId": "proj-booking-saas",
"moduleId": "module-reservations-api",
"traceId": "trace-9f1c2b7d",
"correlationId": "corr-3a6e1d40",
"causationId": "evt-deployrequested-7c",
"occurredAt": "2026-06-11T09:00:01Z",
"payload": {
"policyDecisionId": "dec-4d21ab",
"decision": "RequiresApproval",
"policyDefinitionId": "pol-7b3c1f9a",
"policyVersion": "3",
"action": "Promote",
"subject": { "agentId": "agent-release-01", "role": "ReleaseAgent" },
"resource": { "type": "Deployment", "artifactId": "art-api-7c", "classification": "Restricted", "environment": "prod" },
"riskScore": 82,
"approvalRequestId": "apr-91c2"
}
}`

const subscription = `{
  "eventId": "evt-5c1a9f2b-7d44-4e10-9a3c-1b2e4f6a8c90",
  "eventType": "SubscriptionActivated",
  "tenantId": "contoso",
  "projectId": "proj-contoso-saas",
  "moduleId": "module-subscription-service",
  "traceId": "trace-7b2e9c1d",
  "correlationId": "corr-1f4a8d20",
  "causationId": "evt-tenant-registered-id",
  "occurredAt": "2026-06-11T09:02:00Z",
  "payload": {
    "subscriptionId": "sub-4f7c",
    "editionCode": "enterprise",
    "billingCycle": "Annual",
    "currentPeriodEnd": "2027-06-11T00:00:00Z"
  }
}`

/** An event of the bus: with content, with and without what is optional, and one across tenants. */
const busEvents = [
  `{
  "id": "b0c7f7a4-3f0e-4a55-9d0c-2f6d5c1c7e11",
  "type": "UserLoggedIn",
  "source": "authentication-service",
  "time": "2025-05-22T10:15:30.123Z",
  "dataVersion": "1.0",
  "correlationId": "req-77",
  "data": { "method": "password", "device": { "os": "macOS", "trusted": true } },
  "metadata": {
    "user": "user-1", "ip": "203.0.113.7", "userAgent": "Mozilla/5.0", "entityId": "entity-9",
    "tenantId": "acme", "region": "eu-west-1", "attempt": 2
  }
}`,
  `{
  "id": "b0c7f7a4-3f0e-4a55-9d0c-2f6d5c1c7e12",
  "type": "PermissionChecked",
  "source": "rbac",
  "time": "2025-05-22T10:15:31Z",
  "dataVersion": "1.0",
  "data": null,
  "metadata": {}
}`,
  `{
  "id": "b0c7f7a4-3f0e-4a55-9d0c-2f6d5c1c7e13",
  "type": "TenantLinked",
  "source": "tenant-aware-producer",
  "time": "2025-05-22T10:15:32Z",
  "dataVersion": "1.0",
  "data": [1, "two"],
  "metadata": { "crossTenant": true, "sourceTenantId": "acme", "targetTenantId": "globex", "user": "user-1" }
}`,
]

async function withPlatform<T>(work: (platform: Platform) => Promise<T>): Promise<T> {
  const platform = await createPlatform({
    store: createMemoryStore(),
    contexts: [],
    clock: { now: () => Date.parse('2026-06-12T00:00:00Z') },
    keepsUnknownTypes: () => true,
  })
  try {
    return await work(platform)
  } finally {
    await platform.close()
  }
}

/** Publishes the text as it stands and gives what is stored of it. */
async function publishAndRead(text: string, tenantId: string): Promise<JsonObject> {
  return withPlatform(async platform => {
    const { eventId } = await platform.publish(tenantId, parseJson(text))
    const stored = await platform.store.readEvent(tenantId, eventId)
    return parseJson(stored?.body ?? '') as JsonObject
  })
}

const onlyMembersOf = (given: JsonObject, stored: JsonObject): JsonObject =>
  Object.fromEntries(Object.keys(given).map(key => [key, stored[key] ?? null]))

describe('the example envelopes', () => {
  it.each([
    ['a policy decision', policyDecision, 'connectsoft'],
    ['a subscription', subscription, 'contoso'],
  ])('%s is accepted as it stands and comes back without loss', async (_, text, tenantId) => {
    const given = parseJson(text) as JsonObject
    const stored = await publishAndRead(text, tenantId)
    for (const [member, value] of Object.entries(given)) expect(stored[member], member).toEqual(value)
    expect(canonicalJson(onlyMembersOf(given, stored))).toBe(canonicalJson(given))
    // What is filled in is no more than what the sender may leave out.
    const added = Object.keys(stored).filter(member => !(member in given))
    expect(added.sort()).toEqual(['schemaVersion', 'source'])
  })

  it.each(busEvents)('the bus event %s is accepted as it stands and comes back without loss', async text => {
    const given = parseJson(text) as JsonObject
    const stored = await publishAndRead(text, 'acme')
    const back = toBaseEvent(stored as unknown as EnvelopeInput) as unknown as JsonObject
    const { metadata: givenMetadata, ...givenRest } = given as { metadata: JsonObject }
    const { metadata, ...rest } = back as { metadata: JsonObject }
    expect(canonicalJson(onlyMembersOf(givenRest, rest))).toBe(canonicalJson(givenRest))
    expect(canonicalJson(onlyMembersOf(givenMetadata, metadata))).toBe(canonicalJson(givenMetadata))
    const envelope = fromBaseEvent(given)
    expect(canonicalJson(onlyMembersOf(envelope, stored))).toBe(canonicalJson(envelope))
  })

  it('are the same events when they are sent again', async () => {
    await withPlatform(async platform => {
      for (const [text, tenantId] of [
        [policyDecision, 'connectsoft'],
        [busEvents[0], 'acme'],
      ] as const) {
        const first = await platform.publish(tenantId, parseJson(text as string))
        const again = await platform.publish(tenantId, parseJson(text as string))
        expect(again).toEqual({ ...first, duplicate: true })
      }
    })
  })
})
