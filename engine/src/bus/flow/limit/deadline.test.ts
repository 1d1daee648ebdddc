import { describe, expect, it } from 'vitest'
import { isExpired, remainingTime } from './deadline.ts'

const noon = Date.parse('2026-06-11T12:00:00Z')

describe('a deadline', () => {
  it.each([
    ['2026-06-11T12:00:01Z', 1_000],
    ['2026-06-11T14:00:00.250+02:00', 250],
    ['2026-06-11T12:00:00Z', 0],
    ['2026-06-11T11:59:59Z', 0],
    [noon + 5, 5],
    [noon - 5, 0],
    [undefined, Number.POSITIVE_INFINITY],
    ['soon', Number.POSITIVE_INFINITY],
    [Number.NaN, Number.POSITIVE_INFINITY],
  ])('%s leaves %d ms', (deadline, left) => {
    expect(remainingTime(deadline, noon)).toBe(left)
    expect(isExpired(deadline, noon)).toBe(left === 0)
  })
})
