import { toAuditView } from '@keelson/contexts/audit'
import type { CatalogEntry, RecordedEvent } from 'keelson'
import type { DefinitionItem, EventItem } from './types.ts'

export type View = 'full' | 'summary'

/** The API's form of a stored event; the summary view leaves the payload out. */
export function toEventItem(event: RecordedEvent, view: View = 'full'): EventItem {
  const { payload, ...envelope } = event.envelope
  return {
    ...envelope,
    ...(view === 'full' ? { payload } : {}),
    recordedAt: event.recordedAt,
    position: event.position,
    sequence: event.sequence,
    stream: event.stream,
    version: event.version,
    leafHash: event.leafHash,
    previousHash: event.previousHash,
    audit: toAuditView(event),
  }
}

export function toDefinitionItem({ definition }: CatalogEntry): DefinitionItem {
  const { type, version, kind, topic, producer, consumers, summary } = definition
  return { type, version, kind, topic, producer, consumers, summary }
}
