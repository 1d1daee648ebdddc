import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FairLanes } from './fair-lanes.ts'
import type { FairOrderOptions, Priority } from './fair-order.ts'
import { FairOrder, priorities } from './fair-order.ts'

interface Item {
  readonly tenantId: string
  readonly priority: Priority
  readonly cost?: number
}

const repeat = (count: number, item: Item): Item[] => Array.from({ length: count }, () => item)

function fill(items: readonly Item[], options: FairOrderOptions = {}): FairOrder<Item> {
  const order = new FairOrder<Item>(options)
  for (const item of items) order.add(item, item)
  return order
}

describe('priorities', () => {
  const ofEach = (count: number) => priorities.flatMap(priority => repeat(count, { tenantId: 'a', priority }))
  const shares = (taken: readonly Item[]) =>
    priorities.map(priority => taken.filter(item => item.priority === priority).length)

  it('share by weight while all have something, and leave nothing idle when one has not', () => {
    const order = fill(ofEach(400))
    expect(shares(order.take(210))).toEqual([160, 40, 10])
    expect(shares(order.take(990))).toEqual([240, 360, 390])
    expect([order.size, order.take(5)]).toEqual([0, []])
  })

  it('are spread, not in heaps', () => {
    const taken = fill(ofEach(100))
      .take(42)
      .map(({ priority }) => priority)
    const normal = taken.flatMap((priority, at) => (priority === 'normal' ? [at] : []))
    const gaps = normal.slice(1).map((at, index) => at - (normal[index] as number))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(7)
  })

  it('never starve: the first of one waits for at most the sum of the weights less its own', () => {
    const weight = fc.integer({ min: 1, max: 20 })
    const weights = fc.record({ high: weight, normal: weight, low: weight })
    const before = fc.array(fc.constantFrom(...priorities), { maxLength: 100, size: 'max' })
    const sixteenToOne = fc.constant({ high: 16, normal: 4, low: 1 })
    fc.assert(
      fc.property(
        fc.oneof(sixteenToOne, weights),
        before,
        fc.constantFrom(...priorities),
        (chosen, earlier, priority) => {
          const order = fill([], { weights: chosen })
          // Whatever came before, and wherever the round has come to.
          for (const one of earlier) {
            order.add({ tenantId: 'x', priority: one }, { tenantId: 'x', priority: one })
            order.take(1)
          }
          const sum = chosen.high + chosen.normal + chosen.low
          const others = priorities.filter(one => one !== priority)
          for (const one of others)
            for (const item of repeat(sum, { tenantId: 'a', priority: one })) order.add(item, item)
          const waited = { tenantId: 'b', priority }
          order.add(waited, waited)
          expect(order.take(sum).indexOf(waited)).toBeLessThanOrEqual(sum - chosen[priority])
          expect(order.take(sum)).not.toContain(waited)
        },
      ),
    )
  })

  it('of 16 : 4 : 1: a low one waits for twenty at most', () => {
    for (let offset = 0; offset < 21; offset += 1) {
      const order = fill([
        ...repeat(100, { tenantId: 'a', priority: 'high' }),
        ...repeat(100, { tenantId: 'a', priority: 'normal' }),
      ])
      order.take(offset)
      const low = { tenantId: 'a', priority: 'low' } as const
      order.add(low, low)
      expect(order.take(21)).toContain(low)
    }
  })
})

