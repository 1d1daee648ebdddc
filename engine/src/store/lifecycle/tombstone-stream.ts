import { KeelsonError } from '../../core/index.ts'
import type { EventStore } from '../port.ts'
import type { RecordedEvent, StreamInfo } from '../types.ts'
import { EventStreamTombstoned } from './stream-events.ts'
import {
  existingStream,
  lifecycleChange,
  loadLifecycle,
  stopWriters,
  untilWon,
  wins,
} from './stream-lifecycle.ts'
import type { LifecycleOptions, StreamRecord } from './stream-record.ts'
import { checkSubject, earlierRecord, recordOf, streamAbout, timeOf } from './stream-record.ts'
import { createPositionLists } from './tombstoned-events.ts'

export interface TombstoneOptions extends LifecycleOptions {
  /** Why the stream is deleted, 1 to 1,024 characters. */
  readonly reason: string
}

export type StreamTombstone = StreamRecord<typeof EventStreamTombstoned>

/**
 * Deletes a stream: reads of it are refused from now on, and `scavenge` removes the content of its events. Its name
 * is not used again, its leaves stay, and `EventStreamTombstoned` says why. A repeat gives the first record.
 *
 * @throws KeelsonError `stream_not_found`, `append_invalid` without a reason.
 */
export async function tombstoneStream(
  store: EventStore,
  tenantId: string,
  stream: string,
  options: TombstoneOptions,
): Promise<StreamTombstone> {
  checkSubject(stream)
  checkReason(options.reason)
  // What scavenging will remove must be listed before: nobody can read the stream afterwards.
  const lists = createPositionLists(store, tenantId, stream)
  const attempt = async (): Promise<StreamTombstone | undefined> => {
    const lifecycle = await loadLifecycle(store, tenantId, stream)
    const { value } = lifecycle
    if (value.tombstonedBy !== undefined)
      return earlierRecord(store, tenantId, value.tombstonedBy, EventStreamTombstoned)
    const info = await existingStream(store, tenantId, stream)
    for await (const event of eventsOf(store, tenantId, info, lists.version, options.signal))
      await lists.add(event)
    const now = timeOf(options)
    const payload = {
      streamId: stream,
      finalEventCount: info.version,
      reason: options.reason,
      tombstonedAt: new Date(now).toISOString(),
    }
    const event = recordOf(EventStreamTombstoned, payload, { tenantId, stream, now }, options)
    const { eventId } = event.envelope
    const isOpen = info.state !== 'tombstoned'
    const closing = {
      stream,
      expected: info.version,
      events: [],
      ...(isOpen && { closes: 'tombstoned' as const }),
    }
    const telling = { stream: streamAbout(stream), expected: 'any' as const, events: [event] }
    const isDone = await wins(store, {
      scope: { tenantId },
      appends: [{ tenantId, writes: [closing, telling] }],
      documents: [lifecycleChange(lifecycle, { ...value, tombstonedBy: eventId }), ...lists.last()],
    })
    return isDone ? { eventId, payload, duplicate: false } : undefined
  }
  return untilWon(stream, attempt, () => stopWriters(store, tenantId, stream))
}

/** Events of the stream after a version, whose bodies are not removed yet. */
async function* eventsOf(
  store: EventStore,
  tenantId: string,
  { stream, version, state }: StreamInfo,
  after: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<RecordedEvent> {
  const options = { removed: 'include', ...(signal && { signal }) } as const
  // A stream that was closed by a bare append is refused by its name: the tenant's log is read through for it.
  const events =
    state === 'tombstoned'
      ? store.readAll({ tenantId }, options)
      : store.readStream(tenantId, stream, { ...options, after, limit: version - after })
  for await (const event of events)
    if (event.stream === stream && event.bodyState !== 'removed' && event.version > after) yield event
}

function checkReason(reason: string): void {
  if (typeof reason === 'string' && reason.trim() !== '' && reason.length <= 1024) return
  throw new KeelsonError('append_invalid', 'A stream is tombstoned for a reason, of 1 to 1024 characters')
}
