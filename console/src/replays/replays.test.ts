import { describe, expect, it } from 'vitest'
import type { ReplayItem } from '../api/delivery-types.ts'
import { readReplaySearch } from './search.ts'
import { newDraft, replayRequest } from './start/draft.ts'
import { doneShare, progressText, queryText, standingText } from './words.ts'

const run = (part: Partial<ReplayItem> = {}, progress: Partial<ReplayItem['progress']> = {}): ReplayItem => ({
  id: 'r-1',
  kind: 'log',
  subscription: 'billing',
  state: 'running',
  startedBy: 'k-1',
  startedAt: '2026-11-20T10:00:00.000Z',
  updatedAt: '2026-11-20T10:00:00.000Z',
  endedAt: null,
  query: {},
  ratePerSecond: null,
  withSideEffects: false,
  progress: {
    matched: 0,
    replayed: 0,
    failed: 0,
    held: 0,
    skipped: 0,
    position: null,
    from: null,
    to: null,
    ...progress,
  },
  error: null,
  ...part,
})

describe('what is done of a run', () => {
  it('is told by positions of the log', () => {
    expect(doneShare(run({}, { from: 11, to: 20, position: 15 }))).toBe(0.5)
    expect(doneShare(run({}, { from: 11, to: 20 }))).toBe(0)
    expect(doneShare(run({}, { from: 11, to: 20, position: 400 }))).toBe(1)
  })

  it('is told by a count, where there is one', () => {
    expect(doneShare(run({ kind: 'dead-letters' }, { replayed: 2, held: 1 }), 4)).toBe(0.75)
    expect(doneShare(run({ kind: 'dead-letters' }, { replayed: 2 }))).toBeUndefined()
    expect(doneShare(run({ state: 'done' }))).toBe(1)
  })

  it('is said in words', () => {
    expect(progressText(run({}, { replayed: 1200, held: 2 }), 2000)).toBe(
      '1,200 of 2,000 replayed, 2 held behind parked keys',
    )
    expect(queryText(run())).toBe('the whole log')
    const query = { ids: [7, 8], to: '2026-11-20T10:00:00.000Z' }
    expect(queryText(run({ kind: 'dead-letters', query }))).toBe('2 chosen')
    expect(queryText(run({ query: { from: { position: 3 }, types: ['A', 'B'], to: null } }))).toBe(
      'from position 3, types A, B',
    )
  })
})

describe('what holds a replay', () => {
  const own = { name: 'billing', state: 'idle', breaker: 'closed', owner: null, isOwn: true } as const

  it('is, of the log, that nobody pulls', () => {
    expect(standingText(own, 'log')).toMatch(/^Nobody consumes billing now: .* until somebody pulls/)
    expect(standingText({ ...own, state: 'paused' }, 'log')).toMatch(/^Nobody consumes/)
    const pulled = { ...own, owner: 'server-1', state: 'paused', breaker: 'open' } as const
    expect(standingText(pulled, 'log')).toBeUndefined()
    expect(standingText({ ...own, isOwn: false }, 'log')).toBeUndefined()
  })

  it('is, of dead letters, whatever holds the subscription', () => {
    const why = (part: object) => standingText({ ...own, ...part }, 'dead-letters')
    expect(why({})).toMatch(/has no consumer now/)
    expect(why({ state: 'paused' })).toMatch(/is paused/)
    expect(why({ state: 'running', breaker: 'open' })).toMatch(/has its breaker open/)
    expect(why({ state: 'running' })).toBeUndefined()
  })
})

describe('a new replay', () => {
  it('leaves side effects off, and open what is open', () => {
    expect(replayRequest(newDraft('billing'), 'utc')).toEqual({
      subscription: 'billing',
      withSideEffects: false,
    })
  })

  it('takes positions and times', () => {
    const draft = {
      ...newDraft('billing'),
      from: { kind: 'position', at: '12' },
      to: { kind: 'time', at: '2026-11-20 10:00' },
      rate: '0.5',
    } as const
    expect(replayRequest(draft, 'utc')).toMatchObject({
      from: { position: 12 },
      to: { time: '2026-11-20T10:00:00.000Z' },
      ratePerSecond: 0.5,
    })
  })
})

it('the URL names a run, or the form', () => {
  expect(readReplaySearch({ run: 'r-1', new: 'true', subscription: 'x', y: '' })).toEqual({
    run: 'r-1',
    new: true,
    subscription: 'x',
  })
  expect(readReplaySearch({ run: '', new: '1' })).toEqual({})
})
