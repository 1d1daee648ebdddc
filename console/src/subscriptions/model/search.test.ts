import { describe, expect, it } from 'vitest'
import { sampleSubscription } from './fixtures.ts'
import { findSubscriptions, readSubscriptionSearch } from './search.ts'
import { ownerText, retryText, scopeText, startText } from './words.ts'

const { settings } = sampleSubscription()
const items = [
  sampleSubscription({ name: 'mail', lag: { events: 7, seconds: 3 } }),
  sampleSubscription({ name: 'billing', deadLetters: 2, settings: { ...settings, types: ['InvoicePaid'] } }),
  sampleSubscription({ name: 'audit-copy', state: 'paused', breaker: 'open' }),
  sampleSubscription({ name: 'search', state: 'idle', lag: { events: 900, seconds: 60 } }),
]
const names = (search: Parameters<typeof findSubscriptions>[1]) =>
  findSubscriptions(items, search).rows.map(({ name }) => name)

describe('subscriptions', () => {
  it('are by name, or the worst first', () => {
    expect(names({})).toEqual(['audit-copy', 'billing', 'mail', 'search'])
    expect(names({ sort: 'lag' })).toEqual(['search', 'mail', 'audit-copy', 'billing'])
    expect(names({ sort: 'dead' })[0]).toBe('billing')
  })

  it('are found by words, and counted by what they are', () => {
    expect(names({ q: 'invoicepaid' })).toEqual(['billing'])
    expect(names({ q: 'bill nothing' })).toEqual([])
    expect(names({ show: 'trouble' })).toEqual(['audit-copy', 'billing'])
    expect(names({ show: 'idle', q: 'sea' })).toEqual(['search'])
    expect(findSubscriptions(items, { q: 'i', show: 'paused' }).counts).toEqual({
      all: 4,
      trouble: 2,
      paused: 1,
      idle: 1,
    })
  })

  it('have a URL that drops what it does not know', () => {
    expect(readSubscriptionSearch({ q: 'x', show: 'trouble', sort: 'lag', new: 'true', y: '1' })).toEqual({
      q: 'x',
      show: 'trouble',
      sort: 'lag',
      new: true,
    })
    expect(readSubscriptionSearch({ q: '', show: 'all', sort: 'none', new: 'no' })).toEqual({})
  })
})

describe('words', () => {
  it('say what a subscription is about', () => {
    expect(scopeText(settings)).toBe('every event')
    expect(scopeText({ ...settings, types: ['A', 'B', 'C', 'D'], topics: ['t'], filter: 'x > 1' })).toBe(
      'A, B and 2 more · topic t · where x > 1',
    )
  })

  it('say how it is tried again, where it began and who has it', () => {
    const retry = {
      attempts: 5,
      backoff: 'exponential',
      initialSeconds: 1,
      maxSeconds: 300,
      jitter: 'full',
    } as const
    expect(retryText(retry)).toBe('5 tries, first after 1 s, then doubling up to 5 min, full jitter')
    expect(retryText({ ...retry, backoff: 'fixed' })).toBe('5 tries, 1 s apart')
    expect(retryText({ ...retry, attempts: 1 })).toBe('None: one try')
    expect([startText('beginning'), startText({ position: 1200 })]).toEqual([
      'The whole log',
      'Position 1,200',
    ])
    expect(ownerText('a-very-long-host-name.example-12345-abcdef')).toBe('a-very-long-…5-abcdef')
  })
})
