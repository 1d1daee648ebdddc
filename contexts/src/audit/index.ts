import type { ContextDefinition } from 'keelson'
import { defineContext } from 'keelson'
import { AuditEventReceived } from './event/audit-event-received.ts'
import { EventClassified, EventRedacted, PIIDetected } from './event/classification-events.ts'
import { SIEMEventPublished, WebhookDelivered, WebhookDeliveryFailed } from './event/delivery-events.ts'
import { ExportRequested, ExportStarted } from './event/export-events.ts'
import { ExportCompleted, ExportDelivered, ExportFailed } from './event/export-outcome-events.ts'
import { HashChainValidated, HashChainValidationFailed } from './event/hash-chain-events.ts'
import {
  AuditEventValidationFailed,
  BatchIngestionCompleted,
  BatchIngestionStarted,
} from './event/ingestion-events.ts'
import { LegalHoldApplied, LegalHoldReleased } from './event/legal-hold-events.ts'
import { PolicyCreated, PolicyDeleted, PolicyUpdated } from './event/policy-events.ts'
import { EventPermanentlyDeleted, EventTombstoned, RetentionPolicyApplied } from './event/retention-events.ts'
import { SignatureVerificationFailed, SignatureVerified } from './event/signature-events.ts'
import { EventAddedToStream, EventStreamCreated, streamEvents } from './event/storage-events.ts'
import {
  TenantConfigurationUpdated,
  TenantDeleted,
  TenantOnboarded,
  TenantReactivated,
} from './event/tenant-events.ts'
import { AuditEventProjection } from './projection/audit-event-projection.ts'
import { auditTopics } from './topics.ts'

export type { AuditView, Outcome } from './audit-view.ts'
export { toAuditView } from './audit-view.ts'
export type { AuditEventPayload } from './event/audit-event-received.ts'
export type { ImportBatchOptions, ImportBatchResult, Importer, RecordOrigin } from './import/index.ts'
export { createImporters, exampleDeliveries, importBatch, importerFor } from './import/index.ts'
export type { Facets, FacetValue } from './search/facets.ts'
export { countFacets } from './search/facets.ts'
export type { AuditFilter } from './search/filter.ts'
export { matchesFilter } from './search/match.ts'
export type { SearchPage } from './search/search.ts'
export { searchEvents } from './search/search.ts'
export { storageNotifications } from './storage-notifications.ts'
export { toTextQuery } from './words/text-query.ts'
export {
  AuditEventProjection,
  AuditEventReceived,
  AuditEventValidationFailed,
  BatchIngestionCompleted,
  BatchIngestionStarted,
  EventAddedToStream,
  EventClassified,
  EventPermanentlyDeleted,
  EventRedacted,
  EventStreamCreated,
  EventTombstoned,
  ExportCompleted,
  ExportDelivered,
  ExportFailed,
  ExportRequested,
  ExportStarted,
  HashChainValidated,
  HashChainValidationFailed,
  LegalHoldApplied,
  LegalHoldReleased,
  PIIDetected,
  PolicyCreated,
  PolicyDeleted,
  PolicyUpdated,
  RetentionPolicyApplied,
  SIEMEventPublished,
  SignatureVerificationFailed,
  SignatureVerified,
  TenantConfigurationUpdated,
  TenantDeleted,
  TenantOnboarded,
  TenantReactivated,
  WebhookDelivered,
  WebhookDeliveryFailed,
}

export const audit: ContextDefinition = defineContext({
  name: 'audit',
  events: [
    AuditEventReceived,
    AuditEventValidationFailed,
    BatchIngestionStarted,
    BatchIngestionCompleted,
    EventStreamCreated,
    EventAddedToStream,
    ...streamEvents,
    EventClassified,
    PIIDetected,
    EventRedacted,
    RetentionPolicyApplied,
    LegalHoldApplied,
    LegalHoldReleased,
    EventTombstoned,
    EventPermanentlyDeleted,
    PolicyCreated,
    PolicyUpdated,
    PolicyDeleted,
    TenantOnboarded,
    TenantConfigurationUpdated,
    TenantReactivated,
    TenantDeleted,
    ExportRequested,
    ExportStarted,
    ExportCompleted,
    ExportFailed,
    ExportDelivered,
    HashChainValidated,
    HashChainValidationFailed,
    SignatureVerified,
    SignatureVerificationFailed,
    SIEMEventPublished,
    WebhookDelivered,
    WebhookDeliveryFailed,
  ],
  topics: auditTopics,
  projections: [AuditEventProjection],
})
