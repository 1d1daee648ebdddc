import type { DocumentChange, EventStore, RecordedEvent, Scope } from '../../store/index.ts'
import type { Alarm } from '../../transport/index.ts'
import { deadLetterChange, troubleId } from '../../transport/index.ts'
import type { RunRecord } from '../run/run-record.ts'
import type { ReplayFailure, ReplayMarks } from './replay-event.ts'
import { partitionOf } from './replay-event.ts'
import type { ReplayQuery } from './replay-query.ts'
import { everyTenant } from './replay-query.ts'

/** The name under which the failures of a run are listed and grouped as dead letters. */
export const failuresOf = ({ id }: Pick<RunRecord, 'id'>): string => `replay:${id}`

/** Keeps what the handler could not do as a dead letter of the run; the subscription's own are not touched. */
export const keepFailure =
  (store: EventStore, run: RunRecord, alarm: Alarm) =>
  async ({ event, orderingKey, attempts, reason }: ReplayFailure): Promise<void> => {
    const { tenantId, eventId, eventType, position } = event
    const trouble = {
      tenantId,
      eventId,
      eventType,
      position,
      partition: partitionOf(event, store),
      orderingKey,
      recordedAt: Date.parse(event.recordedAt),
      attempts,
      edits: [],
    }
    const change = deadLetterChange(failuresOf(run), trouble, { reason, setAsideAt: alarm.now() })
    await store.commit({ scope: { tenantId }, documents: [change] })
  }

const markCollection = ({ id }: RunRecord): string => `replay-done/${id}`

/** The marks of a run, with those that it had left when its process ended. */
export async function loadMarks(
  store: EventStore,
  run: RunRecord,
  { tenantId }: ReplayQuery,
): Promise<ReplayMarks> {
  const collection = markCollection(run)
  const done = new Set<string>()
  for (const scope of scopesOf(store, tenantId)) {
    const left = await store.documents(scope, collection, { limit: 1_000 })
    for (const { id } of left) done.add(id)
  }
  const place = (event: RecordedEvent): DocumentChange => ({
    tenantId: event.tenantId,
    collection,
    id: troubleId({ position: event.position, partition: partitionOf(event, store) }),
  })
  const stored = new Map<string, DocumentChange>()
  return {
    done,
    mark(event) {
      const own = place(event)
      stored.set(own.id, own)
      return { ...own, value: true, expected: 0 }
    },
    async clear() {
      const removals = [...stored.values()]
      stored.clear()
      for (const [own, documents] of Map.groupBy(removals, removal => removal.tenantId))
        await store.commit({ scope: { tenantId: own }, documents })
    },
  }
}

function scopesOf(store: EventStore, tenantId: string): readonly Scope[] {
  const { shards } = store.capabilities
  if (tenantId !== everyTenant || shards === 1) return [{ tenantId }]
  return Array.from({ length: shards }, (_, shard): Scope => ({ tenantId: everyTenant, shard }))
}
