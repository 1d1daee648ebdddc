import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RetryPolicy } from '../../../core/index.ts'
import type { RetryOptions } from './retry-policy.ts'
import { createRetryPolicy } from './retry-policy.ts'

const never = (): number => {
  throw new Error('nothing is left to chance')
}

const delays = (options: RetryOptions, random = never): (number | undefined)[] => {
  const policy = createRetryPolicy(options)
  return Array.from({ length: options.attempts }, (_, index) => policy.nextDelay(index + 1, random))
}

describe('a retry policy', () => {
  it('waits the same each time, under either name', () => {
    expect(delays({ attempts: 3, backoff: 'fixed', initialDelay: 200 })).toEqual([200, 200, undefined])
    expect(delays({ attempts: 2, backoff: 'fixed', delay: 200 })).toEqual([200, undefined])
  })

  it('waits longer each time, up to a maximum', () => {
    expect(delays({ attempts: 6, backoff: 'exponential', initialDelay: 100, maxDelay: 700 })).toEqual([
      100,
      200,
      400,
      700,
      700,
      undefined,
    ])
    expect(delays({ attempts: 4, backoff: 'exponential', initialDelay: 10, factor: 1.5 })).toEqual([
      10,
      15,
      23,
      undefined,
    ])
  })

  it('takes what an event definition says', () => {
    const defined: RetryPolicy = { attempts: 2, backoff: 'exponential', initialDelay: 50, maxDelay: 900 }
    expect(createRetryPolicy(defined)).toMatchObject({ ...defined, jitter: 'none' })
  })

  it('has one attempt where it says one', () => {
    expect(createRetryPolicy({ attempts: 1, backoff: 'fixed', delay: 5 }).nextDelay(1, never)).toBeUndefined()
  })

  it('stays finite after very many attempts', () => {
    const options = { attempts: 1_000, backoff: 'exponential', factor: 100, maxDelay: 60_000 } as const
    expect(createRetryPolicy({ ...options, initialDelay: 1 }).nextDelay(999, never)).toBe(60_000)
    expect(createRetryPolicy({ ...options, initialDelay: 0 }).nextDelay(999, never)).toBe(0)
  })

  it('spreads by chance as much as it says', () => {
    const options = { attempts: 2, backoff: 'fixed', delay: 1_000 } as const
    const at = (jitter: 'full' | 'equal', chance: number) =>
      createRetryPolicy({ ...options, jitter }).nextDelay(1, () => chance)
    expect([at('full', 0), at('full', 0.25), at('full', 0.9999)]).toEqual([0, 250, 1_000])
    expect([at('equal', 0), at('equal', 0.5), at('equal', 0.9999)]).toEqual([500, 750, 1_000])
  })

  it('always gives whole milliseconds within its bounds, and as many as it has attempts less one', () => {
    fc.assert(
      fc.property(
        fc.record({
          attempts: fc.integer({ min: 1, max: 60 }),
          backoff: fc.constantFrom('fixed' as const, 'exponential' as const),
          initialDelay: fc.double({ min: 0, max: 5_000, noNaN: true }),
          maxDelay: fc.double({ min: 5_000, max: 1e9, noNaN: true }),
          factor: fc.double({ min: 1, max: 100, noNaN: true }),
          jitter: fc.constantFrom('none' as const, 'full' as const, 'equal' as const),
        }),
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        (options, chance) => {
          const all = delays(options, () => chance)
          expect(all.pop()).toBeUndefined()
          for (const delay of all) {
            expect(Number.isInteger(delay)).toBe(true)
            expect(delay).toBeGreaterThanOrEqual(0)
            expect(delay).toBeLessThanOrEqual(Math.ceil(options.maxDelay))
          }
          expect(all).toEqual(all.toSorted((a, b) => (a as number) - (b as number)))
        },
      ),
    )
  })

  it('is frozen, with its defaults filled in', () => {
    const policy = createRetryPolicy({ attempts: 3, backoff: 'exponential', initialDelay: 600_000 })
    expect(policy).toMatchObject({ maxDelay: 600_000, factor: 2, jitter: 'none' })
    expect(Object.isFrozen(policy)).toBe(true)
  })

  it.each([
    [{}, ['/attempts', '/backoff', '/initialDelay']],
    [{ attempts: 0, backoff: 'fixed', delay: 1 }, ['/attempts']],
    [{ attempts: 2, backoff: 'linear', initialDelay: -1 }, ['/backoff', '/initialDelay']],
    [{ attempts: 2, backoff: 'fixed', delay: 1, initialDelay: 1 }, ['/delay']],
    [{ attempts: 2, backoff: 'exponential', delay: 1 }, ['/delay']],
    [{ attempts: 2, backoff: 'fixed', delay: 500, maxDelay: 100 }, ['/maxDelay']],
    [{ attempts: 2, backoff: 'fixed', delay: 5, factor: 0.5, jitter: 'some' }, ['/factor', '/jitter']],
    [{ attempts: 2, backoff: 'fixed', initalDelay: 5 }, ['/initalDelay', '/initialDelay']],
  ])('refuses %j', (options, pointers) => {
    let faults: unknown
    try {
      createRetryPolicy(options as object as RetryOptions)
    } catch (error) {
      faults = (error as { details: { faults: { pointer: string }[] } }).details.faults
    }
    expect((faults as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(pointers)
  })
})
