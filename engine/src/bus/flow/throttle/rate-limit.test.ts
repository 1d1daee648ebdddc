import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RateLimit } from './rate-limit.ts'

function setUp(perSecond: number, burst?: number) {
  const clock = { time: 1_700_000_000_000, now: () => clock.time }
  return { clock, limit: new RateLimit(burst === undefined ? { perSecond } : { perSecond, burst }, clock) }
}

describe('a rate limit', () => {
  it('lets a burst through, and then so many a second', () => {
    const { clock, limit } = setUp(10, 3)
    expect([1, 2, 3, 4].map(() => limit.take())).toEqual([true, true, true, false])
    expect(limit.timeUntil()).toBe(100)
    clock.time += 99
    expect(limit.take()).toBe(false)
    clock.time += 1
    expect([limit.take(), limit.take()]).toEqual([true, false])
    clock.time += 60_000
    expect([1, 2, 3, 4].map(() => limit.take())).toEqual([true, true, true, false])
  })

  it('takes several at once or none', () => {
    const { limit } = setUp(1, 5)
    expect([limit.take(4), limit.take(2), limit.take(1)]).toEqual([true, false, true])
    expect([limit.timeUntil(0), limit.timeUntil(2), limit.timeUntil(5)]).toEqual([0, 2_000, 5_000])
  })

  it('says of what it can never give that it never will', () => {
    const { limit } = setUp(100)
    expect([limit.timeUntil(101), limit.timeUntil(-1), limit.timeUntil(Number.NaN)]).toEqual(
      Array(3).fill(Number.POSITIVE_INFINITY),
    )
    expect([limit.take(101), limit.take(100)]).toEqual([false, true])
  })

  it('gives nothing away where the clock is set back', () => {
    const { clock, limit } = setUp(10, 2)
    limit.take(2)
    clock.time -= 1_000
    expect(limit.take()).toBe(false)
    clock.time += 1_100
    expect(limit.take()).toBe(true)
  })

  it('never gives more than its burst and its rate, and gives what it said when it said it would', () => {
    const step = fc.record({
      wait: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 3_000 })),
      tokens: fc.integer({ min: 1, max: 20 }),
    })
    const rates = fc.oneof(
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.integer({ min: 100, max: 20_000 }),
    )
    fc.assert(
      fc.property(
        rates,
        fc.integer({ min: 20, max: 50 }),
        fc.array(step, { maxLength: 60, size: 'max' }),
        (perSecond, burst, steps) => {
          const { clock, limit } = setUp(perSecond, burst)
          const began = clock.time
          let taken = 0
          for (const { wait, tokens } of steps) {
            clock.time += wait
            const until = limit.timeUntil(tokens)
            if (until > 1) {
              clock.time += until - 1
              expect(limit.take(tokens)).toBe(false)
              clock.time += 1
            } else clock.time += until
            expect(limit.take(tokens)).toBe(true)
            taken += tokens
            expect(taken).toBeLessThanOrEqual(burst + ((clock.time - began) / 1000) * perSecond + 0.01)
          }
        },
      ),
    )
  })

  it('refuses options that make no sense', () => {
    expect(() => setUp(0, 0)).toThrow(/perSecond must be .*burst must be/)
  })
})
