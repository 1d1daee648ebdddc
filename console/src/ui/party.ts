import type { EventItem, Party } from '../api/types.ts'
import { hiddenValue, hiddenWords } from './hidden-value.ts'

/** What to call an actor or a resource: its name when it has one; to who looks, of one that is hidden, why. */
export function partyName(party: Party | null, viewer?: { readonly seesPersonal: boolean }): string {
  if (viewer && party?.name === undefined && party?.id === hiddenValue) return hiddenWords(viewer).text
  return party ? (party.name ?? party.id) : '—'
}

/** What happened, in one line; an event without a summary still says its type. */
export function eventTitle(event: EventItem): string {
  return event.audit.summary || event.audit.action || event.eventType
}
