import { setImmediate } from 'node:timers/promises'
import type { CompleteEvent, JsonObject } from '../core/index.ts'
import type { EventStore, ExpectedVersion, Receipt, RecordedEvent, TailOptions } from '../store/index.ts'
import { sampleEvent } from './sample-event.ts'

export const everyTenant = { tenantId: 'every tenant', shard: 0 } as const

/** For cases that compare positions of several tenants. */
export const oneShard = {
  reason: 'the tenants may stand on shards with positions of their own',
  isMet: ({ shards }: { readonly shards: number }) => shards === 1,
}

/** Events that are told apart by `payload.index`. */
export function samples(tenantId: string, count: number, overrides: JsonObject = {}): CompleteEvent[] {
  return Array.from({ length: count }, (_, index) =>
    sampleEvent(tenantId, { payload: { index }, ...overrides }),
  )
}

/** Appends sample events to one stream. */
export async function append(
  store: EventStore,
  tenantId: string,
  stream: string,
  count = 1,
  expected: ExpectedVersion = 'any',
): Promise<readonly Receipt[]> {
  return store.append(tenantId, [{ stream, expected, events: samples(tenantId, count) }])
}

/** Appends one event, made with these members, and gives its receipt. */
export async function appendOne(
  store: EventStore,
  tenantId: string,
  stream: string,
  overrides: JsonObject = {},
  topic?: string,
): Promise<Receipt> {
  const event = { ...sampleEvent(tenantId, overrides), ...(topic !== undefined && { topic }) }
  const [receipt] = await store.append(tenantId, [{ stream, expected: 'any', events: [event] }])
  return receipt as Receipt
}

/** Reads to the end; what is wrong with the call is thrown by the promise too. */
export async function all(read: () => AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> {
  return Array.fromAsync(read())
}

export const positionsOf = (events: readonly { readonly position: number }[]): number[] =>
  events.map(({ position }) => position)

/** Takes this many events from a tail, then ends it. */
export async function takeFromTail(
  store: EventStore,
  tenantId: string,
  count: number,
  options: TailOptions = {},
): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = []
  for await (const page of store.tail({ tenantId }, options)) {
    found.push(...page)
    if (found.length >= count) break
  }
  return found
}

/** Resolves when the clock is past this time, so that what is appended next has a later one. */
export async function clockPast(recordedAt: string): Promise<void> {
  while (Date.now() <= Date.parse(recordedAt)) await setImmediate()
}
