import { expect, it } from 'vitest'
import { sampleSubscription } from './fixtures.ts'
import { behindText, breakerText, dueText, laterText, retriesText } from './words.ts'

it('says when a retry comes, which needs somebody who consumes', () => {
  const waiting = sampleSubscription({ retriesWaiting: 3 })
  expect(retriesText(sampleSubscription())).toBe('nothing failed lately')
  expect(retriesText(waiting)).toBe('tried again soon')
  expect(retriesText({ ...waiting, state: 'idle' })).toBe('tried again when somebody pulls')
  expect(retriesText({ ...waiting, state: 'idle', isOwn: false })).toBe('tried again when it has a consumer')
})

it('says that an event is being tried only where somebody consumes', () => {
  const text = (state: 'running' | 'idle', breaker: 'open' | 'half-open') =>
    breakerText(sampleSubscription({ state, breaker }))
  expect(text('running', 'half-open')).toContain('one event is being tried')
  expect(text('idle', 'half-open')).toBe(
    'Half-open: too much failed when it was last consumed. Nobody consumes it now; of the next consumer one event is tried, and if it goes well, all go on.',
  )
  expect(text('idle', 'open')).toMatch(/^Open: .*Nobody consumes it now/)
  expect(text('running', 'open')).not.toContain('Nobody')
})

it('says below the number what it counts', () => {
  expect(behindText({ events: 0, seconds: 0 })).toBe('up to date')
  expect(behindText({ events: 1, seconds: 5 })).toMatch(/^position, oldest waits 5/)
  expect(behindText({ events: 2_964, seconds: 5 })).toMatch(/^positions, oldest waits 5/)
})

it('says how many are for later, and where nobody knows it', () => {
  const nextAt = '2026-06-12T09:00:00.000Z'
  expect(laterText({ waiting: 12, nextAt })).toBe('12')
  expect(laterText({ waiting: 1_000, nextAt })).toBe('1,000+')
  expect(laterText(null)).toBe('—')
  const [due, day] = [Date.parse(nextAt), 86_400_000]
  const text = (at: number) => dueText({ waiting: 1, nextAt }, at)
  expect([due - day - 3_600_000, due - 500, due, due + day].map(text)).toEqual([
    'first due in 1 d 1 h',
    'first due in 1 s',
    'first is due',
    'first is due',
  ])
  expect(dueText({ waiting: 0, nextAt: null }, 0)).toBe('nothing waits for its time')
  expect(dueText(null, 0)).toBe('known to the broker alone')
})
