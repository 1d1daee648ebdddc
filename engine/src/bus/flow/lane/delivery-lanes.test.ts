import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DeliveryLaneOptions } from './delivery-lanes.ts'
import { DeliveryLanes } from './delivery-lanes.ts'
import type { Priority } from './fair-order.ts'
import { priorities } from './fair-order.ts'
import type { Lease } from './key-lanes.ts'

interface Item {
  readonly tenantId: string
  readonly priority: Priority
  readonly orderingKey: string | undefined
  readonly number: number
}

const item = (
  tenantId: string,
  orderingKey: string | undefined,
  number = 0,
  priority: Priority = 'normal',
) => ({
  tenantId,
  orderingKey,
  number,
  priority,
})

function setUp(options: Partial<DeliveryLaneOptions> = {}) {
  const lanes = new DeliveryLanes<Item>({ capacity: 1_000, ...options })
  const one = (now = 0): Lease<Item> => lanes.take(1, now)[0] as Lease<Item>
  return { lanes, one }
}

describe('the lanes of a subscription', () => {
  it('keep a key in order, and the same key of another tenant apart', () => {
    const { lanes, one } = setUp()
    for (const number of [1, 2]) for (const tenantId of ['a', 'b']) lanes.offer(item(tenantId, 'k', number))
    const leases = lanes.take(10, 0)
    expect(leases.map(lease => lease.item)).toEqual([item('a', 'k', 1), item('b', 'k', 1)])
    expect(lanes.inHand).toBe(2)
    lanes.settle(leases[1] as Lease<Item>, 'done')
    expect(one().item).toEqual(item('b', 'k', 2))
  })

  it('have something to give as long as a free key is left', () => {
    const { lanes, one } = setUp()
    for (const key of ['k', 'l']) lanes.offer(item('a', key))
    expect([lanes.dueIn(0), one().key, lanes.dueIn(0), one().key, lanes.dueIn(0)]).toEqual([
      0,
      'k',
      0,
      'l',
      undefined,
    ])
  })

  it('are not held up by a busy key, however much of it waits', () => {
    const { lanes, one } = setUp({ maxPerKey: 300 })
    for (let number = 0; number < 300; number += 1) lanes.offer(item('a', 'hot', number))
    for (let number = 0; number < 5; number += 1) lanes.offer(item('b', undefined, number))
    lanes.settle(one(), { retryAt: 1_000 })
    expect(lanes.take(100, 0).map(({ item: { tenantId } }) => tenantId)).toEqual(Array(5).fill('b'))
    expect([lanes.dueIn(400), one(999), lanes.dueIn(1_000)]).toEqual([600, undefined, 0])
    expect(one(1_000)).toMatchObject({ attempt: 2, item: { number: 0 } })
  })

  it('refuse by key, by tenant and altogether, and forget what they refused', () => {
    const { lanes, one } = setUp({ capacity: 10, maxPerKey: 2 })
    const offer = (tenantId: string, key?: string) => lanes.offer(item(tenantId, key))
    expect([offer('a', 'k'), offer('a', 'k'), offer('a', 'k')]).toEqual(['accepted', 'accepted', 'key_full'])
    expect([offer('a'), offer('a'), offer('a'), offer('a')]).toEqual([
      ...Array(3).fill('accepted'),
      'tenant_full',
    ])
    for (const tenantId of ['b', 'c', 'd', 'e', 'f']) expect(offer(tenantId)).toBe('accepted')
    expect([offer('g'), lanes.size]).toEqual(['full', 10])
    lanes.settle(one(), 'done')
    expect(offer('g')).toBe('accepted')
  })

  it('count what is parked until it is let go', () => {
    const { lanes, one } = setUp({ capacity: 4 })
    for (const number of [1, 2]) lanes.offer(item('a', 'k', number))
    lanes.settle(one(), 'parked')
    expect([lanes.isParked('a', 'k'), lanes.isParked('b', 'k'), lanes.size, one()]).toEqual([
      true,
      false,
      2,
      undefined,
    ])
    expect(lanes.offer(item('a', 'other'))).toBe('tenant_full')
    expect(lanes.unpark('a', 'k', 'again')).toEqual(item('a', 'k', 1))
    expect(lanes.offer(item('a', 'other'))).toBe('tenant_full')
    lanes.settle(one(), 'parked')
    expect(lanes.unpark('b', 'k', 'skip')).toBeUndefined()
    expect(lanes.unpark('a', 'k', 'skip')).toEqual(item('a', 'k', 1))
    expect(lanes.offer(item('a', 'other'))).toBe('accepted')
    expect(one().item.number).toBe(2)
  })

  it('give each tenant its turn among those whose keys are free', () => {
    const { lanes } = setUp()
    for (let number = 0; number < 400; number += 1) lanes.offer(item('flood', `k${number}`, number))
    for (let number = 0; number < 20; number += 1) lanes.offer(item('calm', `k${number % 5}`, number))
    const order: string[] = []
    while (order.length < 40)
      for (const lease of lanes.take(2, 0)) {
        order.push(lease.item.tenantId)
        lanes.settle(lease, 'done')
      }
    expect(order.filter(tenantId => tenantId === 'calm')).toHaveLength(20)
  })

  it('end each item once, and in order within its key, whatever happens', () => {
    const step = fc.record({
      offer: fc.tuple(
        fc.constantFrom('a', 'b', 'c'),
        fc.constantFrom('x', 'y'),
        fc.constantFrom(...priorities),
      ),
      take: fc.integer({ min: 0, max: 3 }),
      settle: fc.nat({ max: 3 }),
      retry: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: 'max' }), steps => {
        const { lanes } = setUp({ capacity: 40, parkedKey: 'pass' })
        const accepted: Item[] = []
        const ended: Item[] = []
        const inHand: Lease<Item>[] = []
        const settle = (isRetry: boolean, now: number) => {
          const lease = inHand.shift()
          if (lease === undefined) return
          lanes.settle(lease, isRetry ? { retryAt: now + 7 } : 'done')
          if (!isRetry) ended.push(lease.item)
        }
        for (const [now, one] of steps.entries()) {
          const [tenantId, key, priority] = one.offer
          const offered = item(tenantId, key, now, priority)
          if (lanes.offer(offered) === 'accepted') accepted.push(offered)
          inHand.push(...lanes.take(one.take, now))
          for (let count = 0; count < one.settle; count += 1) settle(one.retry, now)
          expect(lanes.size).toBe(accepted.length - ended.length)
          expect(lanes.inHand).toBe(inHand.length)
        }
        while (lanes.size > 0) {
          inHand.push(...lanes.take(100, 1e6))
          while (inHand.length > 0) settle(false, 1e6)
        }
        const lane = (all: readonly Item[], like: Item) =>
          all.filter(one => one.tenantId === like.tenantId && one.orderingKey === like.orderingKey)
        for (const like of accepted) expect(lane(ended, like)).toEqual(lane(accepted, like))
        expect(ended).toHaveLength(accepted.length)
      }),
    )
  })
})

