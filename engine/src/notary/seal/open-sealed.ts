import { rememberPatterns } from '../../proof/index.ts'
import type { EventStore, RecordedEvent } from '../../store/index.ts'
import { extendStore } from '../../store/index.ts'
import type { KeyRing } from '../keys/index.ts'
import { hidePersonal } from './hide-personal.ts'
import { isSealed, openEvents } from './open-event.ts'
import { Turns } from './turns.ts'

/** Events that are opened together. */
const batchSize = 100

/**
 * The same store with the keys of its subjects: what is appended has its personal fields sealed, what is read has them
 * opened. Reads of the store below give the fields as digests. A field whose key was destroyed stays a digest here too.
 *
 * Appends and reads throw `key_ring_…` where keys are needed and cannot be had: nothing is written that nobody could read.
 */
export function openSealed(store: EventStore, ring: KeyRing): EventStore {
  const turns = new Turns()
  const parts = { store, ring, patternsOf: rememberPatterns() }
  return extendStore(store, {
    append: async (tenantId, writes, options) => {
      const hidden = await turns.take([tenantId], hidePersonal(tenantId, writes, parts))
      return store.append(tenantId, hidden, options)
    },
    async commit(unit) {
      if (!unit.appends?.length) return store.commit(unit)
      const hiding = Promise.all(
        unit.appends.map(async append => ({
          ...append,
          writes: await hidePersonal(append.tenantId, append.writes, parts),
        })),
      )
      const tenantIds = [...new Set(unit.appends.map(({ tenantId }) => tenantId))]
      const appends = await turns.take(tenantIds, hiding)
      return store.commit({ ...unit, appends })
    },
    readStream: (...given) => openEach(store.readStream(...given), ring),
    readAll: (...given) => openEach(store.readAll(...given), ring),
    tail: (...given) => openPages(store.tail(...given), ring),
    async readEvent(tenantId, eventId) {
      const event = await store.readEvent(tenantId, eventId)
      return event && (await openEvents([event], ring))[0]
    },
    readPositions: async (tenantId, positions) =>
      openEvents(await store.readPositions(tenantId, positions), ring),
    reveal: async events => openEvents(await store.reveal(events), ring),
    async deleteTenant(tenantId, options) {
      const deleted = await store.deleteTenant(tenantId, options)
      ring.forget(tenantId)
      return deleted
    },
  })
}

/** One by one while nothing is sealed; else a batch ahead, so that keys are fetched together. */
async function* openEach(events: AsyncIterable<RecordedEvent>, ring: KeyRing): AsyncGenerator<RecordedEvent> {
  let batch: RecordedEvent[] = []
  for await (const event of events) {
    if (batch.length === 0 && !isSealed(event)) {
      yield event
      continue
    }
    batch.push(event)
    if (batch.length < batchSize) continue
    yield* await openEvents(batch, ring)
    batch = []
  }
  yield* await openEvents(batch, ring)
}

async function* openPages(
  pages: AsyncIterable<readonly RecordedEvent[]>,
  ring: KeyRing,
): AsyncGenerator<readonly RecordedEvent[]> {
  for await (const page of pages) yield await openEvents(page, ring)
}
