import { describe, expect, it } from 'vitest'
import { deadLetterText, delayText, periodText, retryText } from './duration.ts'

describe('times in words', () => {
  it.each([
    ['P7Y', '7 years'],
    ['P1M', '1 month'],
    ['P90D', '90 days'],
    ['P1Y6M', 'P1Y6M'],
  ])('%s', (period, text) => expect(periodText(period)).toBe(text))

  it.each([
    [200, '200 ms'],
    [1500, '1.5 s'],
    [30_000, '30 s'],
    [300_000, '5 min'],
    [7_200_000, '2 h'],
  ])('%d ms', (ms, text) => expect(delayText(ms)).toBe(text))

  it('says how often and when', () => {
    expect(retryText({ attempts: 1, backoff: 'fixed', initialDelay: 5 })).toBe('Tried once')
    expect(retryText({ attempts: 2, backoff: 'fixed', initialDelay: 200 })).toBe(
      'Tried 2 times, 200 ms apart',
    )
    expect(retryText({ attempts: 5, backoff: 'exponential', initialDelay: 200, maxDelay: 30_000 })).toBe(
      'Tried 5 times, first after 200 ms, then doubling, at most 30 s',
    )
    expect(deadLetterText({ keepFor: 'forever', alert: 'none' })).toBe('Kept forever; it is only shown')
  })
})
