import { describe, expect, it } from 'vitest'
import { areaPath, linePath, nearest, timeTicks, valueTicks } from './scale.ts'

describe('ticks of values', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 0.5, 1]],
    [3, [0, 1, 2, 3]],
    [100, [0, 50, 100]],
    [101, [0, 50, 100, 150]],
    [0.9, [0, 0.5, 1]],
    [12_345, [0, 5000, 10_000, 15_000]],
  ])('up to %s are %j', (most, ticks) => {
    expect(valueTicks(most)).toEqual(ticks)
  })

  it('of what is counted are whole', () => {
    expect(valueTicks(1, 3, true)).toEqual([0, 1])
    expect(valueTicks(2, 3, true)).toEqual([0, 1, 2])
  })

  it('reach what they are for, and are few', () => {
    for (const most of [0.003, 0.7, 7, 19, 21, 99, 4_001, 9_999_999]) {
      const ticks = valueTicks(most)
      expect(ticks.at(-1), String(most)).toBeGreaterThanOrEqual(most)
      expect(ticks.length, String(most)).toBeLessThanOrEqual(6)
    }
  })
})

describe('ticks of time', () => {
  it('are at round instants', () => {
    const noon = Date.parse('2026-11-20T12:00:00Z')
    const minutes = timeTicks(noon + 30_000, noon + 10 * 60_000).map(at =>
      new Date(at).toISOString().slice(11, 16),
    )
    expect(minutes).toEqual(['12:02', '12:04', '12:06', '12:08', '12:10'])
    expect(timeTicks(noon, noon)).toHaveLength(1)
    expect(timeTicks(noon, noon + 3 * 86_400_000).length).toBeLessThanOrEqual(7)
  })
})

describe('paths', () => {
  const frame = { from: 0, to: 10, top: 4, width: 100, height: 40 }
  const points = [
    { at: 0, value: 0 },
    { at: 5, value: 4 },
    { at: 10, value: 9 },
  ]

  it('stay within the drawing', () => {
    expect(linePath(points, frame)).toBe('M0 40L50 0L100 0')
    expect(areaPath(points, frame)).toBe('M0 40L50 0L100 0L100 40L0 40Z')
    expect(areaPath([], frame)).toBe('')
  })

  it('of nothing but zeros lie on the ground', () => {
    expect(linePath([{ at: 3, value: 0 }], { ...frame, top: 0 })).toBe('M30 40')
  })
})

it('the nearest point is found', () => {
  const points = [1, 5, 9].map(at => ({ at, value: at }))
  expect([0, 4, 7.1, 99].map(at => nearest(points, at)?.at)).toEqual([1, 5, 9, 9])
  expect(nearest([], 1)).toBeUndefined()
})
