import type { RecordedEvent } from '../../../store/index.ts'
import type { CopyRequest } from '../port.ts'

/** A page of events of which nothing is to stay in copies. */
export function retentionCopies(tenantId: string, events: readonly RecordedEvent[]): CopyRequest {
  const ids = new Set(events.map(({ eventId }) => eventId))
  const streams = new Set(events.map(({ stream }) => stream))
  return {
    tenantId,
    reason: 'retention',
    subject: undefined,
    kids: [],
    async *events() {
      yield events
    },
    async *positions() {
      yield events.map(({ position }) => position)
    },
    concernsStream: async stream => streams.has(stream),
    contentOf: async eventId => (ids.has(eventId) ? {} : undefined),
  }
}
