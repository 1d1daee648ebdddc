export type { BlobEntry, BlobOptions, BlobStore } from './blob/port.ts'
export type { DoctorOptions, DoctorProgress, DoctorReport } from './check/doctor.ts'
export { examineStore } from './check/doctor.ts'
export type { Fault, FaultName, Finding } from './check/fault.ts'
export { faultTable } from './check/fault.ts'
export type { StoreInspection } from './check/inspection.ts'
export type { LogFault, LogReport } from './check/verify.ts'
export { verifyLog } from './check/verify.ts'
export type { ArchiveOptions, StreamArchive } from './lifecycle/archive/archive-stream.ts'
export { archiveStream } from './lifecycle/archive/archive-stream.ts'
export { openWithArchive } from './lifecycle/archive/open-with-archive.ts'
export type { ScavengeOptions } from './lifecycle/scavenge/scavenge.ts'
export { scavenge } from './lifecycle/scavenge/scavenge.ts'
export type { ScavengeReport } from './lifecycle/scavenge/tally.ts'
export type { SealOptions, StreamSeal } from './lifecycle/seal-stream.ts'
export { sealStream, verifySeal } from './lifecycle/seal-stream.ts'
export type { StreamTombstone, TombstoneOptions } from './lifecycle/tombstone-stream.ts'
export { tombstoneStream } from './lifecycle/tombstone-stream.ts'
export { shardOf } from './names.ts'
export type { EventStore } from './port.ts'
export type { ExportOptions } from './transfer/export-tenant.ts'
export { exportTenant } from './transfer/export-tenant.ts'
export type { MoveOptions, MoveProgress, MoveReport } from './transfer/move.ts'
export { moveStore } from './transfer/move.ts'
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
  QueryOptions,
  ReadOptions,
  Receipt,
  RecordedEvent,
  Scope,
  SqlValue,
  Statement,
  StoreCapabilities,
  StreamInfo,
  StreamState,
  StreamWrite,
  TailOptions,
  UnitOfWork,
} from './types.ts'
