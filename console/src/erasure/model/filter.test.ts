import { describe, expect, it } from 'vitest'
import type { ErasureItem, RedactionItem } from '../../api/log-types.ts'
import type { EventItem } from '../../api/types.ts'
import { deedsOf } from '../hold/hold-deeds.ts'
import { readErasureTab } from '../tab.ts'
import { everything, findRemovals, hasWords, isNarrowed } from './filter.ts'
import { findRuns, toRun } from './run.ts'

const base = {
  requestedAt: '',
  record: '',
  approvedBy: [],
  holds: [],
  copies: [],
  failures: 0,
  receipt: null,
  exports: [],
}
const erasures: readonly ErasureItem[] = [
  { ...base, id: '1', status: 'completed', approvers: ['ada'], basis: 'GDPR', request: 'T-1', keys: [] },
  { ...base, id: '2', status: 'held', approvers: [], basis: 'GDPR', request: 'T-2', keys: [] },
  {
    ...base,
    id: '3',
    status: 'failed-copies',
    approvers: ['bob'],
    basis: 'a wish',
    request: 'T-3',
    keys: [],
  },
]
const redaction: RedactionItem = {
  ...{ ...base, id: '4', status: 'awaiting-approval', approvers: ['bob'] },
  ...{ eventId: 'evt-7', reason: 'a card number', paths: ['/payload/card'] },
}

describe('a list of removals', () => {
  const idsOf = (found: readonly { readonly id: string }[]): string => found.map(({ id }) => id).join()

  it('shows those of a state, and those that have every word', () => {
    expect(idsOf(findRemovals(erasures, everything))).toBe('1,2,3')
    expect(idsOf(findRemovals(erasures, { show: 'held', words: '' }))).toBe('2')
    expect(idsOf(findRemovals(erasures, { show: 'running', words: '' }))).toBe('3')
    expect(idsOf(findRemovals(erasures, { show: 'all', words: ' ADA gdpr ' }))).toBe('1')
    expect(idsOf(findRemovals([redaction], { show: 'signatures', words: 'card evt-7 bob' }))).toBe('4')
    expect(idsOf(findRemovals([redaction], { show: 'all', words: 'nobody' }))).toBe('')
    expect([everything, { show: 'all', words: ' ' }, { show: 'held', words: '' }].map(isNarrowed)).toEqual([
      false,
      false,
      true,
    ])
    expect(hasWords('', [null])).toBe(true)
  })
})

const event = (action: string, id: string, name: string, payload = {}): EventItem =>
  ({
    eventId: `e-${action}-${id}`,
    occurredAt: '2026-11-20T00:00:00Z',
    payload: { payload },
    audit: { action, actor: { type: 'service', id: 'key-1', name }, resource: { type: 'x', id } },
  }) as unknown as EventItem

it('says who set and who released a hold, as far as the log does', () => {
  const deeds = [
    event('hold.released', 'h-1', 'bob'),
    event('hold.set', 'h-2', 'eve'),
    event('hold.set', 'h-1', 'ada'),
  ]
  expect(deedsOf(deeds, 'h-1')).toEqual({ setBy: 'ada', releasedBy: 'bob' })
  expect(deedsOf(deeds, 'h-3')).toEqual({ setBy: undefined, releasedBy: undefined })
})

it('lists runs of retention with what came of them', () => {
  const runs = [
    toRun(event('retention.applied', 'audit', 'ada', { removed: 7, held: 2, unreachable: 0 })),
    toRun(event('retention.applied', 'mail', 'bob', { removed: 0, held: 0, unreachable: 0 })),
    toRun({ ...event('retention.applied', 'old', 'bob'), payload: null }),
  ]
  expect(runs[0]).toMatchObject({ policy: 'audit', removed: 7, held: 2, unreachable: 0, by: 'ada' })
  expect(runs[2]).toMatchObject({ policy: 'old', removed: undefined })
  const find = (show: 'all' | 'removed' | 'held' | 'none', words = '') =>
    findRuns(runs, { show, words }).map(({ policy }) => policy)
  expect(find('removed')).toEqual(['audit'])
  expect(find('held')).toEqual(['audit'])
  expect(find('none')).toEqual(['mail'])
  expect(find('all', 'bob mail')).toEqual(['mail'])
})

it('keeps in the URL which tab is open, and which hold a link leads to', () => {
  expect(readErasureTab({ tab: 'holds', id: 'hold-1' })).toEqual({ tab: 'holds', id: 'hold-1' })
  expect(readErasureTab({ tab: 'redactions', id: 'hold-1' })).toEqual({ tab: 'redactions' })
  expect(readErasureTab({ tab: 'holds', id: 'a b' })).toEqual({ tab: 'holds' })
  expect(readErasureTab({ tab: 'none' })).toEqual({})
})
