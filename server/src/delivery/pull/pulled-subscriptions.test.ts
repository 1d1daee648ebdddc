import { createIdSource } from 'keelson'
import { createEmbeddedTransport } from 'keelson/embedded'
import { createMemoryStore } from 'keelson/memory'
import { ManualAlarm, sampleEvent } from 'keelson/testing'
import { describe, expect, it } from 'vitest'
import type { OwnSubscription } from '../own/own-subscription.ts'
import { ownDefaults } from '../own/own-subscription.ts'
import { OwnSubscriptions } from '../own/own-subscriptions.ts'
import { PulledSubscriptions } from './pulled-subscriptions.ts'

const never = new AbortController().signal
const turn = () => new Promise<void>(resolve => setImmediate(resolve))

async function setUp() {
  const store = createMemoryStore()
  const alarm = new ManualAlarm()
  const own = new OwnSubscriptions(store, alarm, createIdSource(alarm))
  const made = await own.create('acme', { name: 'orders', definition: ownDefaults, by: 'key-1' })
  await store.append('acme', [
    { stream: 's', expected: 'any', events: [sampleEvent('acme'), sampleEvent('acme')] },
  ])
  const server = (serverId: string) =>
    new PulledSubscriptions(
      { store, alarm, serverId, transport: createEmbeddedTransport(store, { owner: serverId, alarm }) },
      () => undefined,
    )
  const [one, other] = [server('one'), server('other')]
  return { alarm, own, subscription: made.own, one, other, store }
}

/** Lets time go by in small steps, as it does. */
async function pass(alarm: ManualAlarm, milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 250) {
    alarm.advance(250)
    for (let at = 0; at < 5; at += 1) await turn()
  }
}

/** Lets time go by until it is done. */
async function passing<Result>(alarm: ManualAlarm, work: Promise<Result>): Promise<Result> {
  let isDone = false
  const over = () => {
    isDone = true
  }
  work.then(over, over)
  while (!isDone) await pass(alarm, 250)
  return work
}

const pull = async (server: PulledSubscriptions, own: OwnSubscription, alarm: ManualAlarm) =>
  passing(
    alarm,
    server.open(own).then(running => running.pull(1, 2_000, never)),
  )

describe('a subscription that is pulled here', () => {
  it('ends when nobody has pulled for half a minute, and lets another server have it', async () => {
    const { alarm, subscription, one, other } = await setUp()
    const first = await pull(one, subscription, alarm)
    expect(first.deliveries).toHaveLength(1)
    expect((await pull(other, subscription, alarm)).isElsewhere).toBe(true)
    // Who has a delivery in hand keeps it running, as long as its time is not over.
    await pass(alarm, 20_000)
    expect(one.find(subscription)).toBeDefined()
    expect(await one.settle(subscription, [{ token: first.deliveries[0]?.token ?? '' }])).toEqual([])
    await pass(alarm, 40_000)
    expect([one.all.length, other.all.length]).toEqual([0, 0])
    expect([one.countsOf(subscription), other.countsOf(subscription)]).toEqual([
      { handled: 1, failed: 0 },
      { handled: 0, failed: 0 },
    ])
    const next = await pull(other, subscription, alarm)
    expect(next.deliveries.map(({ context }) => context.delivery.position)).toEqual([2])
    await passing(alarm, Promise.all([one.close(), other.close()]))
  })

  it('is told by way of the store what another server was told', async () => {
    const { alarm, subscription, one, other } = await setUp()
    const { deliveries } = await pull(one, subscription, alarm)
    const token = deliveries[0]?.token ?? ''
    expect(
      await other.settle(subscription, [{ token }, { token: 'one.forged' }, { token: 'third.x' }]),
    ).toEqual(['third.x'])
    await pass(alarm, 1_000)
    expect(one.counts).toEqual({ handled: 1, failed: 0 })
    expect(await one.settle(subscription, [{ token }])).toEqual([token])
    await passing(alarm, Promise.all([one.close(), other.close()]))
  })

  it('begins anew when it was changed, and not when it was deleted and made again', async () => {
    const { alarm, own, subscription, one } = await setUp()
    const running = await one.open(subscription)
    expect(await one.open(subscription)).toBe(running)
    const changed = await own.change('acme', 'orders', () => ({
      definition: { ...ownDefaults, concurrency: 1 },
    }))
    const anew = await passing(alarm, one.open(changed))
    expect(anew).not.toBe(running)
    expect(one.all).toEqual([anew])
    await own.remove('acme', 'orders')
    const again = await own.create('acme', { name: 'orders', definition: ownDefaults, by: 'key-1' })
    expect(one.find(again.own)).toBeUndefined()
    expect(await passing(alarm, one.open(again.own))).not.toBe(anew)
    await passing(alarm, one.close())
    await expect(one.open(changed)).rejects.toMatchObject({ code: 'not_ready' })
  })
})
