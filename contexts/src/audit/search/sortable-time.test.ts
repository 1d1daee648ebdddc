import { describe, expect, it } from 'vitest'
import { sortableTime } from './sortable-time.ts'

describe('sortableTime', () => {
  it.each([
    ['2026-06-11T09:00:01Z', '2026-06-11T09:00:01.000000000Z'],
    ['2026-06-11T09:00:01.5Z', '2026-06-11T09:00:01.500000000Z'],
    ['2026-06-11T09:00:01.123456789Z', '2026-06-11T09:00:01.123456789Z'],
  ])('gives %s nine digits: %s', (time, sortable) => {
    expect(sortableTime(time)).toBe(sortable)
  })

  it('puts times as texts into their order', () => {
    const times = [
      '2026-06-11T09:00:00.999Z',
      '2026-06-11T09:00:01Z',
      '2026-06-11T09:00:01.000000001Z',
      '2026-06-11T09:00:01.01Z',
      '2026-06-11T09:00:01.1Z',
    ]
    expect(times.toReversed().map(sortableTime).sort()).toEqual(times.map(sortableTime))
  })
})
