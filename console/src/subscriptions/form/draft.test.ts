import { describe, expect, it } from 'vitest'
import { sampleSubscription } from '../model/fixtures.ts'
import { changeOf, draftOf, NEW_DRAFT, requestOf } from './draft.ts'

describe('the form of a subscription', () => {
  it('leaves to the server what is empty', () => {
    expect(requestOf(NEW_DRAFT, 'utc')).toEqual({ start: 'beginning', deadLetter: 'setAside' })
  })

  it('says what was filled in', () => {
    const draft = {
      ...NEW_DRAFT,
      types: ['A'],
      filter: ' amount > 5 ',
      start: 'time',
      startAt: '2026-11-20 10:00',
      attempts: '3',
      backoff: 'fixed',
      initialSeconds: '0.5',
      maxSeconds: '9',
      concurrency: '4',
    } as const
    expect(requestOf(draft, 'utc')).toEqual({
      types: ['A'],
      filter: 'amount > 5',
      start: { time: '2026-11-20T10:00:00.000Z' },
      retry: { backoff: 'fixed', attempts: 3, initialSeconds: 0.5 },
      deadLetter: 'setAside',
      concurrency: 4,
    })
  })

  it('comes back as it was', () => {
    const settings = {
      ...sampleSubscription().settings,
      topics: ['audit.export'],
      start: { position: 12 },
      retry: { attempts: 2, backoff: 'exponential', initialSeconds: 1, maxSeconds: 60, jitter: 'full' },
    } as const
    const draft = draftOf('x', settings)
    expect(requestOf(draft, 'utc').start).toEqual({ position: 12 })
    expect(changeOf(draft)).toEqual({
      topics: ['audit.export'],
      retry: settings.retry,
      deadLetter: 'setAside',
      concurrency: 10,
      timeoutSeconds: 30,
    })
  })

  it('sends on what it cannot read, so that the server says what is wrong', () => {
    const request = requestOf({ ...NEW_DRAFT, start: 'time', startAt: 'soon' }, 'utc')
    expect(request.start).toEqual({ time: 'soon' })
  })
})
