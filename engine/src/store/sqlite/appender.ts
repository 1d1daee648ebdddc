import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Clock } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import { leafHash, leafText } from '../../proof/index.ts'
import { checkExpectedVersion } from '../expected-version.ts'
import { isSameContent } from '../prepare.ts'
import type { ExpectedVersion } from '../types.ts'
import { toFailure } from './database.ts'
import type { StreamHead, TenantHead } from './interning.ts'
import { Heads } from './interning.ts'
import type { AppendBatch, Failure, ReceiptColumns } from './protocol.ts'
import { emptyReceipts } from './protocol.ts'

interface StoredRow {
  position: number
  sequence: number
  version: number
  stream: string
  id: string
  filled: number
  leaf: string
  leaf_hash: string
  body: string
}

/** Cuts previous hash and time out of a leaf, whose form is fixed. */
const leafTail = /"prev":"([\w-]{43})","t":"([^"]+)","v":1\}$/

/** Writes appends inside a transaction that its caller opens and ends. */
export class Appender {
  readonly #heads: Heads
  readonly #clock: Clock
  readonly #findId: StatementSync
  readonly #addId: StatementSync
  readonly #readStored: StatementSync
  readonly #addEvent: StatementSync
  readonly #findKey: StatementSync
  readonly #addKey: StatementSync
  readonly #maxPosition: StatementSync
  #position = -1
  #now = 0
  #time = -1
  #timeText = ''

