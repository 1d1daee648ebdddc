import { expect, it } from 'vitest'
import type { LogCheckItem, LogCheckSummary, LogStatusView } from '../api/log-types.ts'
import { mountainsOf } from './mountains.ts'
import { bundleSizeText, checkpointRows, checkWords, stateWords } from './words.ts'

const status: LogStatusView = {
  origin: 'keelson.local/t/acme/main',
  state: 'following',
  reason: null,
  size: 700,
  pending: 0,
  checkpoint: { size: 700, root: '', at: '2026-11-20T00:00:00Z', text: '' },
  witnesses: [],
  missing: [],
  hasQuorum: true,
  isStamped: false,
  stampedAt: null,
  lastCheck: null,
}

it('says how a log stands, and what to do where something is to be done', () => {
  const words = (of: Partial<LogStatusView>) => stateWords({ ...status, ...of })
  expect(words({})).toMatchObject({ tone: 'ok', word: 'signed' })
  expect(words({ state: 'forked', reason: 'entry 7 is another' })).toMatchObject({
    tone: 'bad',
    meaning: expect.stringContaining('entry 7 is another') as string,
    remedy: expect.stringContaining('backup') as string,
  })
  const failed = { at: '2026-11-20T00:00:01Z', isSound: false } as LogCheckSummary
  for (const more of [{}, { state: 'stopped' }, { hasQuorum: false }] as const)
    expect(words({ ...more, lastCheck: failed })).toMatchObject({ tone: 'bad', word: 'not sound' })
  expect(words({ lastCheck: { ...failed, isSound: true } })).toMatchObject({ word: 'signed' })
  expect(words({ hasQuorum: false })).toMatchObject({
    word: 'quorum missing',
    remedy: expect.stringContaining('asked again, ever more rarely') as string,
  })
  expect(words({ hasQuorum: false, checkpoint: null })).toMatchObject({ word: 'empty' })
  expect(words({ state: 'standby' })).not.toHaveProperty('remedy')
  const empty = { checkpoint: null, size: 0 }
  expect(words(empty)).toMatchObject({
    word: 'empty',
    meaning: expect.stringContaining('nothing to sign') as string,
  })
  expect(words({ ...empty, pending: 3 })).toMatchObject({ tone: 'work', word: 'not signed yet' })
})

it('says what a check has found', () => {
  const base = { id: '1', startedAt: '', endedAt: null, reason: null, index: null, size: null, isSound: null }
  const say = (of: Partial<LogCheckItem>) =>
    checkWords({ ...base, state: 'running', done: 0, total: null, ...of }).text
  expect(say({ done: 1 })).toBe('1 entry checked')
  expect(say({ done: 1200, total: 3000 })).toBe('1,200 of 3,000 entries checked')
  expect(say({ state: 'done', isSound: true, size: 3000 })).toBe('All 3,000 entries are as they were signed.')
  expect(say({ state: 'done', isSound: false, index: 12, reason: 'its body is another' })).toBe(
    'Entry 12 is not as it was signed: its body is another',
  )
  expect(say({ state: 'interrupted' })).toMatch(/start it again/)
})

it('tells how many entries each checkpoint has added', () => {
  const items = [9, 4, 1].map(size => ({ size, at: '' }))
  expect(checkpointRows(items, true).map(({ added }) => added)).toEqual([5, 3, 1])
  expect(checkpointRows(items, false).map(({ added }) => added)).toEqual([5, 3, undefined])
})

it('makes a tree of perfect ones', () => {
  expect(mountainsOf(700).map(({ from, to }) => to - from)).toEqual([512, 128, 32, 16, 8, 4])
  expect(mountainsOf(0)).toEqual([])
  expect(mountainsOf(1)).toEqual([{ level: 0, from: 0, to: 1 }])
})

it('estimates a bundle', () => {
  expect([0, 1000, 2_000_000].map(bundleSizeText)).toEqual(['about 8 kB', 'about 1.7 MB', 'about 3.4 GB'])
})
