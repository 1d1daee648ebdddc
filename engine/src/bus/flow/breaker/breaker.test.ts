import { describe, expect, it } from 'vitest'
import type { BreakerOutcome, BreakerPass } from './breaker.ts'
import { Breaker } from './breaker.ts'
import type { BreakerOptions } from './breaker-options.ts'

function setUp(options: BreakerOptions, kept?: unknown) {
  const clock = { time: 1_000_000, now: () => clock.time }
  const changes: string[] = []
  const onChange = (from: string, to: string, reason: string) => changes.push(`${from} → ${to}: ${reason}`)
  const breaker = new Breaker(options, { clock, onChange, kept })
  const call = (outcome: BreakerOutcome): boolean => {
    const pass = breaker.admit()
    if (pass !== undefined) breaker.settle(pass, outcome)
    return pass !== undefined
  }
  return { breaker, clock, changes, call }
}

const steady = { failuresInRow: 3, cooling: 100, maxCooling: 1_000 } as const

describe('a breaker', () => {
  it('opens on a run of failures, cools, and is closed by a probe that succeeds', () => {
    const { breaker, clock, changes, call } = setUp(steady)
    for (const outcome of ['failure', 'failure', 'success', 'failure', 'failure'] as const) call(outcome)
    expect(breaker.state).toBe('closed')
    call('failure')
    expect(breaker.state).toBe('open')
    expect([call('success'), breaker.retryIn()]).toEqual([false, 100])
    clock.time += 99
    expect([call('success'), breaker.retryIn()]).toEqual([false, 1])
    clock.time += 1
    expect([breaker.retryIn(), call('success'), breaker.state]).toEqual([0, true, 'closed'])
    expect(changes).toEqual([
      'closed → open: 3 failures in a row',
      'open → half-open: the cooling period is over',
      'half-open → closed: the probe succeeded',
    ])
  })

  it('opens on a share of failures in the window, once it holds enough calls', () => {
    const options = { failuresInRow: 100, failureShare: 0.5, minimumCalls: 6, window: 1_000 }
    const { breaker, clock, changes, call } = setUp(options)
    for (let index = 0; index < 5; index += 1) call('failure')
    expect(breaker.state).toBe('closed')
    clock.time += 1_000
    // What lies outside of the window does not count any more.
    for (const outcome of ['success', 'success', 'success', 'failure', 'failure'] as const) call(outcome)
    expect(breaker.state).toBe('closed')
    call('failure')
    expect(changes).toEqual(['closed → open: 3 of 6 calls failed'])
  })

  it('lets exactly one probe through at a time', () => {
    const { breaker, clock } = setUp({ ...steady, failuresInRow: 1 })
    breaker.settle(breaker.admit() as BreakerPass, 'failure')
    clock.time += 100
    const probe = breaker.admit()
    expect(probe).toBeDefined()
    expect([breaker.admit(), breaker.admit(), breaker.state]).toEqual([undefined, undefined, 'half-open'])
    breaker.settle(probe as BreakerPass, 'success')
    expect(breaker.admit()).toBeDefined()
  })

  it('cools longer with each probe that fails, up to the maximum, and begins anew when it was closed', () => {
    const { breaker, clock, call } = setUp({ ...steady, coolingFactor: 3 })
    const periods: number[] = []
    for (let index = 0; index < 3; index += 1) call('failure')
    for (let index = 0; index < 4; index += 1) {
      periods.push(breaker.retryIn())
      clock.time += breaker.retryIn()
      call('failure')
    }
    expect(periods).toEqual([100, 300, 900, 1_000])
    clock.time += breaker.retryIn()
    call('success')
    for (let index = 0; index < 3; index += 1) call('failure')
    expect(breaker.retryIn()).toBe(100)
  })

  it('does not count what is reported late of calls that began before it opened', () => {
    const { breaker, clock, call } = setUp(steady)
    const late = Array.from({ length: 4 }, () => breaker.admit() as BreakerPass)
    for (let index = 0; index < 3; index += 1) call('failure')
    breaker.settle(late[0] as BreakerPass, 'success')
    expect(breaker.state).toBe('open')
    clock.time += 100
    const probe = breaker.admit() as BreakerPass
    breaker.settle(late[1] as BreakerPass, 'failure')
    breaker.settle(late[2] as BreakerPass, 'success')
    expect(breaker.state).toBe('half-open')
    breaker.settle(probe, 'success')
    // One settled twice is late too.
    for (let index = 0; index < 5; index += 1) breaker.settle(probe, 'failure')
    breaker.settle(late[3] as BreakerPass, 'failure')
    expect(breaker.state).toBe('closed')
  })

  it('takes a permanent error as one of the event, unless it is told otherwise', () => {
    const lenient = setUp(steady)
    for (let index = 0; index < 50; index += 1) lenient.call('permanent')
    expect(lenient.breaker.state).toBe('closed')
    const strict = setUp({ ...steady, countPermanent: true })
    for (let index = 0; index < 3; index += 1) strict.call('permanent')
    expect(strict.breaker.state).toBe('open')
  })

  it('probes again at once where the probe says nothing of the consumer', () => {
    const { breaker, clock, call } = setUp({ ...steady, failuresInRow: 1 })
    call('failure')
    clock.time += 100
    const probe = breaker.admit() as BreakerPass
    breaker.settle(probe, 'permanent')
    breaker.settle(probe, 'failure')
    expect(breaker.state).toBe('half-open')
    expect([call('abandoned'), breaker.state]).toEqual([true, 'half-open'])
    expect([call('success'), breaker.state]).toEqual([true, 'closed'])
  })

  it('takes a probe that never ends for a failed one', () => {
    const { breaker, clock, changes, call } = setUp({ ...steady, failuresInRow: 1, probeTimeout: 50 })
    call('failure')
    clock.time += 100
    const lost = breaker.admit() as BreakerPass
    expect(breaker.retryIn()).toBe(50)
    clock.time += 50
    expect(breaker.admit()).toBeUndefined()
    expect(changes.at(-1)).toBe('half-open → open: the probe never ended')
    expect(breaker.retryIn()).toBe(200)
    breaker.settle(lost, 'success')
    expect(breaker.state).toBe('open')
  })

  it('is opened by hand until it is closed by hand', () => {
    const { breaker, clock, changes } = setUp(steady)
    breaker.open('maintenance')
    clock.time += 1e9
    expect([breaker.admit(), breaker.retryIn()]).toEqual([undefined, Number.POSITIVE_INFINITY])
    breaker.open('longer')
    breaker.close()
    expect(breaker.admit()).toBeDefined()
    expect(changes).toEqual(['closed → open: maintenance', 'open → closed: closed by hand'])
  })

  it('tells that it is to stay open where it was open already', () => {
    const { breaker, clock, changes, call } = setUp({ ...steady, failuresInRow: 1 })
    call('failure')
    breaker.open('maintenance')
    clock.time += 1e9
    expect(breaker.admit()).toBeUndefined()
    expect(changes).toEqual(['closed → open: 1 failures in a row', 'open → open: maintenance'])
  })

  it('refuses options that make no sense, all at once', () => {
    expect(() => setUp({ failuresInRow: 0, failureShare: 2, cooling: 10, maxCooling: 5 })).toThrow(
      /failuresInRow must be .*failureShare must be .*maxCooling is shorter/,
    )
  })
})

