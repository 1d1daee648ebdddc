import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProgressSnapshot } from './progress.ts'
import { Progress } from './progress.ts'

type Step =
  | { readonly kind: 'read'; readonly count: number; readonly pass: boolean }
  | { readonly kind: 'settle'; readonly picks: readonly number[]; readonly isEffect: boolean }
  | { readonly kind: 'crash' }

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('read' as const),
        count: fc.integer({ min: 1, max: 5 }),
        pass: fc.boolean(),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('settle' as const),
        picks: fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }),
        isEffect: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  ),
  { maxLength: 80 },
)

/** What survives: the checkpoint and the snapshot; and what the world remembers of it all. */
class World {
  readonly effects = new Map<number, number>()
  readonly passed = new Set<number>()
  low = 0
  snapshot: ProgressSnapshot | undefined
  #progress = new Progress(0, undefined)
  #inHand: number[] = []

  get open(): readonly number[] {
    return this.#inHand
  }

  get progress(): Progress {
    return this.#progress
  }

  read(count: number, pass: boolean): void {
    for (let more = 0; more < count; more += 1) {
      const position = this.#progress.high + 1
      const isOpen = !this.#progress.isDone(position) && !(pass && position % 3 === 0)
      if (!isOpen && !this.#progress.isDone(position)) this.passed.add(position)
      this.#progress.read(position, isOpen)
      if (isOpen) this.#inHand.push(position)
    }
  }

  settle(picks: readonly number[], isEffect: boolean): void {
    const done = new Set(picks.flatMap(pick => this.#inHand[pick] ?? []))
    const effect = isEffect ? Math.max(0, ...done) : 0
    const step = this.#progress.step(done, effect)
    this.#progress.settle(done, effect)
    this.low = step.low
    this.snapshot = step.snapshot
    for (const position of done)
      this.effects.set(position, (this.effects.get(position) ?? 0) + (isEffect ? 1 : 1_000))
    this.#inHand = this.#inHand.filter(position => !done.has(position))
  }

  crash(): void {
    this.#progress = new Progress(this.low, this.snapshot)
    this.#inHand = []
  }
}

function play(all: readonly Step[]): World {
  const world = new World()
  for (const step of all) {
    if (step.kind === 'read') world.read(step.count, step.pass)
    else if (step.kind === 'settle') world.settle(step.picks, step.isEffect)
    else world.crash()
  }
  return world
}

describe('the progress of a partition', () => {
  it('has no effect twice and passes nothing over, across any crashes', () => {
    fc.assert(
      fc.property(steps, all => {
        const world = play(all)
        world.crash()
        world.read(600, false)
        // Everything that is open by now is what nothing was kept of.
        while (world.open.length > 0) world.settle([0, 1, 2], true)
        const wrong = Array.from({ length: 600 }, (_, at) => at + 1).filter(position => {
          const times = world.effects.get(position) ?? 0
          return times % 1_000 > 1 || (times === 0 && !world.passed.has(position))
        })
        expect(wrong).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('never has the checkpoint beyond what is open, nor behind what is done in one piece', () => {
    fc.assert(
      fc.property(steps, all => {
        const { open, progress } = play(all)
        expect(progress.low).toBe(open.length === 0 ? progress.high : Math.min(...open) - 1)
        expect(progress.open).toBe(open.length)
      }),
    )
  })

  it('keeps nothing where everything below is done', () => {
    const progress = new Progress(0, undefined)
    for (const position of [1, 2, 5]) progress.read(position, true)
    expect(progress.step(new Set([5]), 5)).toEqual({ low: 0, snapshot: { high: 5, open: [1, 2] } })
    expect(progress.step(new Set([1, 2, 5]), 5)).toEqual({ low: 5, snapshot: undefined })
    expect(progress.step(new Set([5]), 0)).toEqual({ low: 0, snapshot: undefined })
  })
})
