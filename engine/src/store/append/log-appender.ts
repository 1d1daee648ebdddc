import type { Clock } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import { createSealer, leafHash, leafText } from '../../proof/index.ts'
import type { ExpectedVersion } from '../types.ts'
import type { AppendBatch, AppendOutcome, Failure, ReceiptColumns } from './batch.ts'
import { emptyReceipts } from './batch.ts'
import { checkExpectedVersion } from './expected-version.ts'
import type { Log, StoredEvent, StreamHead, TenantHead } from './log.ts'
import { isReplaced, isSameContent } from './same-content.ts'
import { noSecrets, SecretSealer, secretsOf } from './seal-secrets.ts'

/** One append of a batch: where its writes and events begin and end in the batch's columns. */
interface Span {
  readonly index: number
  readonly firstWrite: number
  readonly lastWrite: number
  readonly firstEvent: number
  readonly lastEvent: number
}

/** Cuts previous hash and time out of a leaf, whose form is fixed. */
const leafTail = /"prev":"([\w-]{43})","t":"([^"]+)","v":1\}$/

/**
 * The one place where it is decided what an append may do and how its events are numbered and chained. Works on a
 * {@link Log}, inside a transaction that its caller opens and ends.
 */
export class LogAppender {
  readonly #log: Log
  readonly #clock: Clock
  #now = 0
  #time = -1
  #timeText = ''
  readonly #seal = createSealer()
  #sealer = new SecretSealer(noSecrets, this.#seal)

  constructor(log: Log, clock: Clock) {
    this.#log = log
    this.#clock = clock
  }

  /** Writes each append of the batch that can be; an append that is refused by the rules writes nothing. */
  append(batch: AppendBatch): AppendOutcome {
    const failures: (Failure | undefined)[] = []
    const receipts = emptyReceipts()
    this.#now = this.#clock.now()
    this.#sealer = new SecretSealer(batch.secrets, this.#seal)
    let firstWrite = 0
    let firstEvent = 0
    for (let index = 0; index < batch.tenants.length; index += 1) {
      const lastWrite = firstWrite + (batch.writeCounts[index] as number)
      let lastEvent = firstEvent
      for (let at = firstWrite; at < lastWrite; at += 1) lastEvent += batch.eventCounts[at] as number
      try {
        this.#one(batch, { index, firstWrite, lastWrite, firstEvent, lastEvent }, receipts)
        failures.push(undefined)
      } catch (error) {
        // Only a refusal by the rules is this append's own; anything else fails the transaction.
        if (!(error instanceof KeelsonError)) throw error
        failures.push({ code: error.code, message: error.message, details: error.details })
      }
      firstWrite = lastWrite
      firstEvent = lastEvent
    }
    return { failures, receipts, head: this.#log.position }
  }

  #one(batch: AppendBatch, span: Span, receipts: ReceiptColumns): void {
    const log = this.#log
    const tenant = log.tenant(batch.tenants[span.index] as string)
    const key = batch.keys[span.index] as string | null
    if (this.#isRepeat(batch, tenant, key, span, receipts)) return
    // All conditions are checked before anything is written, so that a refusal needs no rollback.
    const streams = this.#checkedStreams(batch, tenant, span)
    this.#checkCondition(batch, tenant, span.index)
    if (key !== null) log.writeKey(tenant, key, log.position + 1, span.lastEvent - span.firstEvent)
    let from = span.firstEvent
    for (let at = span.firstWrite; at < span.lastWrite; at += 1) {
      const count = batch.eventCounts[at] as number
      const closes = batch.closes[at]
      if (count === 0 && !closes) continue
      const stream = streams[at - span.firstWrite] ?? log.addStream(tenant, batch.streams[at] as string)
      for (let one = from; one < from + count; one += 1) this.#write(batch, one, tenant, stream, receipts)
      if (closes) stream.state = closes
      log.touch(tenant, stream)
      from += count
    }
  }

  #checkedStreams(batch: AppendBatch, tenant: TenantHead, span: Span): (StreamHead | undefined)[] {
    const streams: (StreamHead | undefined)[] = []
    for (let at = span.firstWrite; at < span.lastWrite; at += 1) {
      const name = batch.streams[at] as string
      const stream = this.#log.stream(tenant, name)
      checkExpectedVersion(name, batch.expected[at] as ExpectedVersion, stream?.version ?? 0)
      const isWritten = (batch.eventCounts[at] as number) > 0 || batch.closes[at]
      if (isWritten && stream && stream.state !== 'open' && !isTombstoning(batch, at, stream))
        throw closed(stream)
      if (batch.closes[at] && !stream && batch.eventCounts[at] === 0)
        throw new KeelsonError('stream_not_found', `The stream "${name}" has no events`, { stream: name })
      streams.push(stream)
    }
    return streams
  }

