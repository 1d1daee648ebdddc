export type { EventStore } from './port.ts'
export type {
  AppendOptions,
  ExpectedVersion,
  QueryOptions,
  ReadOptions,
  Receipt,
  RecordedEvent,
  Scope,
  SqlValue,
  Statement,
  StoreCapabilities,
  StreamWrite,
  UnitOfWork,
} from './types.ts'
export type { LogFault, LogReport } from './verify.ts'
export { verifyLog } from './verify.ts'
