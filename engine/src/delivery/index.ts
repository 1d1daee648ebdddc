export type { ReplayedLetter } from '../transport/index.ts'
export type {
  DeadLetterAddress,
  DeadLetterGroup,
  DeadLetterGroups,
  DeadLetterPage,
  DeadLetterQuery,
  DiscardCounts,
  DiscardOptions,
  EditOptions,
  KeyAddress,
  ReplayOptions,
  ReplayProgress,
  StartDeadLetterReplayOptions,
} from './dead-letter/index.ts'
export {
  deadLetter,
  discardDeadLetters,
  discardedCollection,
  editDeadLetter,
  groupDeadLetters,
  listDeadLetters,
  replayDeadLetters,
  startDeadLetterReplay,
  unparkKey,
} from './dead-letter/index.ts'
export type { RelayFault, RelayOptions, RelayPartitionStatus, RelayStatus } from './relay/index.ts'
export { Relay, relaySubscription } from './relay/index.ts'
export type {
  ContinueOptions,
  LogReplayOptions,
  LogReplayResult,
  ReplayFailure,
  ReplayPlace,
  ReplayQuery,
  ReplayTarget,
  StartReplayOptions,
} from './replay/index.ts'
export { continueReplays, countEvents, failuresOf, replay, startReplay } from './replay/index.ts'
export type {
  ReplayRun,
  RunAddress,
  RunKind,
  RunPage,
  RunProgress,
  RunQuery,
  RunRecord,
  RunState,
  RunStep,
  SteerOptions,
} from './run/index.ts'
export { abortReplay, listReplays, pauseReplay, resumeReplay, showReplay } from './run/index.ts'
export type { PartitionOwner } from './subscription/index.ts'
export {
  beginSubscription,
  forgetOwners,
  forgetSubscription,
  listOwners,
  readOwner,
} from './subscription/index.ts'
