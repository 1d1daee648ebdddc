import type { BlobStore } from '../../blob/port.ts'
import type { EventStore } from '../../port.ts'
import type { RecordedEvent, TailOptions } from '../../types.ts'
import { extendStore } from '../extend-store.ts'
import { ArchiveReader } from './archive-reader.ts'
import type { Segment } from './segment.ts'
import { tenantArchive } from './segment.ts'

export interface ArchiveReadOptions {
  /** Bytes of unpacked segments that are kept for what is read next; default 16 MiB. */
  readonly cacheBytes?: number
}

/** Events that are restored together. */
const batchSize = 100

/**
 * The same store, in whose reads archived events come back whole, byte for byte and checked against their leaves. A
 * segment that is missing or damaged fails the read with `archive_damaged`. Deleting a tenant deletes its archive too.
 */
export function openWithArchive(
  store: EventStore,
  blobs: BlobStore,
  { cacheBytes = 16 * 1024 * 1024 }: ArchiveReadOptions = {},
): EventStore {
  const reader = new ArchiveReader(store, blobs, cacheBytes)
  return extendStore(store, {
    readStream: (tenantId, stream, options) =>
      restoreEach(reader, store.readStream(tenantId, stream, options), options),
    readAll: (scope, options) => restoreEach(reader, store.readAll(scope, options), options),
    tail: (scope, options) => restorePages(reader, store.tail(scope, options), options),
    async readEvent(tenantId, eventId) {
      const event = await store.readEvent(tenantId, eventId)
      return event && (await reader.restore([event]))[0]
    },
    async readPositions(tenantId, positions) {
      return reader.restore(await store.readPositions(tenantId, positions))
    },
    async deleteTenant(tenantId, options) {
      const deleted = await store.deleteTenant(tenantId, options)
      for await (const { name } of blobs.list(tenantArchive(tenantId), options))
        await blobs.delete(name, options)
      return deleted
    },
  })
}

async function* restoreEach(
  reader: ArchiveReader,
  events: AsyncIterable<RecordedEvent>,
  options: TailOptions = {},
): AsyncGenerator<RecordedEvent> {
  const known: Segment[] = []
  for await (const event of events) {
    if (event.bodyState !== 'archived') {
      yield event
      continue
    }
    options.signal?.throwIfAborted()
    yield* wanted(await reader.restore([event], known), options)
  }
}

async function* restorePages(
  reader: ArchiveReader,
  pages: AsyncIterable<readonly RecordedEvent[]>,
  options: TailOptions = {},
): AsyncGenerator<readonly RecordedEvent[]> {
  const known: Segment[] = []
  for await (const page of pages) {
    if (page.every(({ bodyState }) => bodyState !== 'archived')) {
      yield page
      continue
    }
    for (let from = 0; from < page.length; from += batchSize) {
      if (options.signal?.aborted) return
      const restored = wanted(await reader.restore(page.slice(from, from + batchSize), known), options)
      if (restored.length > 0) yield restored
    }
  }
}

/** Without those whose content was removed meanwhile, unless they are asked for. */
const wanted = (events: readonly RecordedEvent[], { removed }: TailOptions): readonly RecordedEvent[] =>
  removed === 'include' ? events : events.filter(({ bodyState }) => bodyState !== 'removed')
