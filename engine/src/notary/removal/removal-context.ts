import type { Clock, IdSource, RandomFill } from '../../core/index.ts'
import type { BlobStore, EventStore } from '../../store/index.ts'
import type { KnownTexts } from './erasure/known-texts.ts'
import type { CopyStore, RemovalAlarm, RemovalKeys } from './port.ts'

/** What every part of removing content works with. */
export interface RemovalContext {
  /** Opened without keys: what it reads has digests for sealed fields. */
  readonly store: EventStore
  readonly ring: RemovalKeys
  readonly copies: readonly CopyStore[]
  /** Where archived content lies; the store reads it from there. */
  readonly archive?: BlobStore
  readonly known: KnownTexts
  readonly clock: Clock
  readonly ids: IdSource
  readonly random: RandomFill
  readonly onAlarm: (alarm: RemovalAlarm) => void
}
