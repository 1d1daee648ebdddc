import type { EventStore } from '../../store/index.ts'
import { LogDelivery } from './log-delivery.ts'

/** The delivery without what was erased since its event was read; undefined where nothing of the event is sealed. */
export function reopened(store: EventStore, delivery: LogDelivery): Promise<LogDelivery> | undefined {
  const { secrets, bodyState } = delivery.recorded
  return secrets === '' || bodyState !== 'present' ? undefined : reveal(store, delivery)
}

async function reveal(store: EventStore, delivery: LogDelivery): Promise<LogDelivery> {
  const { recorded, partition, orderingKey, trouble, dueAt, revision, isScheduled } = delivery
  const [now] = await store.reveal([recorded])
  if (now === undefined || now === recorded) return delivery
  if (trouble === undefined || dueAt === undefined) return new LogDelivery(now, partition, orderingKey)
  // What keeps it was masked too and comes by itself: of its edited payload nothing is known here any more.
  const { edited: _, ...masked } = trouble
  return new LogDelivery(now, partition, orderingKey, { trouble: masked, dueAt, revision, isScheduled })
}
