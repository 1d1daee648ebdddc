import type { Clock } from '../../../core/index.ts'
import { systemClock } from '../../../core/index.ts'
import type { EventStore } from '../../port.ts'
import type { ReadOptions, RecordedEvent } from '../../types.ts'
import { extendStore } from '../extend-store.ts'
import { firstVisible } from './first-visible.ts'
import { getStreamMetadata } from './stream-metadata.ts'

/**
 * The same store, whose `readStream` leaves out what the stream's metadata hides: events before `truncateBefore`, beyond
 * the newest `maxCount`, older than `maxAge`. Versions stay as they are. What is hidden is still read by position, and
 * by `removed: 'include'`, until `scavenge` has removed it.
 */
export function openWithMetadata(store: EventStore, clock: Clock = systemClock): EventStore {
  return extendStore(store, {
    readStream: (tenantId, stream, options) => readVisible(store, tenantId, stream, clock, options),
  })
}

async function* readVisible(
  store: EventStore,
  tenantId: string,
  stream: string,
  clock: Clock,
  options: ReadOptions = {},
): AsyncGenerator<RecordedEvent> {
  const { metadata } =
    options.removed === 'include' ? { metadata: {} } : await getStreamMetadata(store, tenantId, stream)
  const first = await firstVisible(store, tenantId, stream, metadata, clock.now())
  if (first <= 1 || options.direction === 'backwards') {
    for await (const event of store.readStream(tenantId, stream, options)) {
      if (event.version < first) return
      yield event
    }
    return
  }
  const { version } = (await store.stream(tenantId, stream)) ?? { version: 0 }
  // Where all is hidden there is nothing to read on from, but a cursor is still checked.
  const after = Math.max(options.after ?? 0, Math.min(first - 1, version))
  yield* store.readStream(tenantId, stream, { ...options, after })
}