  constructor(database: DatabaseSync, clock: Clock) {
    this.#heads = new Heads(database)
    this.#clock = clock
    this.#findId = database.prepare('SELECT position FROM event_id WHERE tenant = ? AND id = ?')
    this.#addId = database.prepare('INSERT INTO event_id (tenant, id, position) VALUES (?, ?, ?)')
    this.#readStored = database.prepare(
      `SELECT e.position, e.sequence, e.version, s.name AS stream, e.leaf ->> 'id' AS id, e.filled, e.leaf, e.leaf_hash, e.body
       FROM event e JOIN stream s ON s.id = e.stream WHERE e.position = ?`,
    )
    this.#addEvent = database.prepare(
      'INSERT INTO event (position, tenant, sequence, stream, version, type, filled, leaf, leaf_hash, blind, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#findKey = database.prepare(
      'SELECT first_position, event_count FROM idempotency_key WHERE tenant = ? AND key = ?',
    )
    this.#addKey = database.prepare(
      'INSERT INTO idempotency_key (tenant, key, first_position, event_count) VALUES (?, ?, ?, ?)',
    )
    this.#maxPosition = database.prepare('SELECT coalesce(max(position), 0) AS position FROM event')
  }

  /** Position of the newest event. */
  get head(): number {
    if (this.#position < 0) this.#position = (this.#maxPosition.get() as { position: number }).position
    return this.#position
  }

  /** Drops what is remembered of the database: after a rollback, and when another process has written. */
  forget(): void {
    this.#heads.forget()
    this.#position = -1
  }

  /** Writes heads that the transaction changed; must be the last thing before it commits. */
  finish(): void {
    this.#heads.save()
  }

  /** Writes each append of the batch that can be; an append that cannot stores nothing. */
  append(batch: AppendBatch): { failures: (Failure | undefined)[]; receipts: ReceiptColumns } {
    const failures: (Failure | undefined)[] = []
    const receipts = emptyReceipts()
    this.#now = this.#clock.now()
    let write = 0
    let event = 0
    for (let index = 0; index < batch.tenants.length; index += 1) {
      const lastWrite = write + (batch.writeCounts[index] as number)
      let lastEvent = event
      for (let at = write; at < lastWrite; at += 1) lastEvent += batch.eventCounts[at] as number
      try {
        this.#one(batch, index, write, lastWrite, event, lastEvent, receipts)
        failures.push(undefined)
      } catch (error) {
        // Only a refusal by the rules is this append's own; anything else fails the transaction.
        if (!(error instanceof KeelsonError)) throw error
        failures.push(toFailure(error))
      }
      write = lastWrite
      event = lastEvent
    }
    return { failures, receipts }
  }

  #one(
    batch: AppendBatch,
    index: number,
    write: number,
    lastWrite: number,
    event: number,
    lastEvent: number,
    receipts: ReceiptColumns,
  ): void {
    const tenant = this.#heads.tenant(batch.tenants[index] as string)
    const key = batch.keys[index] as string | null
    if (this.#isRepeat(batch, tenant, key, event, lastEvent, receipts)) return
    // All conditions are checked before anything is written, so that a refusal needs no rollback.
    const streams: (StreamHead | undefined)[] = []
    for (let at = write; at < lastWrite; at += 1) {
      const name = batch.streams[at] as string
      const stream = this.#heads.findStream(tenant, name)
      checkExpectedVersion(name, batch.expected[at] as ExpectedVersion, stream?.version ?? 0)
      streams.push(stream)
    }
    if (key !== null) this.#addKey.run(tenant.id, key, this.head + 1, lastEvent - event)
    let from = event
    for (let at = write; at < lastWrite; at += 1) {
      const count = batch.eventCounts[at] as number
      if (count === 0) continue
      const stream = streams[at - write] ?? this.#heads.addStream(tenant, batch.streams[at] as string)
      for (let one = from; one < from + count; one += 1) this.#write(batch, one, tenant, stream, receipts)
      this.#heads.touch(tenant, stream)
      from += count
    }
  }

  #write(
    batch: AppendBatch,
    at: number,
    tenant: TenantHead,
    stream: StreamHead,
    receipts: ReceiptColumns,
  ): void {
    const position = this.head + 1
    const time = this.#timeFor(tenant)
    const id = batch.ids[at] as string
    const leaf = leafText({
      body: batch.commitments[at] as string,
      id,
      kind: 'event',
      n: tenant.size,
      prev: tenant.hash,
      t: this.#timeText,
    })
    const hash = leafHash(leaf)
    const version = stream.version + 1
    this.#addId.run(tenant.id, id, position)
    this.#addEvent.run(
      position,
      tenant.id,
      tenant.size,
      stream.id,
      version,
      this.#heads.type(batch.types[at] as string),
      batch.filled[at] as number,
      leaf,
      hash,
      batch.blinds.subarray(at * 32, at * 32 + 32),
      batch.bodies[at] as string,
    )
    receipts.positions.push(position)
    receipts.sequences.push(tenant.size)
    receipts.versions.push(version)
    receipts.times.push(time)
    receipts.hashes.push(hash)
    receipts.previous.push(tenant.hash)
    receipts.ids.push(null)
    receipts.streams.push(null)
    this.#position = position
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
    event: number,
    lastEvent: number,
    receipts: ReceiptColumns,
  ): boolean {
    const stored: StoredRow[] = []
    const known =
      key === null
        ? undefined
        : (this.#findKey.get(tenant.id, key) as { first_position: number; event_count: number } | undefined)
    if (known) {
      for (let at = 0; at < known.event_count; at += 1) stored.push(this.#stored(known.first_position + at))
      const isSame =
        stored.length === lastEvent - event &&
        stored.every((row, at) => isSameContent(row, this.#sent(batch, event + at)))
      if (!isSame)
        throw new KeelsonError(
          'idempotency_key_conflict',
          `The idempotency key "${key}" was used with other content`,
        )
    } else {
      for (let at = event; at < lastEvent; at += 1) {
        const row = this.#findId.get(tenant.id, batch.ids[at] as string) as { position: number } | undefined
        if (!row) continue
        const event = this.#stored(row.position)
        if (!isSameContent(event, this.#sent(batch, at)))
          throw conflict(batch.ids[at] as string, 'is already stored with other content')
        stored.push(event)
      }
      if (stored.length === 0) return false
      if (stored.length < lastEvent - event)
        throw conflict(
          batch.ids[event] as string,
          'is appended with others of which only some are already stored',
        )
    }
    for (const row of stored) pushStored(row, receipts)
    return true
  }

  #stored(position: number): StoredRow {
    return this.#readStored.get(position) as unknown as StoredRow
  }

  #sent(batch: AppendBatch, at: number): { body: string; filled: number } {
    return { body: batch.bodies[at] as string, filled: batch.filled[at] as number }
  }
}

function pushStored(row: StoredRow, receipts: ReceiptColumns): void {
  const tail = leafTail.exec(row.leaf)
  receipts.positions.push(row.position)
  receipts.sequences.push(row.sequence)
  receipts.versions.push(row.version)
  receipts.times.push(Date.parse(tail?.[2] ?? ''))
  receipts.hashes.push(row.leaf_hash)
  receipts.previous.push(tail?.[1] ?? '')
  receipts.ids.push(row.id)
  receipts.streams.push(row.stream)
}

function conflict(eventId: string, what: string): KeelsonError {
  return new KeelsonError('event_id_conflict', `The event ${eventId} ${what}`, { eventId })
}
