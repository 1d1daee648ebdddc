import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LaneOutcome, Lease } from './key-lanes.ts'
import { KeyLanes } from './key-lanes.ts'

type Key = 'a' | 'b' | 'c' | undefined

interface Numbered {
  readonly key: Key
  readonly number: number
}

type Step =
  | { readonly does: 'offer'; readonly key: Key }
  | { readonly does: 'take'; readonly max: number }
  | { readonly does: 'follow'; readonly which: number; readonly max: number }
  | { readonly does: 'settle'; readonly which: number; readonly outcome: string; readonly wait: number }
  | { readonly does: 'unpark'; readonly how: 'again' | 'skip' }

const limits = { capacity: 30, maxPerKey: 12 }

/** Lanes under test, and beside them plain lists of what was offered, what is held, and what has ended. */
class Play {
  readonly lanes: KeyLanes<Numbered>
  readonly offered: Numbered[] = []
  readonly ended: Numbered[] = []
  readonly inHand: Lease<Numbered>[] = []
  readonly #held = new Set<Numbered>()
  readonly #parkedKey: 'hold' | 'pass'
  #now = 0

  constructor(parkedKey: 'hold' | 'pass') {
    this.#parkedKey = parkedKey
    this.lanes = new KeyLanes({ ...limits, parkedKey })
  }

  do(step: Step): void {
    this.#now += 5
    if (step.does === 'offer') this.offer(step.key)
    else if (step.does === 'take') this.take(step.max)
    else if (step.does === 'unpark') this.unpark(step.how)
    else if (step.does === 'follow') this.follow(step.which, step.max)
    else this.settle(step.which, step.outcome, step.wait)
    expect([this.lanes.size, this.lanes.inHand]).toEqual([this.#held.size, this.inHand.length])
  }

  offer(key: Key): void {
    const item = { key, number: this.offered.length }
    const own = [...this.#held].filter(held => held.key === key).length
    const isKeyFull = key !== undefined && own >= limits.maxPerKey
    const expected = this.#held.size >= limits.capacity ? 'full' : isKeyFull ? 'key_full' : 'accepted'
    expect(this.lanes.offer(item, key)).toBe(expected)
    if (expected !== 'accepted') return
    this.offered.push(item)
    this.#held.add(item)
  }

  take(max: number): void {
    const leases = this.lanes.take(max, this.#now)
    expect(leases.length).toBeLessThanOrEqual(max)
    for (const lease of leases) {
      expect(this.#held).toContain(lease.item)
      const isAlone = lease.key === undefined || this.inHand.every(({ key }) => key !== lease.key)
      expect(isAlone).toBe(true)
      this.inHand.push(lease)
    }
  }

  /** Takes what stands behind an item in hand, up to the first whose number can be divided by seven. */
  follow(which: number, max: number): void {
    const lease = this.inHand[which % Math.max(1, this.inHand.length)]
    if (lease === undefined) return
    const fits = ({ number }: Numbered) => number % 7 !== 0
    const behind = [...this.#held].filter(item => item.key === lease.key && !this.#isInHand(item))
    const end = behind.findIndex(item => !fits(item))
    const expected = lease.key === undefined ? [] : behind.slice(0, Math.min(max, end < 0 ? max : end))
    const followers = this.lanes.following(lease, max, fits)
    expect(followers.map(({ item }) => item)).toEqual(expected)
    this.inHand.push(...followers)
  }

  #isInHand(item: Numbered): boolean {
    return this.inHand.some(lease => lease.item === item)
  }

  settle(which: number, outcome: string, wait: number): void {
    const chosen = this.inHand[which % Math.max(1, this.inHand.length)]
    if (chosen === undefined) return
    const isOfKey = ({ key }: Lease<Numbered>) => key !== undefined && key === chosen.key
    const lease = this.inHand.find(isOfKey) ?? chosen
    this.inHand.splice(this.inHand.indexOf(lease), 1)
    const isHeld = outcome === 'retry' || (outcome === 'parked' && this.#parkedKey === 'hold' && lease.key)
    const reported = outcome === 'retry' ? { retryAt: this.#now + wait } : (outcome as LaneOutcome)
    this.lanes.settle(lease, reported)
    if (!isHeld) this.#end(lease.item)
    // What stands behind it is in hand no more.
    else
      for (const follower of this.inHand.filter(isOfKey)) this.inHand.splice(this.inHand.indexOf(follower), 1)
  }

  unpark(how: 'again' | 'skip'): void {
    const [parked] = this.lanes.parkedKeys
    if (parked === undefined) return
    const item = this.lanes.unpark(parked.key, how) as Numbered
    if (how === 'skip') this.#end(item)
  }

  /** Settles all that is left; it must come to an end. */
  finish(): void {
    for (let round = 0; this.#held.size > 0; round += 1) {
      expect(round).toBeLessThan(200)
      this.#now += 100
      while (this.lanes.parkedKeys.length > 0) this.unpark('again')
      this.take(5)
      while (this.inHand.length > 0) this.settle(0, 'done', 0)
    }
    const { size, keys, inHand } = this.lanes
    expect({ size, keys, inHand, due: this.lanes.dueIn(this.#now) }).toEqual({
      size: 0,
      keys: 0,
      inHand: 0,
      due: undefined,
    })
  }

  #end(item: Numbered): void {
    expect(this.#held.delete(item)).toBe(true)
    this.ended.push(item)
  }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ does: fc.constant('offer'), key: fc.constantFrom('a', 'a', 'b', 'c', undefined) }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('take'), max: fc.integer({ min: 0, max: 4 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('settle'),
      which: fc.nat(),
      outcome: fc.constantFrom('done', 'done', 'done', 'retry', 'parked'),
      wait: fc.nat({ max: 50 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('follow'),
      which: fc.nat(),
      max: fc.integer({ min: 0, max: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('unpark'), how: fc.constantFrom('again', 'skip') }) },
)

describe.each(['hold', 'pass'] as const)(
  'whatever becomes of items where a parked key is to %s',
  parkedKey => {
    it('each ends once, and in the order of its key', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 200, size: 'max' }), steps => {
          const play = new Play(parkedKey)
          for (const one of steps) play.do(one)
          play.finish()
          const ofKey = (items: readonly Numbered[], key: Key) => items.filter(item => item.key === key)
          for (const key of ['a', 'b', 'c'] as const)
            expect(ofKey(play.ended, key)).toEqual(ofKey(play.offered, key))
          expect(new Set(play.ended)).toEqual(new Set(play.offered))
          expect(play.ended).toHaveLength(play.offered.length)
        }),
      )
    })
  },
)
