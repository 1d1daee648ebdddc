import { describe, expect, it } from 'vitest'
import { LagHistory } from './lag-history.ts'
import type { Reading } from './reading.ts'

const reading = (handled: number, failed = 0, events = 0): Reading => ({
  state: 'running',
  partitions: [],
  lag: { events, seconds: events },
  inFlight: 0,
  retriesWaiting: 0,
  scheduled: null,
  deadLetters: 0,
  breaker: 'closed',
  owner: null,
  isOwnedHere: true,
  handled,
  failed,
  error: null,
})

describe('a history', () => {
  it('measures over the last minute', () => {
    const history = new LagHistory()
    for (let seconds = 0; seconds <= 300; seconds += 10)
      history.add(seconds * 1_000, reading(seconds * 2, seconds))
    expect(history.points.at(-1)).toMatchObject({ handledPerSecond: 2, failedPerSecond: 1 })
    for (let seconds = 310; seconds <= 400; seconds += 10) history.add(seconds * 1_000, reading(600, 300))
    expect(history.points.at(-1)).toMatchObject({ handledPerSecond: 0, failedPerSecond: 0 })
  })

  it('begins with nothing, whatever was counted before it was looked at', () => {
    const history = new LagHistory()
    expect(history.observe(0, reading(1_000_000))).toEqual({ handledPerSecond: 0, failedPerSecond: 0 })
    expect(history.observe(10_000, reading(1_000_050))).toMatchObject({ handledPerSecond: 5 })
  })

  it('goes on over a counter that begins anew', () => {
    const history = new LagHistory()
    history.observe(0, reading(0))
    history.observe(10_000, reading(100))
    expect(history.observe(20_000, reading(20))).toMatchObject({ handledPerSecond: 6 })
  })

  it('keeps an hour, and no more than is needed of what is asked all the time', () => {
    const history = new LagHistory()
    for (let at = 0; at < 500; at += 1) history.add(at * 10_000, reading(at, 0, at))
    expect([history.points.length, history.points[0]?.events]).toEqual([360, 140])
    for (let at = 0; at < 10_000; at += 1) history.observe(5_000_000 + at, reading(500 + at))
    expect(history.observe(5_010_000, reading(10_500)).handledPerSecond).toBeGreaterThan(100)
  })
})
