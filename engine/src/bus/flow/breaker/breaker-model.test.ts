import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BreakerPass } from './breaker.ts'
import { Breaker } from './breaker.ts'

const options = {
  failuresInRow: 4,
  failureShare: 0.6,
  minimumCalls: 5,
  window: 100,
  cooling: 50,
  coolingFactor: 2,
  maxCooling: 300,
  probeTimeout: 80,
}

interface ModelCall {
  readonly era: number
  readonly pass: BreakerPass
}

/** The same rules over a plain list of outcomes. */
class Model {
  state = 'closed'
  era = 0
  until = 0
  openings = 0
  probeSince: number | undefined
  outcomes: { readonly at: number; readonly isFailure: boolean }[] = []

  admits(now: number): boolean {
    if (this.probeSince !== undefined && now - this.probeSince >= options.probeTimeout) this.open(now)
    if (this.state === 'closed') return true
    if (this.state === 'open' && now < this.until) return false
    if (this.probeSince !== undefined) return false
    this.state = 'half-open'
    this.era += 1
    this.probeSince = now
    return true
  }

  settle(era: number, isFailure: boolean, now: number): void {
    if (era !== this.era) return
    if (this.state === 'half-open') {
      if (isFailure) this.open(now)
      else this.enter('closed')
      if (!isFailure) this.openings = 0
      return
    }
    this.outcomes.push({ at: now, isFailure })
    const run = this.outcomes.slice(-options.failuresInRow)
    const isRun = run.length === options.failuresInRow && run.every(one => one.isFailure)
    const step = (at: number) => Math.floor(at / (options.window / 10))
    const recent = this.outcomes.filter(({ at }) => step(at) > step(now) - 10)
    const failures = recent.filter(one => one.isFailure).length
    const isMany = recent.length >= options.minimumCalls && failures / recent.length >= options.failureShare
    if (isFailure && (isRun || isMany)) this.open(now)
  }

  open(now: number): void {
    this.enter('open')
    this.until = now + Math.min(options.maxCooling, options.cooling * options.coolingFactor ** this.openings)
    this.openings += 1
  }

  enter(state: string): void {
    this.state = state
    this.era += 1
    this.probeSince = undefined
    this.outcomes = []
  }
}

describe('a breaker', () => {
  it('does what the model does, whatever happens', () => {
    const step = fc.record({
      wait: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 400 })),
      does: fc.constantFrom('begin', 'begin', 'begin', 'fail', 'fail', 'fail', 'succeed'),
      which: fc.nat(),
    })
    const reached = new Set<string>()
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: 'max' }), steps => {
        const clock = { time: 5_000, now: () => clock.time }
        const breaker = new Breaker(options, { clock })
        const model = new Model()
        const running: ModelCall[] = []
        for (const { wait, does, which } of steps) {
          clock.time += wait
          if (does === 'begin' || running.length === 0) {
            const pass = breaker.admit()
            expect(pass !== undefined).toBe(model.admits(clock.time))
            if (pass !== undefined) running.push({ pass, era: model.era })
          } else {
            const [call] = running.splice(which % 3 === 0 ? which % running.length : -1, 1) as [ModelCall]
            breaker.settle(call.pass, does === 'fail' ? 'failure' : 'success')
            model.settle(call.era, does === 'fail', clock.time)
          }
          expect(breaker.state).toBe(model.state)
          if (model.state === 'open') expect(breaker.retryIn()).toBe(Math.max(0, model.until - clock.time))
          reached.add(`${model.state} ${Math.min(model.openings, 3)}`)
        }
      }),
      { numRuns: 400 },
    )
    expect(reached).toContain('half-open 3')
    expect(reached).toContain('closed 0')
  })
})
