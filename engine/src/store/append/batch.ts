import type { ErrorCode, ErrorDetails } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { LeafKind } from '../../proof/index.ts'
import { blindLength } from '../../proof/index.ts'
import type { Receipt, StreamState } from '../types.ts'
import type { AppendCondition, PreparedAppend } from './prepare.ts'
import { commitBodies } from './prepare.ts'
import type { SecretColumns } from './seal-secrets.ts'
import { toSecretColumns } from './seal-secrets.ts'

/**
 * Appends on their way to the log, laid out in columns: flat arrays cross a thread boundary several times faster than
 * a tree of objects. An append has `writeCounts` writes, a write `eventCounts` events.
 */
export interface AppendBatch {
  readonly tenants: string[]
  readonly keys: (string | null)[]
  readonly conditions: (AppendCondition | null)[]
  readonly writeCounts: number[]
  readonly streams: string[]
  readonly expected: (string | number)[]
  readonly closes: (Exclude<StreamState, 'open'> | null)[]
  readonly eventCounts: number[]
  readonly ids: string[]
  readonly types: string[]
  readonly topics: string[]
  readonly links: string[][]
  readonly bodies: string[]
  readonly commitments: string[]
  readonly filled: number[]
  /** By the event's index, of those that are not `event`. */
  readonly kinds: Map<number, LeafKind>
  readonly secrets: SecretColumns
  /** 32 bytes an event. */
  readonly blinds: Uint8Array
}

/** Receipts in columns, an entry for each event of the appends that succeeded, in their order. */
export interface ReceiptColumns {
  readonly positions: number[]
  readonly sequences: number[]
  readonly versions: number[]
  readonly times: number[]
  readonly hashes: string[]
  readonly previous: string[]
  /** For an event that was stored before: its id and stream then; null for a new one. */
  readonly ids: (string | null)[]
  readonly streams: (string | null)[]
}

/** An error in the form that crosses a thread boundary. */
export interface Failure {
  readonly code: ErrorCode
  readonly message: string
  readonly details: ErrorDetails
}

/** What became of a batch. */
export interface AppendOutcome {
  /** An entry for each append: undefined where it succeeded. */
  readonly failures: (Failure | undefined)[]
  readonly receipts: ReceiptColumns
  /** Position of the newest event afterwards. */
  readonly head: number
  /** How long the commit took, in milliseconds; undefined where a batch is not to be divided to share that time. */
  readonly commitMs?: number
}

export function emptyReceipts(): ReceiptColumns {
  return {
    positions: [],
    sequences: [],
    versions: [],
    times: [],
    hashes: [],
    previous: [],
    ids: [],
    streams: [],
  }
}

/** Lays appends out in columns and commits to their bodies; `fill` gives random bytes for the blinds. */
export function toBatch(
  appends: readonly PreparedAppend[],
  fill: (bytes: Uint8Array<ArrayBuffer>) => void,
): AppendBatch {
  const events = appends.reduce((sum, append) => sum + append.eventCount, 0)
  const blinds = new Uint8Array(events * blindLength)
  for (let at = 0; at < blinds.length; at += 4096) fill(blinds.subarray(at, at + 4096))
  const batch: AppendBatch = {
    tenants: [],
    keys: [],
    conditions: [],
    writeCounts: [],
    streams: [],
    expected: [],
    closes: [],
    eventCounts: [],
    ids: [],
    types: [],
    topics: [],
    links: [],
    bodies: [],
    commitments: [],
    filled: [],
    kinds: new Map(),
    secrets: toSecretColumns(appends),
    blinds,
  }
  for (const append of appends) {
    batch.tenants.push(append.tenantId)
    batch.keys.push(append.idempotencyKey ?? null)
    batch.conditions.push(append.unless ?? null)
    batch.writeCounts.push(append.writes.length)
    for (const write of append.writes) {
      batch.streams.push(write.stream)
      batch.expected.push(write.expected)
      batch.closes.push(write.closes ?? null)
      batch.eventCounts.push(write.events.length)
      for (const event of write.events) {
        batch.ids.push(event.id)
        batch.types.push(event.type)
        batch.topics.push(event.topic)
        batch.links.push(event.links)
        batch.bodies.push(event.body)
        batch.filled.push(event.filled)
        if (event.kind !== 'event') batch.kinds.set(batch.filled.length - 1, event.kind)
      }
    }
  }
  for (const commitment of commitBodies(batch.bodies, blinds)) batch.commitments.push(commitment)
  return batch
}

/** What each append of a batch is answered with: its receipts, or why it was refused. */
export function answers(
  appends: readonly PreparedAppend[],
  { failures, receipts }: AppendOutcome,
): (readonly Receipt[] | KeelsonError)[] {
  const timeText = createTimeText()
  let at = 0
  return appends.map((append, index) => {
    const failure = failures[index]
    if (failure) return fromFailure(failure)
    const start = at
    at += append.eventCount
    return toReceipts(append, receipts, start, timeText)
  })
}

export function fromFailure(failure: Failure): KeelsonError {
  return new KeelsonError(failure.code, failure.message, failure.details)
}

/** Events of a batch share their time, so that its text is made once. */
function createTimeText(): (time: number) => string {
  let last = Number.NaN
  let text = ''
  return time => {
    if (time !== last) {
      last = time
      text = new Date(time).toISOString()
    }
    return text
  }
}

function toReceipts(
  append: PreparedAppend,
  columns: ReceiptColumns,
  start: number,
  timeText: (time: number) => string,
): Receipt[] {
  const receipts: Receipt[] = []
  let at = start
  for (const write of append.writes) {
    for (const event of write.events) {
      const storedId = columns.ids[at] ?? null
      receipts.push({
        eventId: storedId ?? event.id,
        position: columns.positions[at] as number,
        sequence: columns.sequences[at] as number,
        stream: columns.streams[at] ?? write.stream,
        version: columns.versions[at] as number,
        recordedAt: timeText(columns.times[at] as number),
        leafHash: columns.hashes[at] as string,
        previousHash: columns.previous[at] as string,
        duplicate: storedId !== null,
      })
      at += 1
    }
  }
  return receipts
}