  #checkCondition(batch: AppendBatch, tenant: TenantHead, index: number): void {
    const condition = batch.conditions[index]
    if (!condition) return
    if (condition.after > this.#log.position) {
      const message = `The append is conditional on what comes after ${condition.after}, but the log ends at ${this.#log.position}: was the position given by another store?`
      throw new KeelsonError('position_unknown', message, {
        after: condition.after,
        newest: this.#log.position,
      })
    }
    const matched = this.#log.findMatch(tenant, condition.query, condition.after)
    if (matched === 0) return
    throw new KeelsonError(
      'append_condition_failed',
      `The event at position ${matched} matches what the append was not to follow`,
      { matched, after: condition.after },
    )
  }

  #write(
    batch: AppendBatch,
    at: number,
    tenant: TenantHead,
    stream: StreamHead,
    receipts: ReceiptColumns,
  ): void {
    const log = this.#log
    const position = log.position + 1
    const time = this.#timeFor(tenant)
    const id = batch.ids[at] as string
    const leaf = leafText({
      body: batch.commitments[at] as string,
      id,
      kind: batch.kinds.get(at) ?? 'event',
      n: tenant.size,
      prev: tenant.hash,
      t: this.#timeText,
    })
    const hash = leafHash(leaf)
    const version = stream.version + 1
    log.writeEvent({
      position,
      tenant,
      sequence: tenant.size,
      stream,
      version,
      id,
      type: batch.types[at] as string,
      topic: batch.topics[at] as string,
      filled: batch.filled[at] as number,
      leaf,
      leafHash: hash,
      blind: batch.blinds.subarray(at * 32, at * 32 + 32),
      body: batch.bodies[at] as string,
      secrets: this.#sealer.seal(at, tenant.name, tenant.size),
      links: batch.links[at] as string[],
    })
    receipts.positions.push(position)
    receipts.sequences.push(tenant.size)
    receipts.versions.push(version)
    receipts.times.push(time)
    receipts.hashes.push(hash)
    receipts.previous.push(tenant.hash)
    receipts.ids.push(null)
    receipts.streams.push(null)
    stream.version = version
    tenant.size += 1
    tenant.hash = hash
    tenant.time = time
    tenant.position = position
  }

  /** The time of recording: the batch's, unless the tenant's log is already ahead of the clock. */
  #timeFor(tenant: TenantHead): number {
    const time = Math.max(this.#now, tenant.time)
    if (time !== this.#time) {
      this.#time = time
      this.#timeText = new Date(time).toISOString()
    }
    return time
  }

  /** Whether the append was stored before; then its first receipts are given. */
  #isRepeat(
    batch: AppendBatch,
    tenant: TenantHead,
    key: string | null,
    span: Span,
    receipts: ReceiptColumns,
  ): boolean {
    const known = key === null ? undefined : this.#log.findKey(tenant, key)
    const stored = known ?? this.#storedBefore(batch, tenant, span)
    if (known) {
      const isSame =
        known.length === span.lastEvent - span.firstEvent &&
        known.every((event, at) => isSameEvent(tenant.name, event, batch, span.firstEvent + at))
      if (!isSame)
        throw new KeelsonError(
          'idempotency_key_conflict',
          `The idempotency key "${key}" was used with other content`,
        )
    }
    if (stored.length === 0) return false
    for (const event of stored) pushStored(event, receipts)
    return true
  }

  /** The stored events that the append repeats: all of them or none. */
  #storedBefore(batch: AppendBatch, tenant: TenantHead, span: Span): StoredEvent[] {
    const stored: StoredEvent[] = []
    for (let at = span.firstEvent; at < span.lastEvent; at += 1) {
      const event = this.#log.findEvent(tenant, batch.ids[at] as string)
      if (!event) continue
      if (!isSameEvent(tenant.name, event, batch, at))
        throw conflict(batch.ids[at] as string, 'is already stored with other content')
      stored.push(event)
    }
    if (stored.length > 0 && stored.length < span.lastEvent - span.firstEvent)
      throw conflict(
        batch.ids[span.firstEvent] as string,
        'is appended with others of which only some are already stored',
      )
    return stored
  }
}

/** A sealed stream may still be tombstoned, as long as it gets no events. */
function isTombstoning(batch: AppendBatch, write: number, stream: StreamHead): boolean {
  return stream.state === 'sealed' && batch.closes[write] === 'tombstoned' && batch.eventCounts[write] === 0
}

/** A body that is not there any more, or was redacted, cannot be compared: the id alone says that it is a repeat. */
function isSameEvent(tenantId: string, stored: StoredEvent, batch: AppendBatch, at: number): boolean {
  if (stored.body === '') return stored.id === batch.ids[at]
  const given = {
    body: batch.bodies[at] as string,
    filled: batch.filled[at] as number,
    secrets: secretsOf(batch.secrets, at),
  }
  return isSameContent({ ...stored, tenantId }, given) || (stored.id === batch.ids[at] && isReplaced(stored))
}

function pushStored(event: StoredEvent, receipts: ReceiptColumns): void {
  const tail = leafTail.exec(event.leaf)
  receipts.positions.push(event.position)
  receipts.sequences.push(event.sequence)
  receipts.versions.push(event.version)
  receipts.times.push(Date.parse(tail?.[2] ?? ''))
  receipts.hashes.push(event.leafHash)
  receipts.previous.push(tail?.[1] ?? '')
  receipts.ids.push(event.id)
  receipts.streams.push(event.stream)
}

function conflict(eventId: string, what: string): KeelsonError {
  return new KeelsonError('event_id_conflict', `The event ${eventId} ${what}`, { eventId })
}

function closed({ name, state, version }: StreamHead): KeelsonError {
  return new KeelsonError('stream_closed', `The stream "${name}" is ${state} and takes no events`, {
    stream: name,
    state,
    actual: version,
  })
}
