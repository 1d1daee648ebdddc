import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProgressSnapshot } from './progress.ts'
import { Progress } from './progress.ts'

type Step =
  | {
      readonly kind: 'read'
      readonly count: number
      readonly pass: boolean
      /** Number of the tenant that is to have no more. */
      readonly full: number
    }
  | { readonly kind: 'readApart'; readonly count: number; readonly tenant: number }
  | { readonly kind: 'settle'; readonly picks: readonly number[]; readonly isEffect: boolean }
  | { readonly kind: 'giveBack'; readonly pick: number }
  | { readonly kind: 'takeShelved'; readonly key: number; readonly count: number; readonly isGone: boolean }
  | { readonly kind: 'crash' }

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('read' as const),
        count: fc.integer({ min: 1, max: 5 }),
        pass: fc.boolean(),
        full: fc.nat(5),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('readApart' as const),
        count: fc.integer({ min: 1, max: 5 }),
        tenant: fc.nat(2),
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
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('giveBack' as const), pick: fc.nat(10) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('takeShelved' as const),
        key: fc.nat(5),
        count: fc.integer({ min: 1, max: 4 }),
        isGone: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  ),
  { maxLength: 80, size: 'max' },
)

const tenantOf = (position: number): string => String(((position * 7) % 11) % 3)

/** Two keys of each tenant. */
const keyOf = (position: number): string => `${tenantOf(position)}/${position % 2}`
const keys = ['0/0', '0/1', '1/0', '1/1', '2/0', '2/1'] as const

/** What survives: the checkpoint and the snapshot; and what the world remembers of it all. */
class World {
  readonly effects = new Map<number, number>()
  readonly passed = new Set<number>()
  low = 0
  snapshot: ProgressSnapshot | undefined
  #progress = new Progress(0, undefined)
  #inHand: number[] = []
  /** Read, and to be shelved as soon as they are noted as read. */
  #shelving: number[] = []
  /** Up to where deferred tenants were read. */
  readonly #apart = new Map<string, number>()

  get open(): readonly number[] {
    return this.#inHand
  }

  get progress(): Progress {
    return this.#progress
  }

  read(count: number, pass: boolean, full = -1): void {
    for (let more = 0; more < count; more += 1) {
      const position = this.#progress.high + 1
      const tenantId = tenantOf(position)
      const isFull = tenantId === String(full) && this.#progress.mayDefer(position, tenantId)
      if (!this.#progress.isDeferred(tenantId) && isFull) {
        this.#progress.defer(tenantId, position - 1)
        this.#apart.set(tenantId, position - 1)
      }
      if (this.#progress.isDeferred(tenantId)) this.#progress.read(position, false)
      else this.#progress.read(position, this.#open(position, pass))
      this.#shelve()
    }
  }

  readApart(tenant: number, count: number): void {
    const tenantId = String(tenant)
    for (let more = 0; more < count && this.#progress.isDeferred(tenantId); more += 1) {
      const after = this.#apart.get(tenantId) ?? 0
      const next = this.#next(tenantId, after)
      if (next > this.#progress.high) this.#progress.rejoin(tenantId)
      else {
        this.#apart.set(tenantId, next)
        this.#progress.readApart(tenantId, next, this.#open(next, false))
        this.#shelve()
      }
    }
  }

  #shelve(): void {
    for (const position of this.#shelving)
      this.#progress.shelve(keyOf(position), position, tenantOf(position))
    this.#shelving = []
  }

  #next(tenantId: string, after: number): number {
    let next = after + 1
    while (tenantOf(next) !== tenantId) next += 1
    return next
  }

  /** What is in hand behind one of its key is shelved. */
  giveBack(pick: number): void {
    const first = this.#inHand[pick]
    if (first === undefined) return
    const key = keyOf(first)
    const shelved = this.#progress.firstShelved(key, 1)[0] ?? Number.POSITIVE_INFINITY
    const behind = this.#inHand.filter(one => one > first && one < shelved && keyOf(one) === key)
    this.#progress.putBack(
      key,
      behind.toSorted((a, b) => a - b),
    )
    this.#inHand = this.#inHand.filter(one => !behind.includes(one))
  }

  takeShelved(key: string, count: number, isGone = false): void {
    for (const position of this.#progress.firstShelved(key, count)) {
      this.#progress.takeShelved(key, !isGone)
      if (isGone) this.passed.add(position)
      else this.#inHand.push(position)
    }
  }

