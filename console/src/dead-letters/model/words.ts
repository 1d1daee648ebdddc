import type { DeadLetterReasonView } from '../../api/delivery-types.ts'

export const CAUSE_WORDS: Readonly<Record<DeadLetterReasonView, { short: string; meaning: string }>> = {
  permanent: { short: 'permanent', meaning: 'The error says that another try is no use' },
  exhausted: { short: 'exhausted', meaning: 'Every try failed' },
  expired: { short: 'expired', meaning: 'Its deadline had passed before it could be handled' },
  parked: { short: 'parked', meaning: 'It stands behind an earlier dead letter of its key' },
}

const NEVER_TRIED: Readonly<Record<DeadLetterReasonView, string>> = {
  permanent: 'Never tried',
  exhausted: 'Never tried',
  expired: 'Deadline passed',
  parked: 'Behind a parked key',
}

/** `TypeError: a text was expected`; what was never tried has no error, only a cause. */
export function errorText(
  error: { readonly name: string; readonly message: string } | null,
  cause: DeadLetterReasonView,
): string {
  if (error === null || (error.name === '' && error.message === '')) return NEVER_TRIED[cause]
  return error.name === '' || error.name === 'Error' ? error.message : `${error.name}: ${error.message}`
}

/** Types with how many of each, the most first. */
export function typesText(types: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(types).toSorted((a, b) => b[1] - a[1])
  const shown = sorted.slice(0, 2).map(([type, count]) => (sorted.length === 1 ? type : `${type} ${count}`))
  return sorted.length > 2 ? `${shown.join(', ')} and ${sorted.length - 2} more` : shown.join(', ')
}
