import type { JsonObject } from 'keelson'
import { canonicalJson, createPlatform } from 'keelson'
import { createMemoryStore } from 'keelson/memory'
import { expect, test } from 'vitest'
import { governance } from './governance/index.ts'
import { saas } from './saas/index.ts'

/** The envelopes by which the platform's contracts are shown to others; what they say must be taken as it is. */
const envelopes: readonly JsonObject[] = [
  {
    eventId: 'evt-4d21ab9c',
    eventType: 'PolicyDecisionRecorded',
    tenantId: 'connectsoft',
    projectId: 'proj-booking-saas',
    moduleId: 'module-reservations-api',
    traceId: 'trace-9f1c2b7d',
    correlationId: 'corr-3a6e1d40',
    causationId: 'evt-deployrequested-7c',
    occurredAt: '2026-06-11T09:00:01Z',
    payload: {
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
  },
  {
    eventId: 'evt-5c1a9f2b-7d44-4e10-9a3c-1b2e4f6a8c90',
    eventType: 'SubscriptionActivated',
    tenantId: 'contoso',
    projectId: 'proj-contoso-saas',
    moduleId: 'module-subscription-service',
    traceId: 'trace-7b2e9c1d',
    correlationId: 'corr-1f4a8d20',
    causationId: 'evt-tenant-registered-id',
    occurredAt: '2026-06-11T09:02:00Z',
    payload: {
      subscriptionId: 'sub-4f7c',
      editionCode: 'enterprise',
      billingCycle: 'Annual',
      currentPeriodEnd: '2027-06-11T00:00:00Z',
    },
  },
]

test.each(envelopes)(
  'the definition of $eventType takes its example envelope and keeps it whole',
  async given => {
    const clock = { now: () => Date.parse('2026-06-12T00:00:00Z') }
    const platform = await createPlatform({ store: createMemoryStore(), contexts: [governance, saas], clock })
    try {
      const tenantId = given['tenantId'] as string
      const receipt = await platform.publish(tenantId, given)
      const stored = await platform.store.readEvent(tenantId, given['eventId'] as string)
      const envelope = stored?.envelope as unknown as JsonObject
      const kept = Object.fromEntries(Object.keys(given).map(member => [member, envelope[member] ?? null]))
      expect(canonicalJson(kept)).toBe(canonicalJson(given))
      // It stands in the stream of the thing that it is about.
      expect(receipt.stream).toBe(`${envelope['aggregateType']}-${envelope['aggregateId']}`)
      expect(envelope['aggregateType']).toMatch(/^(PolicyDecision|Subscription)$/)
    } finally {
      await platform.close()
    }
  },
)
