import type { DeliveryRoute } from '../../bus/index.ts'
import { collectUnit, decideOutcome } from '../../bus/index.ts'
import type { DocumentChange, EventStore, RecordedEvent } from '../../store/index.ts'
import { shardOf } from '../../store/index.ts'
import type { Alarm, Attempt, DeadLetterReason, Delivery } from '../../transport/index.ts'
import type { Pace } from '../run/pace.ts'
import type { RunSeat } from '../run/run-driver.ts'

/** What a replay calls a handler with, and what it heeds. */
export interface ReplayTools {
  readonly id: string
  readonly store: EventStore
  readonly route: DeliveryRoute
  readonly sideEffects: boolean
  readonly pace: Pace
  readonly alarm: Alarm
  readonly random: () => number
}

/** How a run keeps what its crash must not make happen again; a run that is not kept has none. */
export interface ReplayMarks {
  /** The change that says that the event took effect; asked for where it is about to be stored. */
  mark(event: RecordedEvent): DocumentChange
  /** Ids, as `troubleId` makes them, of what took effect after the run was kept last. */
  readonly done: ReadonlySet<string>
  /** The page is kept: its marks are not needed any more. */
  clear(): Promise<void>
}

export interface ReplayFailure {
  readonly event: RecordedEvent
  readonly orderingKey: string | undefined
  readonly attempts: readonly Attempt[]
  readonly reason: DeadLetterReason
}

/** An event with the key by which its subscription keeps order. */
export interface KeyedEvent {
  readonly event: RecordedEvent
  readonly orderingKey: string | undefined
}

/**
 * Gives one event to the handler, again and again as the subscription's retries say; undefined where it is done. What
 * it writes to its unit is stored together with the event's mark.
 *
 * @throws what the seat's signal was aborted with.
 */
export async function replayEvent(
  { event, orderingKey }: KeyedEvent,
  marks: ReplayMarks | undefined,
  tools: ReplayTools,
  seat: RunSeat,
): Promise<ReplayFailure | undefined> {
  const { settings } = tools.route
  const attempts: Attempt[] = []
  for (;;) {
    await seat.turn()
    await tools.pace.turn(seat.signal)
    await seat.turn()
    try {
      await handleOnce(event, orderingKey, attempts, marks, tools, seat)
      return undefined
    } catch (error) {
      seat.signal.throwIfAborted()
      const { retry, failures } = settings
      const now = tools.alarm.now()
      const setting = { retry, failures, now, random: tools.random }
      const { attempt, delay, reason } = decideOutcome(error, attempts.length, setting)
      attempts.push(attempt)
      settings.onError(error)
      if (delay === undefined) return { event, orderingKey, attempts, reason: reason ?? 'exhausted' }
      await tools.alarm.wait(delay, seat.signal)
    }
  }
}

async function handleOnce(
  event: RecordedEvent,
  orderingKey: string | undefined,
  attempts: readonly Attempt[],
  marks: ReplayMarks | undefined,
  { id, store, route, sideEffects }: ReplayTools,
  { signal }: RunSeat,
): Promise<void> {
  const { unit, parts } = collectUnit(store.capabilities.sql)
  const { envelope, eventId, tenantId, eventType, position } = event
  const delivery: Delivery = {
    eventId,
    tenantId,
    eventType,
    position,
    orderingKey,
    recordedAt: Date.parse(event.recordedAt),
    attempts: [...attempts],
    dueAt: undefined,
    event: envelope,
  }
  await route.handle(envelope, {
    subscription: route.settings.name,
    delivery,
    attempt: attempts.length + 1,
    latest: async () => (await store.reveal([event]))[0]?.envelope ?? envelope,
    signal,
    unit,
    replay: { id, sideEffects },
  })
  signal.throwIfAborted()
  const written = partsOf(parts(), sideEffects)
  if (Object.values(written).every(part => part.length === 0)) return
  const documents = [...(written.documents ?? []), ...(marks === undefined ? [] : [marks.mark(event)])]
  await store.commit({ scope: { tenantId }, ...written, documents })
}

type Written = ReturnType<ReturnType<typeof collectUnit>['parts']>

/** New events are side effects, for others act on them; rows and documents are the handler's own state. */
const partsOf = (written: Written, sideEffects: boolean): Written =>
  sideEffects ? written : { ...written, appends: [] }

/** The key of an event's order; default the stream. One that the function does not tell is bound to no order. */
export function keyed(event: RecordedEvent, { settings }: DeliveryRoute): KeyedEvent {
  const { orderingKey } = settings.options
  if (orderingKey === undefined) return { event, orderingKey: event.stream }
  try {
    return { event, orderingKey: orderingKey(event.envelope) }
  } catch {
    return { event, orderingKey: event.stream }
  }
}

/** The place of the event among those of its run that are done. */
export const partitionOf = (event: RecordedEvent, store: EventStore): number =>
  shardOf(event.tenantId, store.capabilities.shards)
