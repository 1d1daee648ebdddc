import { describe, expect, it } from 'vitest'
import type { KeyLaneOptions, Lease } from './key-lanes.ts'
import { KeyLanes } from './key-lanes.ts'

/** Items are texts whose first letter is their key. */
function setUp(items: readonly string[], options: Partial<KeyLaneOptions> = {}) {
  const lanes = new KeyLanes<string>({ capacity: 100, ...options })
  for (const item of items) expect(lanes.offer(item, item[0])).toBe('accepted')
  const take = (now = 0, max = 100) => lanes.take(max, now)
  return {
    lanes,
    take,
    names: (leases: readonly Lease<string>[]) => leases.map(({ item }) => item).join(' '),
  }
}

describe('lanes by key', () => {
  it('give the first item of each key, and the next one when that is done', () => {
    const { lanes, take, names } = setUp(['a1', 'a2', 'b1', 'a3', 'c1'])
    const [a1, ...others] = take() as [Lease<string>, ...Lease<string>[]]
    expect([a1.item, names(others)]).toEqual(['a1', 'b1 c1'])
    expect([names(take()), lanes.dueIn(0)]).toEqual(['', undefined])
    lanes.settle(a1, 'done')
    expect(lanes.dueIn(0)).toBe(0)
    expect(names(take())).toBe('a2')
    expect([lanes.size, lanes.inHand, lanes.keys]).toEqual([4, 3, 3])
  })

  it('let a key wait for its retry while the others go on', () => {
    const { lanes, take, names } = setUp(['a1', 'a2', 'b1', 'b2'])
    const [a1, b1] = take() as [Lease<string>, Lease<string>]
    lanes.settle(a1, { retryAt: 100 })
    lanes.settle(b1, 'done')
    const [b2] = take(50) as [Lease<string>]
    expect(b2.item).toBe('b2')
    expect([lanes.dueIn(50), names(take(99)), lanes.dueIn(200)]).toEqual([50, '', 0])
    const [again] = take(100) as [Lease<string>]
    expect(again).toMatchObject({ item: 'a1', key: 'a', attempt: 2 })
    lanes.settle(again, 'done')
    expect(names(take(100))).toBe('a2')
  })

  it('give away what stands behind an item that waits, up to the last that has to stay', () => {
    const { lanes, take, names } = setUp(['a1', 'a2', 'a3', 'a4', 'b1', 'b2'])
    const mayGo = (item: string) => item !== 'a2'
    expect([lanes.hasBehind, lanes.takeBehind(mayGo)]).toEqual([false, []])
    const [a1, b1] = take() as [Lease<string>, Lease<string>]
    lanes.settle(a1, { retryAt: 100 })
    expect([lanes.hasBehind, lanes.takeBehind(mayGo)]).toEqual([
      true,
      [{ first: 'a1', behind: ['a3', 'a4'] }],
    ])
    expect([lanes.size, lanes.hasBehind, lanes.takeBehind(mayGo)]).toEqual([4, false, []])
    lanes.offer('a5', 'a')
    expect(lanes.hasBehind).toBe(true)
    lanes.settle(b1, 'done')
    expect(names(take(100))).toBe('b2 a1')
    // The key is in hand again: it does not wait.
    expect([lanes.hasBehind, lanes.takeBehind(mayGo)]).toEqual([false, []])
    lanes.settle(a1, 'done')
    expect(names(take(100))).toBe('a2')
    expect(lanes.size).toBe(3)
  })

  it('wake what is due in the order of its times, and of its coming where these are the same', () => {
    const { lanes, take, names } = setUp(['a1', 'b1', 'c1', 'd1'])
    const due = [30, 10, 20, 10]
    for (const [index, lease] of take().entries()) lanes.settle(lease, { retryAt: due[index] as number })
    expect(lanes.dueIn(0)).toBe(10)
    expect(names(take(30))).toBe('b1 d1 c1 a1')
  })

  it('hold back what follows an item that was parked, until it is let go', () => {
    const { lanes, take, names } = setUp(['a1', 'a2', 'b1'])
    lanes.settle(take(0, 1)[0] as Lease<string>, 'parked')
    expect([names(take()), lanes.isParked('a'), lanes.isParked('a', 'else'), lanes.size]).toEqual([
      'b1',
      true,
      false,
      3,
    ])
    expect(lanes.parkedKeys).toEqual([{ key: 'a', scope: '' }])
    expect(lanes.unpark('a', 'skip', 'else')).toBeUndefined()
    expect(lanes.offer('a3', 'a')).toBe('accepted')
    expect(lanes.unpark('a', 'again')).toBe('a1')
    expect([lanes.isParked('a'), lanes.parkedKeys]).toEqual([false, []])
    const [again] = take() as [Lease<string>]
    expect(again).toMatchObject({ item: 'a1', attempt: 2 })
    lanes.settle(again, 'parked')
    expect([lanes.unpark('a', 'skip'), names(take()), lanes.size]).toEqual(['a1', 'a2', 3])
    expect([lanes.unpark('a', 'skip'), lanes.parkedKeys]).toEqual([undefined, []])
  })

  it('let what follows pass where they are told to', () => {
    const { lanes, take, names } = setUp(['a1', 'a2'], { parkedKey: 'pass' })
    lanes.settle(take()[0] as Lease<string>, 'parked')
    expect([names(take()), lanes.parkedKeys, lanes.size]).toEqual(['a2', [], 1])
  })

  it('bind items without a key to no order', () => {
    const { lanes, take, names } = setUp([])
    for (const item of ['1', '2', '3']) lanes.offer(item)
    const [first, second] = take() as [Lease<string>, Lease<string>]
    lanes.settle(first, { retryAt: 5 })
    lanes.settle(second, 'parked')
    expect([lanes.size, lanes.keys, names(take(5))]).toEqual([2, 0, '1'])
  })

  it('refuse what they have no room for', () => {
    const { lanes, take } = setUp(['a1', 'a2'], { capacity: 3, maxPerKey: 2 })
    expect(lanes.offer('a3', 'a')).toBe('key_full')
    expect(lanes.offer('b1', 'b')).toBe('accepted')
    expect(lanes.offer('c1', 'c')).toBe('full')
    lanes.settle(take()[0] as Lease<string>, 'done')
    expect(lanes.offer('a3', 'a')).toBe('accepted')
  })

  it('refuse to settle what is not in hand', () => {
    const { lanes, take } = setUp(['a1', 'a2'])
    const [a1] = take() as [Lease<string>]
    expect(() => lanes.settle(a1, { retryAt: Number.NaN })).toThrow('no point in time')
    lanes.settle(a1, { retryAt: 5 })
    expect(() => lanes.settle(a1, 'done')).toThrow(TypeError)
    take(5)
    lanes.settle(a1, 'done')
    take()
    for (const outcome of ['done', 'parked', { retryAt: 1 }] as const)
      expect(() => lanes.settle(a1, outcome)).toThrow(TypeError)
    expect(() => lanes.settle({ item: 'a2', key: 'a', attempt: 1 }, 'done')).toThrow(TypeError)
    expect([lanes.size, lanes.inHand]).toEqual([1, 1])
  })

  it('keep nothing of keys whose items are done', () => {
    const { lanes, take } = setUp([], { capacity: 100_000 })
    for (let index = 0; index < 100_000; index += 1) lanes.offer('x', `key ${index}`)
    expect(lanes.keys).toBe(100_000)
    for (const lease of lanes.take(100_000, 0)) lanes.settle(lease, 'done')
    expect([lanes.keys, lanes.size, lanes.inHand, take()]).toEqual([0, 0, 0, []])
  })

  it('refuse options that make no sense', () => {
    expect(() => setUp([], { capacity: 0, maxPerKey: 0.5 })).toThrow(/capacity must be .*maxPerKey must be/)
  })
})

describe('keys that are free', () => {
  it('do not starve: between two turns of one, every other that is free has at most one', () => {
    const lanes = new KeyLanes<number>({ capacity: 1_000 })
    const keys = ['flood', 'b', 'c', 'd']
    for (let index = 0; index < 500; index += 1) lanes.offer(index, 'flood')
    for (let index = 0; index < 60; index += 1) lanes.offer(index, keys[1 + (index % 3)])
    const order: string[] = []
    while (order.length < 80) {
      const [lease] = lanes.take(1, 0) as [Lease<number>]
      order.push(lease.key as string)
      lanes.settle(lease, 'done')
    }
    for (let turn = 0; turn < 80; turn += 4) expect(new Set(order.slice(turn, turn + 4)).size).toBe(4)
  })
})
