import { describe, expect, it, vi } from 'vitest'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { ManualAlarm } from '../../testing/transport-contract/manual-alarm.ts'
import { turns } from '../../testing/transport-contract/transport-steps.ts'
import { createEmbeddedTransport } from './index.ts'

/** So many subscriptions that own their partitions, on a store whose commits are counted. */
async function open(count: number, window = 10) {
  const store = createMemoryStore()
  await store.append('acme', [{ stream: 's', expected: 'any', events: [sampleEvent('acme')] }])
  const port = portOf(store)
  let commits = 0
  const counted: EventStore = {
    ...port,
    commit: unit => {
      commits += 1
      return port.commit(unit)
    },
  }
  const alarm = new ManualAlarm()
  const transport = createEmbeddedTransport(counted, { alarm, leaseTime: 30_000 })
  const stop = new AbortController()
  const spec = { start: 'beginning', window } as const
  const receivers = Array.from({ length: count }, (_, index) =>
    transport.receive({ ...spec, subscription: `s-${index}` }),
  )
  await Promise.all(receivers.map(receiver => receiver.pull(10, stop.signal)))
  const commitsOf = async (work: () => Promise<unknown>) => {
    commits = 0
    await work()
    return commits
  }
  return { store, alarm, transport, receivers, spec, stop, commitsOf }
}

const owners = async (store: EventStore) =>
  (await store.documents({ tenantId: 'platform' }, 'delivery-owner', { limit: 1_000 })).map(
    ({ value }) => (value as { until: number }).until,
  )

describe('the owners of a process', () => {
  it('renew together, and none again before it is due', async () => {
    const { store, alarm, receivers, commitsOf } = await open(300)
    alarm.advance(10_000)
    expect(await commitsOf(() => Promise.all(receivers.map(one => one.renew())))).toBe(2)
    expect(new Set(await owners(store))).toEqual(new Set([alarm.now() + 30_000]))
    alarm.advance(2_000)
    expect(await commitsOf(() => Promise.all(receivers.map(one => one.renew())))).toBe(0)
    await Promise.all(receivers.map(one => one.close()))
  })

  it('keep together what nobody waits for and is done within 50 milliseconds', async () => {
    const { store, receivers, stop, commitsOf } = await open(1, 1_000)
    const [own] = receivers
    const events = Array.from({ length: 5 }, () => sampleEvent('acme'))
    await store.append('acme', [{ stream: 's', expected: 'any', events }])
    const deliveries = (await own?.pull(10, stop.signal)) ?? []
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const commits = await commitsOf(async () => {
        const completed: (Promise<void> | undefined)[] = []
        for (const delivery of deliveries) {
          completed.push(own?.complete([delivery]))
          vi.advanceTimersByTime(9)
          await turns()
        }
        vi.advanceTimersByTime(50)
        await Promise.all(completed)
      })
      expect([deliveries.length, commits]).toEqual([5, 1])
    } finally {
      vi.useRealTimers()
    }
    await own?.close()
  })

  it('are no worse off for one that was overtaken', async () => {
    const { store, alarm, transport, receivers, spec, stop } = await open(20)
    alarm.advance(30_001)
    const other = transport.receive({ ...spec, subscription: 's-7' })
    await other.pull(10, stop.signal)
    const results = await Promise.allSettled(receivers.map(one => one.renew()))
    const failed = results.flatMap(({ status }, index) => (status === 'rejected' ? index : []))
    expect(failed).toEqual([7])
    expect(new Set(await owners(store))).toEqual(new Set([alarm.now() + 30_000]))
    await Promise.all([...receivers, other].map(one => one.close()))
  })

  it('hand a partition over at once where it is closed, and look once a second for what another process gives up', async () => {
    const store = createMemoryStore()
    const alarm = new ManualAlarm()
    await store.append('acme', [{ stream: 's', expected: 'any', events: [sampleEvent('acme')] }])
    const spec = { subscription: 'own', start: 'beginning', window: 10 } as const
    const transport = createEmbeddedTransport(store, { alarm, leaseTime: 30_000 })
    const { signal } = new AbortController()
    const first = transport.receive(spec)
    const second = transport.receive(spec)
    const third = createEmbeddedTransport(store, { alarm, leaseTime: 30_000 }).receive(spec)
    expect(await first.pull(1, signal)).toHaveLength(1)
    const next = second.pull(1, signal)
    await turns()
    await first.close()
    expect(await next).toHaveLength(1)
    const last = third.pull(1, signal)
    await turns()
    await second.close()
    await turns()
    alarm.advance(1_000)
    expect(await last).toHaveLength(1)
    await third.close()
  })
})
