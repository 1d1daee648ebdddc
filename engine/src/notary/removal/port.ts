import type { JsonObject } from '../../core/index.ts'
import type { RecordedEvent } from '../../store/index.ts'
import type { KeyRing } from '../keys/index.ts'

/** What removing content needs of the key ring. */
export type RemovalKeys = Pick<KeyRing, 'dataKeys' | 'keysOf' | 'kidsOf' | 'destroy'>

/** What a copy may have of an event from now on; without an envelope it may have nothing. */
export interface CopyContent {
  readonly envelope?: JsonObject
}

/** What is to go from the copies that stores of copies keep of events. */
export interface CopyRequest {
  readonly tenantId: string
  readonly reason: 'erasure' | 'redaction' | 'retention'
  /** Whose data it is; undefined where it is not about a subject, and once the subject's keys are destroyed. */
  readonly subject: string | undefined
  /** The keys that go; none where it is not about a subject. */
  readonly kids: readonly string[]
  /** The events concerned in order, at most 500 at a time, as they stand in the log: with digests for sealed fields. */
  events(): AsyncIterable<readonly RecordedEvent[]>
  /** Their positions. */
  positions(): AsyncIterable<readonly number[]>
  /** Whether an event of the stream is concerned. */
  concernsStream(stream: string): Promise<boolean>
  /**
   * What the keys that go still open, as texts, at most about 10,000 at a time; a text may come again. Absent where it is not
   * about a subject. Once the keys are destroyed, what they opened then, where this process still knows it.
   */
  texts?(): AsyncIterable<ReadonlySet<string>>
  /**
   * Set when the copies are asked for the last time, where such texts were there and no process knows them any more: what
   * errors have said since then, in milliseconds since the epoch, may have one of them, and goes whole.
   */
  readonly unknownSince?: number
  /** Undefined where the event is not concerned. */
  contentOf(eventId: string): Promise<CopyContent | undefined>
}

/**
 * Whatever keeps content of events beside the log. It is asked until it has succeeded, once more after the content is
 * gone from the log, and five minutes later for what handlers had in hand; so it must not mind being asked again.
 */
export interface CopyStore {
  /** Distinct; shown, and kept in the record of what was done. */
  readonly name: string
  /**
   * Whether each asking removes the same copies and makes them again from what may be kept: then they count once. Such a
   * store waits for what is in hand, and is not asked five minutes later.
   */
  readonly remakes?: boolean
  /** How many copies there are, without changing any. */
  count(request: CopyRequest, signal: AbortSignal): Promise<number>
  /** Resolves when they are gone. */
  erase(request: CopyRequest, signal: AbortSignal): Promise<{ readonly removed: number }>
}

/** Something that an operator should know of; holds nothing of the content. */
export interface RemovalAlarm {
  readonly tenantId: string
  /** Of the erasure or redaction. */
  readonly id: string
  /** `copies`: a store of copies failed; `late`: content came under a key that was destroyed; `stopped`: it will be tried again. */
  readonly what: 'copies' | 'late' | 'stopped'
  /** The store of copies, or the code of the error. */
  readonly detail: string
}
