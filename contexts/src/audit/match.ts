import type { RecordedEvent } from 'keelson'
import { toAuditView } from './audit-view.ts'
import { sortableTime } from './projection.ts'
import type { AuditFilter } from './search.ts'
import { searchText } from './search-text.ts'
import type { TextTerm } from './text-query.ts'
import { parseTextQuery } from './text-query.ts'

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

/** Words as the tokenizer of the text index (`unicode61 remove_diacritics 2`) cuts and folds them. */
function tokens(text: string): string[] {
  const folded = text.replace(/[\u0300-\u0331]/g, '').replace(/[^\0-\x7F]/gu, fold)
  return folded.toLowerCase().match(/[\p{L}\p{N}\p{Co}]+/gu) ?? []
}

/** One letter without case, so that σ and ς are one; accents go from Latin letters only, й is a letter of its own. */
function fold(letter: string): string {
  const upper = letter.toUpperCase()
  const lower = (upper.length === letter.length && upper !== 'I' ? upper : letter).toLowerCase()
  return /^([a-z])\p{M}+$/u.exec(lower.normalize('NFD'))?.[1] ?? lower
}
