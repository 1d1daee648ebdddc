export type { DiscardCounts, DiscardOptions } from './discard-dead-letters.ts'
export { discardDeadLetters, discardedCollection } from './discard-dead-letters.ts'
export type { EditOptions } from './edit-dead-letter.ts'
export { editDeadLetter } from './edit-dead-letter.ts'
export type {
  DeadLetterAddress,
  DeadLetterGroup,
  DeadLetterGroups,
  DeadLetterPage,
} from './list-dead-letters.ts'
export { deadLetter, groupDeadLetters, listDeadLetters } from './list-dead-letters.ts'
export type { DeadLetterQuery } from './query.ts'
export type { ReplayOptions, ReplayProgress } from './replay-dead-letters.ts'
export { replayDeadLetters } from './replay-dead-letters.ts'
export type { StartDeadLetterReplayOptions } from './start-dead-letter-replay.ts'
export { startDeadLetterReplay } from './start-dead-letter-replay.ts'
export type { KeyAddress } from './unpark-key.ts'
export { unparkKey } from './unpark-key.ts'
