import { expect, it } from 'vitest'
import type { ErasureItem } from '../api/log-types.ts'
import { readErasureTab } from './tab.ts'
import { canWithdraw, copyText, dryRunText, scopeText, signaturesOf, stagesOf, statusText } from './words.ts'

const erasure: ErasureItem = {
  id: '1',
  status: 'awaiting-approval',
  requestedAt: '2026-11-20T00:00:00Z',
  record: '{}',
  approvers: ['ada', 'bob'],
  approvedBy: ['ada'],
  holds: [],
  copies: [],
  failures: 0,
  receipt: null,
  exports: [],
  basis: 'Art. 17',
  request: 'T-1',
  keys: ['k-1', 'k-2'],
}
const receipt = { eventId: 'e', n: 7, leafHash: 'h', recordedAt: '', proof: '/v1/events/e/proof' }
const copy = { name: 'snapshots', removed: 3, isDone: true, failures: 0, error: null }

it('says who is to sign, and what it waits for', () => {
  expect(statusText(erasure)).toBe('bob has to sign the record below.')
  expect(statusText({ ...erasure, holds: ['h'] })).toBe(
    'bob has to sign the record below. 1 hold covers it. Signed or not, it waits until that is released.',
  )
  expect(statusText({ ...erasure, status: 'held', holds: ['h'] })).toMatch(/^1 hold covers it/)
  expect(statusText({ ...erasure, status: 'failed-copies', failures: 2 })).toContain('2 times in a row')
  expect(canWithdraw(erasure)).toBe(true)
  expect(canWithdraw({ ...erasure, status: 'running' })).toBe(false)
})

it('names as signers only those who have signed, and waits for nobody where it is over', () => {
  const withNone = { ...erasure, approvers: ['bob'], approvedBy: [] }
  expect(signaturesOf(erasure)).toEqual({ signed: ['ada'], missing: ['bob'] })
  expect(signaturesOf(withNone)).toEqual({ signed: [], missing: ['bob'] })
  expect(signaturesOf({ ...withNone, status: 'withdrawn' })).toEqual({ signed: [], missing: [] })
  expect(signaturesOf({ ...erasure, status: 'withdrawn' })).toEqual({ signed: ['ada'], missing: [] })
})

it('says of a policy what it would remove, and from when it counts', () => {
  const none = { removed: 0, held: 0, unreachable: 0 }
  expect(dryRunText(1, none)).toBe('No event that it covers was recorded more than 1 day ago.')
  expect(dryRunText(1, { ...none, held: 1 })).toBe(
    'Nothing would be removed. 1 event stays, because of a hold.',
  )
  expect(dryRunText(2, { removed: 3, held: 2, unreachable: 1 })).toBe(
    'The content of 3 events would be removed for good. 2 events stay, because of a hold. 1 event stands in an archive that cannot be reached.',
  )
})

it('knows where on its way an erasure is', () => {
  const states = (of: Partial<ErasureItem>) => stagesOf({ ...erasure, ...of }).map(({ state }) => state)
  expect(states({})).toEqual(['now', 'open', 'open', 'open'])
  const approved = { approvedBy: ['ada', 'bob'], status: 'running' } as const
  expect(states(approved)).toEqual(['done', 'now', 'open', 'open'])
  expect(states({ ...approved, copies: [{ ...copy, isDone: false }] })).toEqual([
    'done',
    'now',
    'open',
    'open',
  ])
  expect(states({ ...approved, copies: [copy] })).toEqual(['done', 'done', 'now', 'now'])
  expect(states({ ...approved, copies: [copy], receipt, status: 'completed' })).toEqual(
    Array.from({ length: 4 }, () => 'done'),
  )
  expect(states({ status: 'withdrawn' })).toEqual(['open', 'open', 'open', 'open'])
})

it('words copies and scopes', () => {
  expect(copyText(copy)).toBe('done')
  expect(copyText({ ...copy, isDone: false, failures: 1, error: 'ECONNREFUSED' })).toBe(
    'failed 1 time: ECONNREFUSED',
  )
  expect(scopeText({ subjectKeys: ['a', 'b'] })).toBe('one subject, 2 keys')
  expect(scopeText({ all: true })).toBe('the whole log')
})

it('reads tabs from the URL, and nothing else', () => {
  expect(readErasureTab({ tab: 'holds', subject: 'ada' })).toEqual({ tab: 'holds' })
  expect(readErasureTab({ tab: 'nonsense' })).toEqual({})
})
