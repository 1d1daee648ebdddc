import type { Removal } from '../../api/log-query.ts'

/** What a list is narrowed down to. Words of it are not kept in the URL: they may name somebody. */
export interface Filter<Name extends string = string> {
  readonly show: Name
  readonly words: string
}

/** A state that can be asked for. */
export interface Show<Name extends string> {
  readonly name: Name
  readonly label: string
}

export type RemovalShow = 'all' | 'signatures' | 'held' | 'running' | 'completed' | 'withdrawn'

export const REMOVAL_SHOWS: readonly Show<RemovalShow>[] = [
  { name: 'all', label: 'Every state' },
  { name: 'signatures', label: 'Waits for signatures' },
  { name: 'held', label: 'Held' },
  { name: 'running', label: 'Running' },
  { name: 'completed', label: 'Completed' },
  { name: 'withdrawn', label: 'Withdrawn' },
]

const SHOWN_STATES: Readonly<Record<Exclude<RemovalShow, 'all'>, readonly Removal['status'][]>> = {
  signatures: ['awaiting-approval'],
  held: ['held'],
  running: ['running', 'failed-copies'],
  completed: ['completed'],
  withdrawn: ['withdrawn'],
}

export const everything = { show: 'all', words: '' } as const

export const isNarrowed = ({ show, words }: Filter): boolean => show !== 'all' || words.trim() !== ''

/** Whether every word stands in one of the texts. */
export function hasWords(words: string, texts: readonly (string | null)[]): boolean {
  const text = texts.join('\n').toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word))
}

/** Those of a list that fit, in its order. */
export function findRemovals<Item extends Removal>(
  items: readonly Item[],
  { show, words }: Filter<RemovalShow>,
): readonly Item[] {
  const states = show === 'all' ? undefined : SHOWN_STATES[show]
  const textsOf = (item: Removal): readonly string[] => [
    item.id,
    ...item.approvers,
    ...('keys' in item ? [item.request, item.basis] : [item.eventId, item.reason, ...item.paths]),
  ]
  return items.filter(item => (states?.includes(item.status) ?? true) && hasWords(words, textsOf(item)))
}
