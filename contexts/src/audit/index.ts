import type { ContextDefinition } from 'keelson'
import { defineContext } from 'keelson'
import { AuditEventReceived } from './audit-event.ts'
import {
  AuditEventValidationFailed,
  BatchIngestionCompleted,
  BatchIngestionStarted,
} from './ingestion-events.ts'
import { AuditEventProjection } from './projection/audit-event-projection.ts'
import { EventAddedToStream, EventStreamCreated, streamEvents } from './stream-events.ts'

export type { AuditEventPayload } from './audit-event.ts'
export type { AuditView, Outcome } from './audit-view.ts'
export { toAuditView } from './audit-view.ts'
export type { ImportBatchOptions, ImportBatchResult, Importer, RecordOrigin } from './import/index.ts'
export { createImporters, exampleDeliveries, importBatch, importerFor } from './import/index.ts'
export type { Facets, FacetValue } from './search/facets.ts'
export { countFacets } from './search/facets.ts'
export type { AuditFilter } from './search/filter.ts'
export { matchesFilter } from './search/match.ts'
export type { SearchPage } from './search/search.ts'
export { searchEvents } from './search/search.ts'
export { storageNotifications } from './stream-events.ts'
export { toTextQuery } from './words/text-query.ts'
export {
  AuditEventProjection,
  AuditEventReceived,
  AuditEventValidationFailed,
  BatchIngestionCompleted,
  BatchIngestionStarted,
  EventAddedToStream,
  EventStreamCreated,
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
  ],
  projections: [AuditEventProjection],
})
