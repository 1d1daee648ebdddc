export type { CheckEvent, CheckRun } from './check/check-events.ts'
export { checkEvents } from './check/check-events.ts'
export type {
  CheckKeys,
  CheckLogOptions,
  LogCheckReport,
  SignatureFault,
  SignatureReport,
} from './check/check-log.ts'
export { checkLog } from './check/check-log.ts'
export type { CheckProgress } from './check/entry/check-progress.ts'
export type { LogFault, LogFaultKind } from './check/entry/log-fault.ts'
export type { FieldKeys } from './check/entry/sealed-fields.ts'
export type { ExamineOptions, LogExamination } from './check/examine-log.ts'
export { examineLog } from './check/examine-log.ts'
export type { SealedOptions } from './check/examine-sealed.ts'
export { examineSealed } from './check/examine-sealed.ts'
export type { IntegrityOptions } from './check/integrity-checks.ts'
export { IntegrityChecks } from './check/integrity-checks.ts'
export { openNotary } from './log-notary.ts'
export { acceptHeads, createHeadFile, damagedHeads } from './memory/head-file.ts'
export { noteLogDeletion } from './memory/log-deletion.ts'
export type { LogMemory } from './memory/lost-logs.ts'
export { lostLog, lostLogs, rememberedTenants } from './memory/lost-logs.ts'
export type { HeadMemory, RememberedHead } from './memory/port.ts'
export type { NotaryOptions } from './options.ts'
export type {
  AlarmKind,
  CheckSummary,
  LogHead,
  LogKeys,
  LogStatus,
  MetaProof,
  Notary,
  NotaryAlarm,
} from './port.ts'
export type { TimestampAuthority } from './publish/endorser.ts'
export type { RecordEvent } from './publish/meta-log.ts'
export { metaEvent, recordedHeads } from './publish/meta-log.ts'
export { logCollections } from './tree/log-state.ts'
