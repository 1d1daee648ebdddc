import { canonicalJson, KeelsonError } from '../../core/index.ts'
import type { LeafKind } from '../../proof/index.ts'
import { commitBody } from '../../proof/index.ts'
import { checkTenant, checkWrittenStream } from '../names.ts'
import { mayHide } from '../read/count-hidden.ts'
import type { AppendOptions, EventQuery, LogEvent, Secret, StreamWrite } from '../types.ts'
import { link, linksOf } from './links.ts'
import { checkSecrets } from './prepare-secrets.ts'

/** A condition on what is in the log, see `AppendOptions.unless`. */
export interface AppendCondition {
  readonly query: EventQuery
  readonly after: number
}

/** An event that is ready to be written: its body in canonical form. */
export interface PreparedEvent {
  readonly id: string
  readonly type: string
  /** Empty for a type without one. */
  readonly topic: string
  readonly links: string[]
  readonly body: string
  readonly filled: number
  readonly kind: LeafKind
  readonly secrets: readonly Secret[]
  /** Of the body and what is sealed beside it; an estimate for the queue. */
  readonly bytes: number
}

export interface PreparedWrite {
  readonly stream: string
  readonly expected: StreamWrite['expected']
  readonly closes: StreamWrite['closes']
  readonly events: readonly PreparedEvent[]
}

export interface PreparedAppend {
  readonly tenantId: string
  readonly writes: readonly PreparedWrite[]
  readonly idempotencyKey: string | undefined
  readonly unless: AppendCondition | undefined
  readonly eventCount: number
  readonly bytes: number
}

export const defaultMaxEventBytes = 256 * 1024
const maxEventsPerAppend = 10_000
const maxWritesPerAppend = 1_000
const maxQueryItems = 32
const maxKeyLength = 255
const noSecrets: readonly Secret[] = []

const leafKinds: Readonly<Record<LeafKind, true>> = {
  event: true,
  erasure: true,
  retention: true,
  redaction: true,
  'hold.set': true,
  'hold.release': true,
  policy: true,
  key: true,
  seal: true,
}

/**
 * Checks an append's form and brings its events into canonical form, outside of any transaction.
 *
 * @throws KeelsonError `append_invalid`, `event_too_large`, `sealed_member_reserved`, `tenant_mismatch`.
 */
export function prepareAppend(
  tenantId: string,
  writes: readonly StreamWrite[],
  options: AppendOptions = {},
  maxEventBytes: number = defaultMaxEventBytes,
): PreparedAppend {
  checkTenant(tenantId)
  if (writes.length > maxWritesPerAppend) invalid(`writes more than ${maxWritesPerAppend} streams`)
  let eventCount = 0
  let bytes = 0
  const streams = new Set<string>()
  const ids = new Set<string>()
  const prepared = writes.map(write => {
    checkWrite(write, streams)
    eventCount += write.events.length
    if (eventCount > maxEventsPerAppend) invalid(`has more than ${maxEventsPerAppend} events`)
    const events = write.events.map(event => {
      const one = prepareEvent(tenantId, event, maxEventBytes)
      if (ids.has(one.id)) invalid(`has the event ${one.id} twice`)
      ids.add(one.id)
      bytes += one.bytes
      return one
    })
    return { stream: write.stream, expected: write.expected, closes: write.closes, events }
  })
  // To close a stream is something to write; a key without events could give no receipts to a repeat.
  const isClosing = options.idempotencyKey === undefined && writes.some(({ closes }) => closes !== undefined)
  if (eventCount === 0 && !isClosing) invalid('has no events')
  if (options.unless !== undefined) checkCondition(options.unless)
  const key = options.idempotencyKey
  if (key !== undefined) checkKey(key)
  return { tenantId, writes: prepared, idempotencyKey: key, unless: options.unless, eventCount, bytes }
}

function checkWrite(write: StreamWrite, streams: Set<string>): void {
  const { stream, expected, closes } = write
  if (!Array.isArray(write.events)) invalid(`writes the stream "${stream}" without a list of events`)
  checkWrittenStream(stream)
  if (closes !== undefined && closes !== 'sealed' && closes !== 'tombstoned')
    invalid(`closes the stream "${stream}" as "${String(closes)}", which is not sealed or tombstoned`)
  if (streams.has(stream)) invalid(`writes the stream "${stream}" twice`)
  streams.add(stream)
  if (
    typeof expected === 'number'
      ? !Number.isSafeInteger(expected) || expected < 0
      : !['any', 'none', 'exists'].includes(expected)
  ) {
    invalid(
      `expects the version ${String(expected)}, which is not any, none, exists or a whole number from 0`,
    )
  }
}

