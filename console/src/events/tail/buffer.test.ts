import { describe, expect, it } from 'vitest'
import type { EventItem } from '../../api/types.ts'
import { addSample, emptyBuffer, eventRate, release, type TailBuffer, take } from './buffer.ts'

const events = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ position: from + i }) as EventItem)
const positions = (list: readonly EventItem[]) => list.map(e => e.position)

describe('the tail buffer', () => {
  it('shows the newest first and ignores what it has seen', () => {
    let buffer = take(emptyBuffer(10), events(9, 13), false, 100)
    buffer = take(buffer, events(12, 14), false, 100)
    expect(positions(buffer.shown)).toEqual([14, 13, 12, 11])
    expect(buffer).toMatchObject({ received: 4, last: 14, dropped: 0 })
    expect(take(buffer, events(1, 14), false, 100)).toBe(buffer)
  })

  it('keeps arrivals back while held, until they are released', () => {
    let buffer = take(emptyBuffer(0), events(1, 2), false, 100)
    buffer = take(buffer, events(3, 4), true, 100)
    expect([positions(buffer.shown), positions(buffer.pending)]).toEqual([
      [2, 1],
      [4, 3],
    ])
    buffer = release(buffer)
    expect([positions(buffer.shown), positions(buffer.pending)]).toEqual([[4, 3, 2, 1], []])
  })

  it('never exceeds its capacity, and counts every event it let go', () => {
    let buffer: TailBuffer = emptyBuffer(0)
    for (let i = 0; i < 200; i += 1) {
      buffer = take(buffer, events(i * 7 + 1, i * 7 + 7), i % 3 === 0 || i > 150, 50)
      if (i % 20 === 0) buffer = release(buffer)
      const held = buffer.shown.length + buffer.pending.length
      expect(held).toBeLessThanOrEqual(50)
      expect(held + buffer.dropped).toBe(buffer.received)
    }
    expect(buffer.received).toBe(1400)
  })
})

describe('the rate', () => {
  it('is counted over the last five seconds', () => {
    let samples = addSample([], { at: 1000, count: 50 })
    samples = addSample(samples, { at: 7000, count: 100 })
    expect(samples).toHaveLength(1)
    expect(eventRate(samples, 0, 7500)).toBe(20)
    expect(eventRate(samples, 0, 20_000)).toBe(0)
    expect(eventRate([{ at: 100, count: 30 }], 0, 1000)).toBe(30)
  })
})
