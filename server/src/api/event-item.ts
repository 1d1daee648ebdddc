import { toAuditView } from '@keelson/contexts/audit'
import type { CatalogEntry, RecordedEvent } from 'keelson'
import type { DefinitionItem, EventItem } from './types.ts'

export type View = 'full' | 'summary'

/** A stored event in a list: where it has no content to be read, what its row says of it. */
export function toListItem(event: RecordedEvent, view: View): EventItem {
  return event.bodyState === 'present' ? toEventItem(event, view) : withoutContent(event, event.bodyState)
}

function withoutContent(event: RecordedEvent, content: 'archived' | 'removed'): EventItem {
  const { eventId, eventType, tenantId, recordedAt } = event
  return {
    eventId,
    eventType,
    schemaVersion: '',
    tenantId,
    source: '',
    occurredAt: recordedAt,
    correlationId: '',
    traceId: '',
    content,
    ...placeOf(event),
    audit: {
      actor: null,
      action: eventType,
      resource: null,
      outcome: 'unknown',
      address: null,
      summary:
        content === 'archived'
          ? 'When it occurred and what it says is in the archive, which the server was started without; the time is of its recording'
          : 'The content was removed',
    },
  }
}

/** The API's form of a stored event; the summary view leaves the payload out. */
export function toEventItem(event: RecordedEvent, view: View = 'full'): EventItem {
  const { payload, ...envelope } = event.envelope
  return {
    ...envelope,
    ...(view === 'full' ? { payload } : {}),
    ...placeOf(event),
    audit: toAuditView(event),
  }
}

function placeOf(event: RecordedEvent) {
  const { recordedAt, position, sequence, stream, version, leafHash, previousHash } = event
  return { recordedAt, position, sequence, stream, version, leafHash, previousHash }
}

export function toDefinitionItem({ definition }: CatalogEntry): DefinitionItem {
  const { type, version, kind, topic, producer, consumers, summary } = definition
  return { type, version, kind, topic, producer, consumers, summary }
}
