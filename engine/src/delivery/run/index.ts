export type { ReplayRun } from './run-handle.ts'
export type { RunKind, RunProgress, RunRecord, RunState, RunStep } from './run-record.ts'
export type { RunAddress, RunPage, RunQuery, SteerOptions } from './run-store.ts'
export { abortReplay, listReplays, pauseReplay, resumeReplay, showReplay } from './run-store.ts'
