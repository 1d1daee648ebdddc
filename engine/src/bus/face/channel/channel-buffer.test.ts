import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualAlarm } from '../../../testing/transport-contract/manual-alarm.ts'
import type { Lease, Priority } from '../../flow/index.ts'
import { priorities } from '../../flow/index.ts'
import { channelSettings } from '../event-bus-config.ts'
import { ChannelBuffer } from './channel-buffer.ts'

interface Item {
  readonly number: number
  readonly tenantId: string
  readonly orderingKey: string
  readonly priority: Priority
}

const settings = (bufferSize: number, maxWaiting: number) =>
  channelSettings({ channels: { c: { bufferSize, consumers: [], maxWaiting } } }, 'c')

/** Lets what was resolved be seen. */
const rest = () => new Promise<void>(resolve => setImmediate(resolve))

type Step = 'add' | 'take' | 'done' | 'retry' | 'free' | 'wait'

describe('a channel buffer', () => {
  it('does what a plain list would: bounded, in order of each key, nothing lost, whoever waits', async () => {
    const step = fc.record({
      what: fc.constantFrom<Step>(
        'add',
        'add',
        'add',
        'take',
        'take',
        'done',
        'retry',
        'free',
        'free',
        'wait',
      ),
      tenant: fc.constantFrom('a', 'b'),
      key: fc.constantFrom('x', 'y'),
      priority: fc.constantFrom(...priorities),
      at: fc.nat(7),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        fc.array(step, { maxLength: 60 }),
        async (bufferSize, maxWaiting, steps) => {
          const alarm = new ManualAlarm(0)
          const buffer = new ChannelBuffer<Item>(settings(bufferSize, maxWaiting), alarm)
          const accepted: Item[] = []
          const refused: Item[] = []
          const inHand: Lease<Item>[] = []
          const settled: Item[] = []
          const done: Item[] = []
          let [added, freed] = [0, 0]
          for (const { what, tenant, key, priority, at } of steps) {
            const lease = inHand[at % Math.max(1, inHand.length)]
            const item = settled[at % Math.max(1, settled.length)]
            if (what === 'add') {
              const own = { number: added, tenantId: tenant, orderingKey: key, priority }
              added += 1
              buffer.add(own).then(
                () => accepted.push(own),
                () => refused.push(own),
              )
              await rest()
            } else if (what === 'take') {
              const taken = buffer.take(alarm.now())
              if (taken !== undefined) inHand.push(taken)
            } else if (what === 'done' && lease !== undefined) {
              inHand.splice(inHand.indexOf(lease), 1)
              buffer.settle(lease, 'done')
              settled.push(lease.item)
              done.push(lease.item)
            } else if (what === 'retry' && lease !== undefined) {
              inHand.splice(inHand.indexOf(lease), 1)
              buffer.settle(lease, { retryAt: alarm.now() + 10 })
            } else if (what === 'free' && item !== undefined) {
              settled.splice(settled.indexOf(item), 1)
              buffer.free(item)
              buffer.free(item)
              freed += 1
              await rest()
            } else if (what === 'wait') alarm.advance(10)
            expect(buffer.held).toBe(accepted.length - freed)
            expect(buffer.held).toBeLessThanOrEqual(bufferSize)
            expect(buffer.waiting).toBe(added - accepted.length - refused.length)
            expect(buffer.waiting).toBeLessThanOrEqual(maxWaiting)
            // Whoever waits does so because there is no room.
            if (buffer.waiting > 0) expect(buffer.held).toBe(bufferSize)
            const keys = inHand.map(({ item: { tenantId, orderingKey } }) => `${tenantId}/${orderingKey}`)
            expect(new Set(keys).size).toBe(keys.length)
          }
          for (const tenant of ['a', 'b'])
            for (const key of ['x', 'y']) {
              const own = (list: readonly Item[]) =>
                list.filter(one => one.tenantId === tenant && one.orderingKey === key)
              expect(own(done)).toEqual(own(accepted).slice(0, own(done).length))
            }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('says of how long places were taken when to come again', async () => {
    const alarm = new ManualAlarm(0)
    const buffer = new ChannelBuffer<Item>(settings(1, 0), alarm)
    const item = { number: 0, tenantId: 'a', orderingKey: 'x', priority: 'normal' } as const
    await buffer.add(item)
    const lease = buffer.take(0)
    alarm.advance(7_000)
    if (lease !== undefined) buffer.settle(lease, 'done')
    buffer.free(item)
    await buffer.add({ ...item })
    await expect(buffer.add({ ...item })).rejects.toMatchObject({
      code: 'channel_full',
      details: { channel: 'c', retryAfterSeconds: 7 },
    })
  })

  it('gives places to the tenants by turns', async () => {
    const buffer = new ChannelBuffer<Item>(settings(1, 100), new ManualAlarm(0))
    const order: string[] = []
    const add = (number: number, tenantId: string) =>
      buffer
        .add({ number, tenantId, orderingKey: 'x', priority: 'normal' })
        .then(() => order.push(`${tenantId}${number}`))
    for (let number = 0; number < 20; number += 1) void add(number, 'flood')
    void add(0, 'few')
    while (order.length < 21) {
      await rest()
      const lease = buffer.take(0)
      if (lease === undefined) continue
      buffer.settle(lease, 'done')
      buffer.free(lease.item)
    }
    expect(order.indexOf('few0')).toBeLessThanOrEqual(2)
  })
})
