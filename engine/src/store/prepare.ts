import type { CompleteEvent, JsonObject } from '../core/index.ts'
import { canonicalJson, fillableFields, KeelsonError } from '../core/index.ts'
import { commitBody } from '../proof/index.ts'
import type { AppendOptions, StreamWrite } from './types.ts'

/** An event that is ready to be written: its body in canonical form. */
export interface PreparedEvent {
  readonly id: string
  readonly type: string
  readonly body: string
  readonly filled: number
}

export interface PreparedWrite {
  readonly stream: string
  readonly expected: StreamWrite['expected']
  readonly events: readonly PreparedEvent[]
}

export interface PreparedAppend {
  readonly tenantId: string
  readonly writes: readonly PreparedWrite[]
  readonly idempotencyKey: string | undefined
  readonly eventCount: number
  readonly bytes: number
}

export const defaultMaxEventBytes = 256 * 1024
const maxEventsPerAppend = 10_000
const maxNameLength = 1024

/**
 * Checks an append's form and brings its events into canonical form, outside of any transaction.
 *
 * @throws KeelsonError `append_invalid`, `event_too_large`, `tenant_mismatch`.
 */
export function prepareAppend(
  tenantId: string,
  writes: readonly StreamWrite[],
  options: AppendOptions = {},
  maxEventBytes: number = defaultMaxEventBytes,
): PreparedAppend {
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
      bytes += one.body.length
      return one
    })
    return { stream: write.stream, expected: write.expected, events }
  })
  if (eventCount === 0) invalid('has no events')
  const key = options.idempotencyKey
  if (key !== undefined && (key.length === 0 || key.length > 255))
    invalid('has an idempotency key that is not 1 to 255 characters long')
  return { tenantId, writes: prepared, idempotencyKey: key, eventCount, bytes }
}

function checkWrite(write: StreamWrite, streams: Set<string>): void {
  const { stream, expected } = write
  if (stream.length === 0 || stream.length > maxNameLength || !stream.isWellFormed()) {
    invalid(`names a stream that is not 1 to ${maxNameLength} characters long`)
  }
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

function prepareEvent(tenantId: string, event: CompleteEvent, maxEventBytes: number): PreparedEvent {
  const { envelope, filled } = event
  if (envelope.tenantId !== tenantId) {
    throw new KeelsonError(
      'tenant_mismatch',
      `The event ${envelope.eventId} belongs to tenant "${envelope.tenantId}", not "${tenantId}"`,
    )
  }
  const body = canonicalJson(envelope)
  // UTF-8 takes at most three bytes for a UTF-16 unit, so most bodies need no count.
  if (body.length * 3 > maxEventBytes && Buffer.byteLength(body) > maxEventBytes) {
    throw new KeelsonError(
      'event_too_large',
      `The event ${envelope.eventId} has ${Buffer.byteLength(body)} bytes; at most ${maxEventBytes} are taken`,
    )
  }
  return { id: envelope.eventId, type: envelope.eventType, body, filled }
}

/** Commits to bodies with fresh blinds; `blinds` holds 32 random bytes for each. */
export function commitBodies(bodies: readonly string[], blinds: Uint8Array): string[] {
  return bodies.map((body, index) => commitBody(body, blinds.subarray(index * 32, index * 32 + 32)))
}

/**
 * Whether an event that is sent again has the content that was stored. What Keelson filled in is left out on each
 * side: a repeat gets another trace id, or comes without the context that the first one had, but is the same event.
 */
export function isSameContent(
  a: { body: string; filled: number },
  b: { body: string; filled: number },
): boolean {
  return a.body === b.body || givenContent(a.body, a.filled) === givenContent(b.body, b.filled)
}

function givenContent(body: string, filled: number): string {
  const envelope = JSON.parse(body) as JsonObject
  fillableFields.forEach((field, bit) => {
    if (filled & (1 << bit)) delete envelope[field]
  })
  return canonicalJson(envelope)
}

function invalid(what: string): never {
  throw new KeelsonError('append_invalid', `The append ${what}`)
}
