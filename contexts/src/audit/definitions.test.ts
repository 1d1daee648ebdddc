import type { EventDefinition } from 'keelson'
import { createValidator } from 'keelson'
import { describe, expect, it } from 'vitest'
import type { EventFacts } from './fixtures/definition-facts.ts'
import {
  exampleEvents,
  factsOf,
  inerasableFields,
  requiredOf,
  sharedObjects,
  unownedFields,
} from './fixtures/definition-facts.ts'
import { audit } from './index.ts'

const known = new Map(audit.events.map(event => [event.type, event]))
const event = (type: string): EventDefinition => known.get(type) as EventDefinition

const table: readonly EventFacts[] = [
  [
    'AuditEventReceived',
    'domain',
    'audit.ingestion',
    'Ingestion API',
    ['Storage Service', 'Classification Service'],
    ['eventId', 'tenantId', 'timestamp', 'actor', 'action', 'resource', 'payload'],
  ],
  [
    'AuditEventValidationFailed',
    'domain',
    'audit.ingestion',
    'Ingestion API',
    ['Monitoring', 'Alerting'],
    ['eventId', 'tenantId', 'validationErrors', 'originalPayload'],
  ],
  [
    'BatchIngestionStarted',
    'domain',
    'audit.ingestion',
    'Batch Ingestion Service',
    ['Monitoring'],
    ['batchId', 'tenantId', 'eventCount', 'source'],
  ],
  [
    'BatchIngestionCompleted',
    'domain',
    'audit.ingestion',
    'Batch Ingestion Service',
    ['Monitoring'],
    ['batchId', 'tenantId', 'successCount', 'failureCount', 'duration'],
  ],
  [
    'EventStreamCreated',
    'domain',
    'audit.storage',
    'Storage Service',
    ['Query Service', 'Integrity Service'],
    ['streamId', 'tenantId', 'subjectId', 'streamType'],
  ],
  [
    'EventAddedToStream',
    'domain',
    'audit.storage',
    'Storage Service',
    ['Query Service'],
    ['streamId', 'eventId', 'sequenceNumber', 'previousHash'],
  ],
  [
    'EventStreamSealed',
    'domain',
    'audit.storage',
    'Storage Service',
    ['Integrity Service', 'Archive Service'],
    ['streamId', 'finalEventCount', 'merkleRoot', 'sealedAt'],
  ],
  [
    'EventStreamArchived',
    'domain',
    'audit.storage',
    'Archive Service',
    ['Query Service'],
    ['streamId', 'archiveLocation', 'archivedAt'],
  ],
  [
    'EventClassified',
    'domain',
    'audit.classification',
    'Classification Service',
    ['Query Service', 'Retention Service'],
    ['eventId', 'classification', 'confidence', 'classificationRules'],
  ],
  [
    'PIIDetected',
    'domain',
    'audit.classification',
    'Classification Service',
    ['Retention Service', 'Alerting'],
    ['eventId', 'piiTypes', 'locations', 'redactionRequired'],
  ],
  [
    'EventRedacted',
    'domain',
    'audit.classification',
    'Classification Service',
    ['Query Service'],
    ['eventId', 'redactedFields', 'redactionMethod'],
  ],
  [
    'RetentionPolicyApplied',
    'domain',
    'audit.retention',
    'Retention Service',
    ['Query Service'],
    ['eventId', 'policyId', 'retentionPeriod', 'expiresAt'],
  ],
  [
    'LegalHoldApplied',
    'domain',
    'audit.retention',
    'Retention Service',
    ['Query Service', 'Archive Service'],
    ['eventId', 'holdId', 'holdReason', 'appliedBy'],
  ],
  [
    'LegalHoldReleased',
    'domain',
    'audit.retention',
    'Retention Service',
    ['Query Service'],
    ['eventId', 'holdId', 'releasedBy', 'releasedAt'],
  ],
  [
    'EventTombstoned',
    'domain',
    'audit.retention',
    'Retention Service',
    ['Query Service', 'Integrity Service'],
    ['eventId', 'tombstoneReason', 'tombstonedAt'],
  ],
  [
    'EventPermanentlyDeleted',
    'domain',
    'audit.retention',
    'Retention Service',
    ['Query Service', 'Integrity Service'],
    ['eventId', 'deletionReason', 'deletedBy'],
  ],
  [
    'PolicyCreated',
    'domain',
    'audit.policy',
    'Policy Service',
    ['Classification Service', 'Retention Service'],
    ['policyId', 'tenantId', 'policyType', 'rules'],
  ],
  [
    'PolicyUpdated',
    'domain',
    'audit.policy',
    'Policy Service',
    ['Classification Service', 'Retention Service'],
    ['policyId', 'changes', 'updatedBy', 'version'],
  ],
  [
    'PolicyDeleted',
    'domain',
    'audit.policy',
    'Policy Service',
    ['Classification Service', 'Retention Service'],
    ['policyId', 'deletedBy', 'deletedAt'],
  ],
  ['TenantOnboarded', 'integration', 'audit.tenant', 'Tenant Service', ['every context'], ['tenantId']],
  [
    'TenantConfigurationUpdated',
    'integration',
    'audit.tenant',
    'Tenant Service',
    ['every context'],
    ['tenantId'],
  ],
  ['TenantReactivated', 'integration', 'audit.tenant', 'Tenant Service', ['every context'], ['tenantId']],
  ['TenantDeleted', 'integration', 'audit.tenant', 'Tenant Service', ['every context'], ['tenantId']],
  ['ExportRequested', 'integration', 'audit.export', 'Export Service', ['Export Worker'], ['exportId']],
  ['ExportStarted', 'integration', 'audit.export', 'Export Service', ['Query Service'], ['exportId']],
  [
    'ExportCompleted',
    'integration',
    'audit.export',
    'Export Service',
    ['Query Service', 'Notification'],
    ['exportId'],
  ],
  ['ExportFailed', 'integration', 'audit.export', 'Export Service', ['Alerting'], ['exportId']],
  ['ExportDelivered', 'integration', 'audit.export', 'Export Service', ['Query Service'], ['exportId']],
  ['HashChainValidated', 'integration', 'audit.integrity', 'Integrity Service', ['Compliance'], ['streamId']],
  [
    'HashChainValidationFailed',
    'integration',
    'audit.integrity',
    'Integrity Service',
    ['Alerting', 'Compliance'],
    ['streamId'],
  ],
  [
    'SignatureVerified',
    'integration',
    'audit.integrity',
    'Integrity Service',
    ['Compliance'],
    ['signatureId'],
  ],
  [
    'SignatureVerificationFailed',
    'integration',
    'audit.integrity',
    'Integrity Service',
    ['Alerting', 'Compliance'],
    ['signatureId'],
  ],
  [
    'SIEMEventPublished',
    'integration',
    'audit.delivery',
    'Delivery Service',
    ['Monitoring'],
    ['eventId', 'destinationId'],
  ],
  [
    'WebhookDelivered',
    'integration',
    'audit.delivery',
    'Delivery Service',
    ['Monitoring'],
    ['eventId', 'webhookId'],
  ],
  [
    'WebhookDeliveryFailed',
    'integration',
    'audit.delivery',
    'Delivery Service',
    ['Monitoring', 'Alerting'],
    ['eventId', 'webhookId'],
  ],
]

