import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WaitingAppend } from './append-queue.ts'
import { AppendQueue } from './append-queue.ts'

const limits = { maxWaitingEvents: 100, maxWaitingBytes: 100_000 }

function waiting(tenantId: string, eventCount = 1, bytes = 10): WaitingAppend {
  const append = { tenantId, writes: [], idempotencyKey: undefined, unless: undefined, eventCount, bytes }
  return { append, resolve: () => undefined, reject: () => undefined }
}

const tenantsOf = (taken: readonly WaitingAppend[]): string =>
  taken.map(({ append }) => append.tenantId).join('')

describe('the append queue', () => {
  it('takes what waits in order, within the bounds of a batch', () => {
    const queue = new AppendQueue(limits)
    const all = [3, 2, 4, 1].map(count => waiting('a', count))
    for (const one of all) expect(queue.add(one)).toBe(true)
    expect(queue.take(5, 1000)).toEqual(all.slice(0, 2))
    expect(queue.take(500, 1000)).toEqual(all.slice(2))
    expect(queue.isEmpty).toBe(true)
  })

  it('takes an append that is larger than a batch by itself', () => {
    const queue = new AppendQueue(limits)
    const large = waiting('a', 40, 5000)
    queue.add(large)
    queue.add(waiting('a'))
    expect(queue.take(5, 1000)).toEqual([large])
  })

  it('lets tenants take turns, and gives each its turn before one has its second', () => {
    const queue = new AppendQueue({ ...limits, maxWaitingEvents: 10_000 })
    for (let index = 0; index < 200; index += 1) queue.add(waiting('a'))
    queue.add(waiting('b'))
    queue.add(waiting('c'))
    const first = tenantsOf(queue.take(80, 100_000))
    expect(first).toBe(`${'a'.repeat(32)}bc${'a'.repeat(46)}`)
  })

  it('keeps room for others: one that floods gets half, the next one half of what is free', () => {
    const queue = new AppendQueue(limits)
    const flood = (tenantId: string) => {
      let taken = 0
      while (queue.add(waiting(tenantId))) taken += 1
      return taken
    }
    expect(flood('a')).toBe(50)
    expect(flood('b')).toBe(25)
    expect(flood('a')).toBe(0)
    expect(queue.add(waiting('c'))).toBe(true)
    const one = waiting('a')
    queue.take(50, 100_000)
    for (let index = 0; index < 50; index += 1) queue.release(one.append)
    // What a gave back is free again: b may hold as much as is left beside it.
    expect(25 + flood('b')).toBe(50)
  })

  it('takes a single append beyond its bounds when nothing waits, as it could never be taken else', () => {
    const queue = new AppendQueue(limits)
    expect(queue.add(waiting('a', 5_000))).toBe(true)
    expect(queue.add(waiting('b', 5_000))).toBe(false)
    expect(queue.add(waiting('a', 1))).toBe(false)
  })

  it('never holds more than its limits, loses nothing, and keeps the order of each tenant', () => {
    const command = fc.record({
      tenant: fc.constantFrom('a', 'b', 'c', 'd'),
      count: fc.integer({ min: 1, max: 20 }),
      take: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(command, { maxLength: 200 }), commands => {
        const queue = new AppendQueue(limits)
        const accepted: WaitingAppend[] = []
        const taken: WaitingAppend[] = []
        for (const { tenant, count, take } of commands) {
          const one = waiting(tenant, count)
          if (queue.add(one)) accepted.push(one)
          expect(queue.events).toBeLessThanOrEqual(limits.maxWaitingEvents)
          if (!take) continue
          const batch = queue.take(30, 10_000)
          for (const { append } of batch) queue.release(append)
          taken.push(...batch)
        }
        while (!queue.isEmpty) taken.push(...queue.take(30, 10_000))
        for (const tenant of ['a', 'b', 'c', 'd']) {
          const own = (all: WaitingAppend[]) => all.filter(({ append }) => append.tenantId === tenant)
          expect(own(taken)).toEqual(own(accepted))
        }
      }),
    )
  })
})
