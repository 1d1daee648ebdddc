import { expect, it } from 'vitest'
import type { DeadLetterGroupPage } from '../../api/delivery-types.ts'
import { countOf, shownText } from './count.ts'

const groups = {
  data: [
    { fingerprint: 'a', count: 1_250 },
    { fingerprint: 'b', count: 3_750 },
  ],
  isComplete: true,
} as unknown as DeadLetterGroupPage

it('says how many dead letters of all that fit are shown', () => {
  expect(countOf({}, groups)).toBe(5_000)
  expect(countOf({ subscription: 's', fingerprint: 'a' }, groups)).toBe(1_250)
  expect([countOf({}, undefined), countOf({}, { ...groups, isComplete: false })]).toEqual([
    undefined,
    undefined,
  ])
  expect(shownText(100, true, 5_000)).toBe('100 of 5,000 dead letters are shown')
  expect(shownText(100, true, 90)).toBe('100 dead letters or more')
  expect(shownText(100, true, undefined)).toBe('100 dead letters or more')
  expect(shownText(1, false, 1)).toBe('1 dead letter')
})
