export type { BlobEntry, BlobOptions, BlobStore } from './blob/port.ts'
export type { DoctorOptions, DoctorProgress, DoctorReport } from './check/doctor.ts'
export { examineStore } from './check/doctor.ts'
export type { Fault, FaultName, Finding } from './check/fault.ts'
export { faultTable } from './check/fault.ts'
export type { StoreInspection } from './check/inspection.ts'
export type { LogFault, LogReport } from './check/verify.ts'
export { verifyLog } from './check/verify.ts'
export type { UnitPart } from './facet/compose-unit.ts'
export { composeUnit } from './facet/compose-unit.ts'
export type { Inbox, InboxOptions, InboxOutcome } from './facet/inbox.ts'
export { createInbox, forgetClaims } from './facet/inbox.ts'
export type { DeliverOptions, DeliverReport, Outbox, OutboxOptions } from './facet/outbox.ts'
export { createOutbox } from './facet/outbox.ts'
export type { AsideMessage, OutboxMessage, PendingMessage } from './facet/outbox-message.ts'
export type { Evolve, Rebuilt, SnapshotOptions, Snapshots } from './facet/snapshots.ts'
export { createSnapshots } from './facet/snapshots.ts'
export type { FireOptions, NewTimer, Timer, TimerHandler, TimerOptions, Timers } from './facet/timers.ts'
export { createTimers } from './facet/timers.ts'
export type { ArchiveOptions, StreamArchive } from './lifecycle/archive/archive-stream.ts'
export { archiveStream } from './lifecycle/archive/archive-stream.ts'
export { openWithArchive } from './lifecycle/archive/open-with-archive.ts'
export type { TrimOptions } from './lifecycle/archive/trim-archive.ts'
export { trimArchive } from './lifecycle/archive/trim-archive.ts'
export { trimChanges, trimCollections } from './lifecycle/archive/trim-request.ts'
export { extendStore } from './lifecycle/extend-store.ts'
export { openWithMetadata } from './lifecycle/metadata/open-with-metadata.ts'
export type { MetadataState, StreamMetadata } from './lifecycle/metadata/stream-metadata.ts'
export { getStreamMetadata, setStreamMetadata } from './lifecycle/metadata/stream-metadata.ts'
export type { ScavengeOptions } from './lifecycle/scavenge/scavenge.ts'
export { scavenge } from './lifecycle/scavenge/scavenge.ts'
export type { ScavengeReport } from './lifecycle/scavenge/tally.ts'
export type { SealOptions, StreamSeal } from './lifecycle/seal-stream.ts'
export { sealStream, verifySeal } from './lifecycle/seal-stream.ts'
export { EventStreamArchived, EventStreamSealed, EventStreamTombstoned } from './lifecycle/stream-events.ts'
export { recordStream } from './lifecycle/stream-record.ts'
export type { StreamTombstone, TombstoneOptions } from './lifecycle/tombstone-stream.ts'
export { tombstoneStream } from './lifecycle/tombstone-stream.ts'
export { shardOf } from './names.ts'
export type { EventStore } from './port.ts'
export { countHidden } from './read/count-hidden.ts'
export type { ExportOptions } from './transfer/export-tenant.ts'
export { exportTenant } from './transfer/export-tenant.ts'
export type { MoveOptions, MoveProgress, MoveReport } from './transfer/move.ts'
export { moveStore } from './transfer/move.ts'
export { refuseUnfinishedMove } from './transfer/move-mark.ts'
export type { StoreReader, StoreTarget } from './transfer/port.ts'
export type {
  AppendOptions,
  AppendRequest,
  BodyChange,
  BodyState,
  Document,
  DocumentChange,
  DocumentQuery,
  EventFilter,
  EventQuery,
  EventQueryItem,
  ExpectedVersion,
  LeafRow,
  LogEvent,
  QueryOptions,
  ReadOptions,
  Receipt,
  RecordedEvent,
  RedactionChange,
  Scope,
  Secret,
  SecretChange,
  SqlValue,
  Statement,
  StoreCapabilities,
  StreamInfo,
  StreamState,
  StreamWrite,
  TailOptions,
  UnitOfWork,
} from './types.ts'