describe('tenants', () => {
  const places = (taken: readonly Item[], tenantId: string) =>
    taken.flatMap((item, at) => (item.tenantId === tenantId ? [at + 1] : []))

  it('take turns: the p-th item of one waits for at most p of each other, whatever they have', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 30 }), (others, own) => {
        const flood = others.flatMap((count, index) =>
          repeat(count * 20, { tenantId: `t${index}`, priority: 'normal' }),
        )
        const order = fill([...flood, ...repeat(own, { tenantId: 'me', priority: 'normal' })])
        const waits = places(order.take(100_000), 'me')
        expect(waits).toHaveLength(own)
        for (const [index, place] of waits.entries())
          expect(place - (index + 1)).toBeLessThanOrEqual((index + 1) * others.length)
      }),
    )
  })

  it.each([1, 2, 5, 20])('wait at most twice as long when one of %d others floods a hundredfold', others => {
    /** Places of mine in the order of takes, one tenant having so many times as much as the others. */
    const run = (times: number) => {
      const items = Array.from({ length: others }, (_, index) =>
        repeat(index === 0 ? 10 * times : 10, { tenantId: `t${index}`, priority: 'normal' }),
      )
      return places(
        fill([...items.flat(), ...repeat(10, { tenantId: 'me', priority: 'normal' })]).take(1e6),
        'me',
      )
    }
    const [calm, flooded, idle] = [run(1), run(100), run(0)]
    for (const [index, place] of flooded.entries()) {
      expect(place).toBeLessThanOrEqual(2 * (calm[index] as number))
      // Also where the one that floods had nothing at all before.
      expect(place).toBeLessThanOrEqual(2 * (idle[index] as number))
    }
  })

  it('share by cost, not by number', () => {
    const order = fill(
      [
        ...repeat(600, { tenantId: 'dear', priority: 'low', cost: 10 }),
        ...repeat(600, { tenantId: 'cheap', priority: 'low', cost: 1 }),
        ...repeat(600, { tenantId: 'middle', priority: 'low', cost: 4 }),
      ],
      { quantum: 10 },
    )
    const taken = order.take(400)
    const spent = ['dear', 'cheap', 'middle'].map(
      tenantId => places(taken, tenantId).length * ({ dear: 10, cheap: 1, middle: 4 }[tenantId] as number),
    )
    expect(Math.max(...spent) - Math.min(...spent)).toBeLessThanOrEqual(20)
  })

  it('keep the order of their own items, lose none and get none twice, whatever they cost and whoever may not', () => {
    const step = fc.record({
      tenantId: fc.constantFrom('a', 'b', 'c'),
      priority: fc.constantFrom(...priorities),
      cost: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constantFrom(-1, 0, Number.NaN, 1e9)),
      take: fc.integer({ min: 0, max: 3 }),
      heldBack: fc.constantFrom('a', 'b', undefined),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), steps => {
        const order = new FairOrder<(typeof steps)[number]>({ quantum: 8 })
        const taken: typeof steps = []
        for (const [at, one] of steps.entries()) {
          order.add(one, one)
          const waiting = steps.slice(0, at + 1).filter(step => !taken.includes(step))
          const others = waiting.filter(({ tenantId }) => tenantId !== one.heldBack)
          const next = order.take(one.take, tenantId => tenantId !== one.heldBack)
          expect(next).toHaveLength(Math.min(one.take, others.length))
          expect(others).toEqual(expect.arrayContaining(next))
          taken.push(...next)
          expect(order.size).toBe(waiting.length - next.length)
        }
        taken.push(...order.take(1e6))
        const lane = (all: typeof steps, tenantId: string, priority: string) =>
          all.filter(item => item.tenantId === tenantId && item.priority === priority)
        for (const tenantId of ['a', 'b', 'c'])
          for (const priority of priorities)
            expect(lane(taken, tenantId, priority)).toEqual(lane(steps, tenantId, priority))
      }),
    )
  })
})

describe('fair lanes', () => {
  it('are bounded, and one that floods leaves room for others', () => {
    const lanes = new FairLanes<number>({ capacity: 100 })
    const flood = (tenantId: string, priority: Priority) => {
      let count = 0
      while (lanes.offer(count, { tenantId, priority }) === 'accepted') count += 1
      return count
    }
    expect([flood('a', 'low'), flood('a', 'high')]).toEqual([50, 0])
    expect(lanes.offer(0, { tenantId: 'a', priority: 'high' })).toBe('tenant_full')
    expect([flood('b', 'high'), flood('c', 'low')]).toEqual([25, 13])
    for (let index = 0; index < 12; index += 1)
      expect(lanes.offer(0, { tenantId: `new ${index}`, priority: 'low' })).toBe('accepted')
    expect([lanes.offer(0, { tenantId: 'last', priority: 'high' }), lanes.size]).toEqual(['full', 100])
    expect(lanes.take(1_000)).toHaveLength(100)
    expect(flood('a', 'low')).toBe(50)
  })

  it('refuse options that make no sense', () => {
    expect(() => new FairLanes({ capacity: -1 })).toThrow('capacity must be')
    expect(() => new FairLanes({ capacity: 1, quantum: 0, weights: { high: 1, normal: 0, low: 1 } })).toThrow(
      /quantum must be .*weights must name/,
    )
  })
})
