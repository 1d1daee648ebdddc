import type { LetterFilter } from '../../api/delivery-query.ts'
import type { DeadLetterGroupPage } from '../../api/delivery-types.ts'
import { countText, numberText } from '../../delivery/words.ts'

/** How many fit a filter, as far as the groups say so: those of all errors that fit the rest of it. */
export function countOf(
  { fingerprint }: LetterFilter,
  groups: DeadLetterGroupPage | undefined,
): number | undefined {
  if (!groups?.isComplete) return undefined
  const fitting = groups.data.filter(group => fingerprint === undefined || group.fingerprint === fingerprint)
  return fitting.reduce((sum, { count }) => sum + count, 0)
}

/** `100 of 5,000 dead letters are shown`; what comes while the page is open may not be counted yet. */
export function shownText(shown: number, hasMore: boolean, count: number | undefined): string {
  if (!hasMore) return countText(shown, 'dead letter')
  return count !== undefined && count > shown
    ? `${numberText(shown)} of ${countText(count, 'dead letter')} are shown`
    : `${countText(shown, 'dead letter')} or more`
}