function checkKey(key: string): void {
  const isKey = typeof key === 'string' && key.length > 0 && key.length <= maxKeyLength
  if (!isKey || !key.isWellFormed() || key.includes('\0'))
    invalid(`has an idempotency key that is not 1 to ${maxKeyLength} characters of well-formed text`)
}

function checkCondition({ query, after }: AppendCondition): void {
  if (!Number.isSafeInteger(after) || after < 0)
    invalid(`is conditional on what comes after "${String(after)}", which is no position`)
  checkQuery(query, invalid)
}

/** Refuses an event query that is empty or beyond the bounds, by calling `refuse`. */
export function checkQuery(query: EventQuery, refuse: (what: string) => never): void {
  if (!Array.isArray(query) || query.length === 0 || query.length > maxQueryItems)
    refuse(`has a query that is not 1 to ${maxQueryItems} items long`)
  for (const item of query) {
    const { types = [], tags = [] } = item ?? {}
    if (!Array.isArray(types) || !Array.isArray(tags))
      refuse('has a query item whose types or tags are no lists')
    if (types.length === 0 && tags.length === 0) refuse('has a query item without types and tags')
    if (types.length > 100 || tags.length > maxQueryItems)
      refuse('has a query item with too many types or tags')
    for (const text of [...types, ...tags])
      if (typeof text !== 'string' || text.length === 0 || text.length > 1024)
        refuse('has a query item with a type or tag that is not a text of 1 to 1024 characters')
  }
}

function prepareEvent(tenantId: string, event: LogEvent, maxEventBytes: number): PreparedEvent {
  checkComplete(event)
  const { envelope, filled, kind = 'event', secrets = noSecrets } = event
  if (!Object.hasOwn(leafKinds, kind)) invalid(`has an event of the kind "${String(kind)}"`)
  if (envelope.tenantId !== tenantId) {
    throw new KeelsonError(
      'tenant_mismatch',
      `The event ${envelope.eventId} belongs to tenant "${envelope.tenantId}", not "${tenantId}"`,
    )
  }
  const body = canonicalJson(envelope)
  const sealedBytes = secrets.length > 0 || mayHide(body) ? checkSecrets(envelope, secrets) : 0
  // UTF-8 takes at most three bytes for a UTF-16 unit, so most bodies need no count.
  if (
    body.length * 3 + sealedBytes > maxEventBytes &&
    Buffer.byteLength(body) + sealedBytes > maxEventBytes
  ) {
    const bytes = Buffer.byteLength(body) + sealedBytes
    throw new KeelsonError(
      'event_too_large',
      `The event ${envelope.eventId} has ${bytes} bytes; at most ${maxEventBytes} are taken`,
    )
  }
  const links = linksOf(envelope)
  for (const { kid } of secrets) links.push(link.subjectKey(kid))
  return {
    id: envelope.eventId,
    type: envelope.eventType,
    topic: event.topic ?? '',
    links,
    body,
    filled,
    kind,
    // The caller's keys may be wiped while this waits.
    secrets: secrets.length === 0 ? secrets : secrets.map(one => ({ ...one, key: Uint8Array.from(one.key) })),
    bytes: body.length + sealedBytes,
  }
}

/** An envelope alone, or what a caller without types made by hand. */
function checkComplete(event: Partial<LogEvent> | undefined): void {
  const { envelope, filled } = event ?? {}
  if (typeof envelope?.eventId !== 'string' || typeof envelope.eventType !== 'string' || filled === undefined)
    invalid('has an event that is not complete: make it with completeEvent')
}

/** Commits to bodies with fresh blinds; `blinds` holds 32 random bytes for each. */
export function commitBodies(bodies: readonly string[], blinds: Uint8Array): string[] {
  return bodies.map((body, index) => commitBody(body, blinds.subarray(index * 32, index * 32 + 32)))
}

function invalid(what: string): never {
  throw new KeelsonError('append_invalid', `The append ${what}`)
}