describe('a breaker after a restart', () => {
  const reopened = (change: (first: ReturnType<typeof setUp>) => void) => {
    const first = setUp(steady)
    change(first)
    return setUp(steady, JSON.parse(JSON.stringify(first.breaker)))
  }
  const fail = ({ call }: ReturnType<typeof setUp>) => {
    for (let index = 0; index < 3; index += 1) call('failure')
  }

  it('stays open until its time', () => {
    const { breaker, clock, call } = reopened(first => {
      fail(first)
      first.clock.time += 100
      first.call('failure')
      // The other clock starts where this one did: 100 before now.
    })
    expect([breaker.state, breaker.retryIn(), call('success')]).toEqual(['open', 300, false])
    clock.time += 300
    call('failure')
    expect(breaker.retryIn()).toBe(400)
  })

  it('that lost its probe probes at once', () => {
    const { breaker, call } = reopened(first => {
      fail(first)
      first.clock.time += 100
      first.breaker.admit()
    })
    expect([breaker.state, breaker.retryIn(), call('success'), breaker.state]).toEqual([
      'open',
      0,
      true,
      'closed',
    ])
  })

  it('that was opened by hand stays so', () => {
    const { breaker } = reopened(({ breaker: first }) => first.open('maintenance'))
    expect(breaker.retryIn()).toBe(Number.POSITIVE_INFINITY)
    expect(breaker.toJSON()).toMatchObject({ state: 'open', until: null, reason: 'maintenance' })
  })

  it('is not held open by a clock that was set back', () => {
    const { breaker } = setUp(steady, { state: 'open', since: 0, reason: 'x', until: 1e15, openings: 1 })
    expect(breaker.retryIn()).toBe(1_000)
  })

  it.each([
    [null],
    ['open'],
    [{}],
    [{ state: 'ajar', since: 1, reason: '', until: null, openings: 0 }],
    [{ state: 'open', since: 1, reason: '', until: '7', openings: 0 }],
    [{ state: 'open', since: 1, reason: '', until: 7, openings: -1 }],
  ])('is closed where what was kept is damaged: %j', kept => {
    expect(setUp(steady, kept).breaker.state).toBe('closed')
  })
})
