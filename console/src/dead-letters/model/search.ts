import type { LetterFilter } from '../../api/delivery-query.ts'
import type { DeadLetterReasonView, DeadLetterSelection } from '../../api/delivery-types.ts'

export const CAUSES: readonly DeadLetterReasonView[] = ['permanent', 'exhausted', 'expired', 'parked']

export const FILTERS = ['subscription', 'fingerprint', 'type', 'cause', 'orderingKey'] as const
export type FilterName = (typeof FILTERS)[number]

export const FILTER_LABEL: Readonly<Record<FilterName, string>> = {
  subscription: 'Subscription',
  fingerprint: 'Error',
  type: 'Type',
  cause: 'Cause',
  orderingKey: 'Key',
}

/** Keeps what is understood of a URL and drops the rest. */
export function readLetterSearch(raw: Record<string, unknown>): LetterFilter {
  const search: { [name in FilterName]?: string } = {}
  for (const name of FILTERS) {
    const value = raw[name]
    if (typeof value !== 'string' || value === '') continue
    if (name === 'cause' && !CAUSES.some(cause => cause === value)) continue
    search[name] = value
  }
  return search
}

/** Of which the groups are shown: all errors that the rest of the filter leaves, so that another can be chosen. */
export function groupFilterOf({ fingerprint: _, ...rest }: LetterFilter): LetterFilter {
  return rest
}

/** All that the filter leaves, as the API takes it; undefined where it names no subscription. */
export function selectionOf(filter: LetterFilter): DeadLetterSelection | undefined {
  const { subscription, cause, ...rest } = filter
  if (subscription === undefined) return undefined
  return { subscription, ...rest, ...(cause && { cause: cause as DeadLetterReasonView }) }
}
