import type { RecordedEvent } from 'keelson'
import { toAuditView } from './audit-view.ts'
import type { AuditFilter } from './search.ts'
import { searchText } from './search-text.ts'

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
    (filter.text === undefined || hasWords(searchText(view, event.eventType, envelope.payload), filter.text))
  )
}

/** The same words, phrases, beginnings and exclusions as `toTextQuery`, over one text. */
function hasWords(text: string, query: string): boolean {
  const padded = ` ${tokens(text).join(' ')} `
  const terms = query.match(/-?"[^"]*"|\S+/g) ?? []
  return terms.every(term => {
    const isUnwanted = term.startsWith('-') && term.length > 1
    const bare = isUnwanted ? term.slice(1) : term
    const isPrefix = bare.endsWith('*')
    const words = tokens(bare)
    if (words.length === 0) return true
    return padded.includes(` ${words.join(' ')}${isPrefix ? '' : ' '}`) !== isUnwanted
  })
}

/** As the text index cuts words: lower case, without accents, letters and digits only. */
function tokens(text: string): string[] {
  return (
    text
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  )
}
