import type { EventItem, Party } from '../api/types.ts'

/** What to call an actor or a resource: its name when it has one. */
export function partyName(party: Party | null): string {
  return party ? (party.name ?? party.id) : '—'
}

/** What happened, in one line; an event without a summary still says its type. */
export function eventTitle(event: EventItem): string {
  return event.audit.summary || event.audit.action || event.eventType
}
