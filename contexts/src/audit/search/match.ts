import type { RecordedEvent } from 'keelson'
import { toAuditView } from '../audit-view.ts'
import { searchText } from '../words/search-text.ts'
import type { TextTerm } from '../words/text-query.ts'
import { parseTextQuery } from '../words/text-query.ts'
import { tokens } from '../words/tokens.ts'
import type { AuditFilter } from './filter.ts'
import { sortableTime } from './sortable-time.ts'

/** Whether an event passes a filter: what `searchEvents` finds in the tables, decided for one event as it comes. */
export function matchesFilter(event: RecordedEvent, filter: AuditFilter): boolean {
  const view = toAuditView(event)
  const { envelope } = event
  const isAnyOf = (wanted: readonly string[] | undefined, ...values: (string | null | undefined)[]) =>
    wanted === undefined ||
    wanted.length === 0 ||
    values.some(value => value != null && wanted.includes(value))
  return (
    isAnyOf(filter.type, event.eventType) &&
    isAnyOf(filter.actor, view.actor?.id, view.actor?.name) &&
    isAnyOf(filter.action, view.action) &&
    isAnyOf(filter.resource, view.resource?.id, view.resource?.name, view.resource?.type) &&
    isAnyOf(filter.outcome, view.outcome) &&
    isAnyOf(filter.source, envelope.source) &&
    isAnyOf(filter.stream, event.stream) &&
    isAnyOf(filter.correlationId, envelope.correlationId) &&
    isWithin(envelope.occurredAt, filter) &&
    (filter.text === undefined || hasWords(searchText(view, event.eventType, envelope.payload), filter.text))
  )
}

function isWithin(occurredAt: string, { from, to }: AuditFilter): boolean {
  const time = sortableTime(occurredAt)
  return (from === undefined || time >= sortableTime(from)) && (to === undefined || time < sortableTime(to))
}

/** The same words, phrases, beginnings and exclusions as `toTextQuery`, over one text. */
function hasWords(text: string, query: string): boolean {
  const padded = ` ${tokens(text).join(' ')} `
  const has = ({ text, isPrefix }: TextTerm) => {
    const words = tokens(text)
    return words.length > 0 && padded.includes(` ${words.join(' ')}${isPrefix ? '' : ' '}`)
  }
  const { wanted, unwanted } = parseTextQuery(query)
  return wanted.every(has) && !unwanted.some(has)
}
