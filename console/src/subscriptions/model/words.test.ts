import { expect, it } from 'vitest'
import { sampleSubscription } from './fixtures.ts'
import { retriesText } from './words.ts'

it('says when a retry comes, which needs somebody who consumes', () => {
  const waiting = sampleSubscription({ retriesWaiting: 3 })
  expect(retriesText(sampleSubscription())).toBe('nothing failed lately')
  expect(retriesText(waiting)).toBe('tried again soon')
  expect(retriesText({ ...waiting, state: 'idle' })).toBe('tried again when somebody pulls')
  expect(retriesText({ ...waiting, state: 'idle', isOwn: false })).toBe('tried again when it has a consumer')
})