  get shelved(): readonly number[] {
    return keys.flatMap(key => this.#progress.firstShelved(key, 10_000))
  }

  #open(position: number, pass: boolean): boolean {
    const key = keyOf(position)
    if (this.#progress.isDone(position, tenantOf(position), () => key)) return false
    const isOpen = !(pass && position % 3 === 0)
    if (isOpen && this.#progress.isShelved(key)) {
      this.#shelving.push(position)
      return false
    }
    if (isOpen) this.#inHand.push(position)
    else this.passed.add(position)
    return isOpen
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
    this.#apart.clear()
  }

  /** Positions that were passed over with their tenant. */
  get left(): readonly number[] {
    return [...this.#apart].flatMap(([tenantId, after]) =>
      this.#progress.isDeferred(tenantId)
        ? Array.from({ length: this.#progress.high - after }, (_, at) => after + 1 + at).filter(
            position => tenantOf(position) === tenantId,
          )
        : [],
    )
  }
}

function play(all: readonly Step[]): World {
  const world = new World()
  for (const step of all) {
    if (step.kind === 'read') world.read(step.count, step.pass, step.full)
    else if (step.kind === 'readApart') world.readApart(step.tenant, step.count)
    else if (step.kind === 'settle') world.settle(step.picks, step.isEffect)
    else if (step.kind === 'giveBack') world.giveBack(step.pick)
    else if (step.kind === 'takeShelved') world.takeShelved(keys[step.key] ?? '', step.count, step.isGone)
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
        const { open, left, shelved, progress } = play(all)
        const first = Math.min(...open, ...left, ...shelved, progress.high + 1)
        expect(progress.low).toBeLessThan(first)
        if (![0, 1, 2].some(tenant => progress.isDeferred(String(tenant))))
          expect(progress.low).toBe(first - 1)
        expect(progress.open).toBe(open.length)
      }),
    )
  })

  it('tells what is shelved by where it begins, and one by one only what was in hand before', () => {
    const progress = new Progress(0, undefined)
    for (const position of [1, 2, 3, 4]) progress.read(position, true)
    progress.putBack('a', [2, 3])
    for (const position of [5, 6, 7]) {
      progress.read(position, false)
      progress.shelve('a', position, 't')
    }
    expect([progress.open, progress.shelved, progress.low]).toEqual([2, 5, 0])
    const shelved = [['a', 5]]
    const { snapshot } = progress.step(new Set([4]), 0)
    expect(snapshot).toEqual({ high: 7, open: [1, 2, 3], shelved })
    const next = new Progress(0, snapshot)
    const isDone = [1, 2, 3, 4, 5, 6, 7].map(position => next.isDone(position, 't', () => 'a'))
    expect(isDone).toEqual([false, false, false, true, false, false, false])
    expect(next.isDone(6, 't', () => 'b')).toBe(true)
  })

  it('keeps nothing where everything below is done', () => {
    const progress = new Progress(0, undefined)
    for (const position of [1, 2, 5]) progress.read(position, true)
    expect(progress.step(new Set([5]), 5)).toEqual({ low: 0, snapshot: { high: 5, open: [1, 2] } })
    expect(progress.step(new Set([1, 2, 5]), 5)).toEqual({ low: 5, snapshot: undefined })
    expect(progress.step(new Set([5]), 0)).toEqual({ low: 0, snapshot: undefined })
  })

  it('remembers what is done behind a tenant that was left behind, until that has caught up', () => {
    const progress = new Progress(0, undefined)
    progress.read(1, true)
    progress.defer('a', 1)
    for (const [position, isOpen] of [
      [2, false],
      [3, true],
      [4, true],
    ] as const)
      progress.read(position, isOpen)
    const deferred = [['a', 1]]
    expect(progress.step(new Set([3]), 0)).toEqual({ low: 0, snapshot: { high: 4, open: [1, 4], deferred } })
    progress.settle(new Set([1, 3]), 0)
    progress.readApart('a', 2, true)
    progress.rejoin('a')
    expect(progress.step(new Set(), 0)).toEqual({ low: 1, snapshot: { high: 4, open: [4, 2] } })
    progress.settle(new Set([2]), 0)
    expect(progress.step(new Set(), 0)).toEqual({ low: 3, snapshot: { high: 4, open: [4] } })
  })
})
