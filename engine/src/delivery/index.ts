export type {
  DeadLetterAddress,
  DeadLetterGroup,
  DeadLetterGroups,
  DeadLetterPage,
  DeadLetterQuery,
  DiscardOptions,
  EditOptions,
  KeyAddress,
  ReplayOptions,
  ReplayProgress,
} from './dead-letter/index.ts'
export {
  deadLetter,
  discardDeadLetters,
  discardedCollection,
  editDeadLetter,
  groupDeadLetters,
  listDeadLetters,
  replayDeadLetters,
  unparkKey,
} from './dead-letter/index.ts'
