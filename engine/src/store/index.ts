export type { BlobEntry, BlobOptions, BlobStore } from './blob/port.ts'
export type { LogFault, LogReport } from './check/verify.ts'
export { verifyLog } from './check/verify.ts'
export { shardOf } from './names.ts'
export type { EventStore } from './port.ts'
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
