import { expect, it } from 'vitest'
import { axisText, countText, manyCountText, rateText, spanText } from './words.ts'

it.each([
  [0, '0 s'],
  [0.04, '40 ms'],
  [0.44, '0.4 s'],
  [12.4, '12 s'],
  [59.7, '1 min'],
  [200, '3 min 20 s'],
  [7200, '2 h'],
  [7260, '2 h 1 min'],
  [5 * 86_400 + 3 * 3600, '5 d 3 h'],
])('%s seconds are "%s"', (seconds, text) => {
  expect(spanText(seconds)).toBe(text)
})

it('rates keep what matters', () => {
  expect([0, 0.0167, 3.44, 10.4, 1240.2].map(rateText)).toEqual([
    '0/s',
    '0.017/s',
    '3.4/s',
    '10/s',
    '1,240/s',
  ])
})

it('counts and axes are short', () => {
  expect([countText(1, 'event'), countText(1200, 'event'), countText(2, 'try', 'tries')]).toEqual([
    '1 event',
    '1,200 events',
    '2 tries',
  ])
  expect([0, 0.5, 9_999, 12_500, 3_500_000].map(axisText)).toEqual(['0', '0.5', '9999', '12.5k', '3.5M'])
})

it('what the server counts up to a thousand says so, and one is one', () => {
  expect([0, 1, 2, 1000].map(n => manyCountText(n, 'dead letter'))).toEqual([
    '0 dead letters',
    '1 dead letter',
    '2 dead letters',
    '1,000+ dead letters',
  ])
})
