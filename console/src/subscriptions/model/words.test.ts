import { expect, it } from 'vitest'
import { sampleSubscription } from './fixtures.ts'
import { behindText, breakerText, retriesText } from './words.ts'

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
