import type { Catalog, OwnTypes } from '../catalog/index.ts'
import type { RecordedEvent } from '../store/index.ts'

/**
 * The event as a reader wants it who accepts these versions (see `Catalog.read`; `own` has the tenant's types): its envelope may be cast, while leaf,
 * hash and body stay those of what was stored. An event whose content is not there is given as it is.
 *
 * @throws KeelsonError `event_version_unreadable`, `event_cast_failed`.
 */
export function readAs(
  event: RecordedEvent,
  catalog: Catalog,
  accepts: readonly string[],
  own?: OwnTypes,
): RecordedEvent {
  if (accepts.length === 0 || event.bodyState !== 'present') return event
  const envelope = catalog.read(event.envelope, accepts, own)
  return envelope === event.envelope
    ? event
    : { ...event, hidden: event.hidden, eventType: envelope.eventType, envelope }
}
