import type { LeafKind } from '../../../proof/index.ts'
import type { AppendBatch, AppendOutcome, Failure, ReceiptColumns } from '../../append/batch.ts'
import { emptyReceipts } from '../../append/batch.ts'
import type { SecretColumns } from '../../append/seal-secrets.ts'
import { keyLength } from '../../append/seal-secrets.ts'

/** Where an append's writes and events stand in the batch's columns. */
interface Span {
  readonly firstWrite: number
  readonly lastWrite: number
  readonly firstEvent: number
  readonly lastEvent: number
}

function spansOf(batch: AppendBatch): Span[] {
  let write = 0
  let event = 0
  return batch.tenants.map((_, index) => {
    const span = { firstWrite: write, firstEvent: event }
    for (const last = write + (batch.writeCounts[index] as number); write < last; write += 1)
      event += batch.eventCounts[write] as number
    return { ...span, lastWrite: write, lastEvent: event }
  })
}

/** A batch of some of the batch's appends. */
export function pickAppends(batch: AppendBatch, indexes: readonly number[]): AppendBatch {
  const spans = spansOf(batch)
  const picked = placesOf(indexes, spans)
  const ofAppends = <T>(column: readonly T[]): T[] => indexes.map(index => column[index] as T)
  const ofWrites = <T>(column: readonly T[]): T[] =>
    indexes.flatMap(index => column.slice(spans[index]?.firstWrite, spans[index]?.lastWrite))
  const ofEvents = <T>(column: readonly T[]): T[] =>
    indexes.flatMap(index => column.slice(spans[index]?.firstEvent, spans[index]?.lastEvent))
  const blinds = indexes.map(index =>
    batch.blinds.subarray((spans[index]?.firstEvent ?? 0) * 32, (spans[index]?.lastEvent ?? 0) * 32),
  )
  return {
    tenants: ofAppends(batch.tenants),
    keys: ofAppends(batch.keys),
    conditions: ofAppends(batch.conditions),
    writeCounts: ofAppends(batch.writeCounts),
    streams: ofWrites(batch.streams),
    expected: ofWrites(batch.expected),
    closes: ofWrites(batch.closes),
    eventCounts: ofWrites(batch.eventCounts),
    ids: ofEvents(batch.ids),
    types: ofEvents(batch.types),
    topics: ofEvents(batch.topics),
    links: ofEvents(batch.links),
    bodies: ofEvents(batch.bodies),
    commitments: ofEvents(batch.commitments),
    filled: ofEvents(batch.filled),
    kinds: pickKinds(batch.kinds, picked),
    secrets: pickSecrets(batch.secrets, picked),
    blinds: Buffer.concat(blinds),
  }
}

/** Where each picked event stands among the picked ones, by its index in the whole batch. */
function placesOf(indexes: readonly number[], spans: readonly Span[]): ReadonlyMap<number, number> {
  const places = new Map<number, number>()
  for (const index of indexes) {
    const { firstEvent, lastEvent } = spans[index] as Span
    for (let event = firstEvent; event < lastEvent; event += 1) places.set(event, places.size)
  }
  return places
}

function pickKinds(kinds: AppendBatch['kinds'], picked: ReadonlyMap<number, number>): AppendBatch['kinds'] {
  const some = new Map<number, LeafKind>()
  for (const [event, kind] of kinds) {
    const place = picked.get(event)
    if (place !== undefined) some.set(place, kind)
  }
  return some
}

function pickSecrets(secrets: SecretColumns, picked: ReadonlyMap<number, number>): SecretColumns {
  if (secrets.events.length === 0) return secrets
  const some = secrets.events.flatMap((event, at) => {
    const place = picked.get(event)
    return place === undefined ? [] : [{ event: place, at }]
  })
  some.sort((a, b) => a.event - b.event || a.at - b.at)
  const keys = new Uint8Array(some.length * keyLength)
  for (const [index, { at }] of some.entries())
    keys.set(secrets.keys.subarray(at * keyLength, (at + 1) * keyLength), index * keyLength)
  return {
    events: some.map(({ event }) => event),
    kids: some.map(({ at }) => secrets.kids[at] as string),
    disclosures: some.map(({ at }) => secrets.disclosures[at] as readonly string[]),
    keys,
  }
}

/** The outcome with other answers for the appends at these indexes, which the other outcome is about. */
export function replaceAnswers(
  batch: AppendBatch,
  outcome: AppendOutcome,
  indexes: readonly number[],
  other: AppendOutcome,
): AppendOutcome {
  const spans = spansOf(batch)
  const failures: (Failure | undefined)[] = []
  const receipts = emptyReceipts()
  const from = { own: 0, other: 0 }
  for (const [index, { firstEvent, lastEvent }] of spans.entries()) {
    const at = indexes.indexOf(index)
    const source = at < 0 ? outcome : other
    const failure = source.failures[at < 0 ? index : at]
    failures.push(failure)
    if (failure) continue
    const which = at < 0 ? 'own' : 'other'
    const start = from[which]
    from[which] += lastEvent - firstEvent
    copyReceipts(source.receipts, receipts, start, from[which])
  }
  return { failures, receipts, head: Math.max(outcome.head, other.head) }
}

function copyReceipts(source: ReceiptColumns, target: ReceiptColumns, start: number, end: number): void {
  for (const name of Object.keys(target) as (keyof ReceiptColumns)[])
    (target[name] as unknown[]).push(...(source[name] as unknown[]).slice(start, end))
}