describe('items that are taken together', () => {
  const all = () => true
  const numbers = (leases: readonly Lease<Item>[]) => leases.map(lease => lease.item.number)

  it('are of one tenant, its free keys first and then what stands behind them', () => {
    const { lanes } = setUp()
    for (const number of [1, 2, 3]) lanes.offer(item('a', 'k', number))
    lanes.offer(item('b', 'k', 10))
    for (const number of [4, 5]) lanes.offer(item('a', 'l', number))
    const together = lanes.takeTogether(4, 0, { fits: all })
    expect(numbers(together).toSorted()).toEqual([1, 2, 3, 4])
    expect(numbers(together).filter(number => number < 4)).toEqual([1, 2, 3])
    expect(lanes.inHand).toBe(4)
    // The other tenant was given back, and its turn comes now.
    expect(numbers(lanes.takeTogether(4, 0, { fits: all }))).toEqual([10])
    for (const lease of together) lanes.settle(lease, 'done')
    expect(numbers(lanes.takeTogether(4, 0, { fits: all }))).toEqual([5])
  })

  it('end where one does not fit, and are one where the first does not', () => {
    const { lanes } = setUp()
    for (const number of [1, 2, 3, 4]) lanes.offer(item('a', 'k', number))
    lanes.offer(item('a', 'l', 5))
    const fits = ({ number }: Item) => number !== 3 && number !== 5
    const first = lanes.takeTogether(10, 0, { fits })
    expect(numbers(first)).toEqual([1, 2])
    for (const lease of first) lanes.settle(lease, 'done')
    const rest = [lanes.takeTogether(10, 0, { fits }), lanes.takeTogether(10, 0, { fits })]
    expect(rest.map(numbers).toSorted()).toEqual([[3], [5]])
  })

  it('are in hand no more behind one that waits', () => {
    const { lanes } = setUp()
    for (const number of [1, 2, 3]) lanes.offer(item('a', 'k', number))
    const [first, second] = lanes.takeTogether(3, 0, { fits: all })
    lanes.settle(first as Lease<Item>, 'done')
    lanes.settle(second as Lease<Item>, { retryAt: 10 })
    expect([lanes.inHand, lanes.size, lanes.dueIn(0)]).toEqual([0, 2, 10])
    expect(numbers(lanes.takeTogether(3, 10, { fits: all }))).toEqual([2, 3])
  })
})
