import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ThrottleOptions } from './throttle.ts'
import { Throttle } from './throttle.ts'

/** Reports calls as many as there are, the throttle being made full use of; gives the limits it went through. */
function drive(
  throttle: Throttle,
  calls: number,
  time: (limit: number) => number,
  fails: (call: number) => boolean = () => false,
): number[] {
  return Array.from({ length: calls }, (_, call) => {
    throttle.record(time(throttle.limit), fails(call), throttle.limit)
    return throttle.limit
  })
}

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length

/** A fixed sequence of numbers from 0 to 1 that looks like chance. */
function chance(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('a throttle', () => {
  it('rises by one a round to its maximum while calls take what they always take', () => {
    const throttle = new Throttle({ max: 20 })
    expect(throttle.limit).toBe(1)
    const limits = drive(throttle, 32 * 25, () => 10)
    expect(limits.at(-1)).toBe(20)
    expect([limits[31], limits[63], limits[95]]).toEqual([2, 3, 4])
    expect(throttle.baseline).toBe(10)
  })

  it('finds what a service can bear: not much less, and no more than twice as much, for long', () => {
    const bears = (capacity: number) => (limit: number) => 10 * Math.max(1, limit / capacity)
    for (const capacity of [5, 20, 80]) {
      const throttle = new Throttle({ max: 1_000 })
      const limits = drive(throttle, 500_000, bears(capacity)).slice(250_000)
      expect(mean(limits)).toBeGreaterThan(capacity)
      expect(mean(limits)).toBeLessThan(2 * capacity)
      expect(Math.max(...new Set(limits))).toBeLessThan(2.5 * capacity + 2)
      expect(throttle.baseline).toBeLessThan(12)
    }
  })

  it('is not deterred by times that vary by chance', () => {
    const random = chance()
    const throttle = new Throttle({ max: 64 })
    const limits = drive(throttle, 100_000, () => -10 * Math.log(1 - random()))
    expect(mean(limits.slice(50_000))).toBeGreaterThan(55)
  })

  it('falls where calls fail, never below its minimum, and recovers', () => {
    const throttle = new Throttle({ min: 2, max: 50, initial: 50 })
    const limits = drive(
      throttle,
      2_000,
      () => 10,
      () => true,
    )
    expect(Math.min(...limits)).toBe(2)
    expect(limits.at(-1)).toBe(2)
    drive(throttle, 32 * 60 + 100, () => 10)
    expect(throttle.limit).toBe(50)
  })

  it('bears a few failures', () => {
    const throttle = new Throttle({ max: 40 })
    drive(
      throttle,
      10_000,
      () => 10,
      call => call % 20 === 0,
    )
    expect(throttle.limit).toBe(40)
  })

  it('halves once for what was on its way already', () => {
    const throttle = new Throttle({ max: 100, initial: 100, decrease: 0.5 })
    drive(throttle, 100, () => 10)
    drive(
      throttle,
      200,
      () => 10,
      () => true,
    )
    expect(throttle.limit).toBe(50)
  })

  it('gets used to a world that has become slower', () => {
    const throttle = new Throttle({ max: 30 })
    drive(throttle, 5_000, () => 10)
    const limits = drive(throttle, 20_000, () => 100)
    expect(Math.min(...limits)).toBeLessThanOrEqual(2)
    expect(limits.at(-1)).toBe(30)
    expect(throttle.baseline).toBeGreaterThan(80)
  })

  it('gets used to it where it may not fall far, too', () => {
    const throttle = new Throttle({ min: 20, max: 30, initial: 30 })
    drive(throttle, 5_000, () => 10)
    drive(throttle, 1_000, () => 100)
    expect(throttle.baseline).toBeGreaterThan(50)
  })

  it('takes a single slow round for chance', () => {
    const throttle = new Throttle({ max: 64, initial: 32 })
    drive(throttle, 32, () => 10)
    drive(throttle, 33, () => 100)
    expect(throttle.limit).toBe(33)
    drive(throttle, 33, () => 100)
    expect(throttle.limit).toBe(13)
  })

  it('does not rise where the limit is not made use of', () => {
    const throttle = new Throttle({ max: 100, initial: 10 })
    for (let call = 0; call < 10_000; call += 1) throttle.record(10, false, 3)
    expect(throttle.limit).toBe(10)
  })

  it('takes no heed of calls that a clock of milliseconds cannot tell apart', () => {
    const throttle = new Throttle({ max: 30 })
    drive(throttle, 5_000, () => 0)
    const random = chance()
    drive(throttle, 20_000, () => (random() < 0.3 ? 1 : 0))
    expect(throttle.limit).toBe(30)
  })

  it('stays a whole number within its bounds, whatever is reported', () => {
    const report = fc.tuple(fc.oneof(fc.double(), fc.nat({ max: 1_000 })), fc.boolean(), fc.nat({ max: 200 }))
    const bounds = fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 10, max: 100 }))
    fc.assert(
      fc.property(bounds, fc.array(report, { minLength: 100, maxLength: 500 }), ([min, max], reports) => {
        const throttle = new Throttle({ min, max })
        for (const [time, isFailure, running] of reports) {
          throttle.record(time, isFailure, running)
          expect(Number.isInteger(throttle.limit)).toBe(true)
          expect(throttle.limit).toBeGreaterThanOrEqual(min)
          expect(throttle.limit).toBeLessThanOrEqual(max)
        }
      }),
    )
  })

  it('refuses options that make no sense, all at once', () => {
    const options = { min: 5, max: 3, decrease: 1, tolerance: 1 } as ThrottleOptions
    expect(() => new Throttle(options)).toThrow(
      /max is less .*initial must be .*decrease must .*tolerance must/,
    )
  })
})