/** Fields of the first definitions, which stay as they are: their person stands elsewhere, or they are required. */
const exceptions: Readonly<Record<string, readonly [unowned: string[], inerasable: string[]]>> = {
  AuditEventReceived: [['/origin/address', '/origin/userAgent', '/reason', '/summary', '/payload'], []],
  AuditEventValidationFailed: [[], ['/originalPayload']],
}

describe.each(table)('%s', (...facts) => {
  const definition = event(facts[0])

  it('is what everyone who uses it relies on', () => {
    expect(factsOf(definition, facts[5])).toEqual(facts)
  })

  it('takes its examples, and refuses a member that it does not know', () => {
    const validate = createValidator(definition.payload)
    for (const example of definition.examples as object[]) {
      expect(() => validate(example as never)).not.toThrow()
      expect(() => validate({ ...example, misspelt: 1 } as never)).toThrow(
        expect.objectContaining({ code: 'payload_invalid' }),
      )
    }
  })

  it('has keys that follow from what every such event has', () => {
    const events = exampleEvents(definition)
    const keys = events.map(each => definition.idempotencyKey?.(each))
    for (const key of [...keys, ...events.map(each => definition.orderingKey?.(each))])
      expect(key).toMatch(/^(?!.*undefined).+/)
    expect(new Set(keys).size).toBe(events.length)
  })

  it('says whose its personal fields are, and can lose them', () => {
    expect(sharedObjects(definition)).toEqual([])
    const [unowned, inerasable] = exceptions[facts[0]] ?? [[], []]
    expect(unownedFields(definition)).toEqual(unowned)
    expect(inerasableFields(definition)).toEqual(inerasable)
  })
})

describe('the audit trail', () => {
  it('takes events whose producers know only the fields that are settled', () => {
    const demanding = table
      .filter(([, , topic]) => topic !== 'audit.ingestion')
      .filter(([type, , , , , fields]) => requiredOf(event(type)).some(field => !fields.includes(field)))
    // What the store writes itself has more, for those who check it.
    expect(demanding.map(([type]) => type)).toEqual(['EventStreamSealed', 'EventStreamArchived'])
  })

  it('has a topic for every event', () => {
    const topics = (audit.topics ?? []).map(({ name }) => name)
    expect(new Set(topics)).toEqual(new Set(table.map(([, , topic]) => topic)))
    expect(topics).toHaveLength(9)
  })

  it('has beyond the table only what ends a stream', () => {
    const listed = new Set(table.map(([type]) => type))
    expect([...known.keys()].filter(type => !listed.has(type))).toEqual(['EventStreamTombstoned'])
  })

  it('never removes the records without which the log cannot be checked', () => {
    const kept = [...known.values()].filter(({ retention }) => retention?.period === 'forever')
    expect(kept.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'EventStreamSealed',
        'EventRedacted',
        'LegalHoldApplied',
        'LegalHoldReleased',
        'EventTombstoned',
        'EventPermanentlyDeleted',
        'HashChainValidationFailed',
      ]),
    )
  })

  it('gives up on an audit event after three attempts', () => {
    expect(event('AuditEventReceived').retry).toMatchObject({ attempts: 3, backoff: 'exponential' })
  })
})
