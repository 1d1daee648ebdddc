import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../store/memory/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { ManualAlarm } from '../../testing/transport-contract/manual-alarm.ts'
import { turns, until } from '../../testing/transport-contract/transport-steps.ts'
import type { Delivery } from '../index.ts'
import { createEmbeddedTransport } from './index.ts'

const collection = 'delivery-scheduled/own#0'

/** A receiver on a log of events that are due one second after another, the last one first. */
async function open(count: number) {
  const store = createMemoryStore()
  const alarm = new ManualAlarm()
  const begun = alarm.now()
  const events = Array.from({ length: count }, (_, index) =>
    sampleEvent('acme', {
      payload: { index },
      metadata: { deliverAt: new Date(begun + (count - index) * 1_000).toISOString() },
    }),
  )
  await store.append('acme', [{ stream: 's', expected: 'any', events }])
  const transport = createEmbeddedTransport(store, { alarm })
  const receive = () => transport.receive({ subscription: 'own', start: 'beginning', window: 50 })
  return { store, alarm, receive }
}

describe('what is to be delivered later', () => {
  it('is a document each, in the order of times, however many there are', async () => {
    const { store, alarm, receive } = await open(2_000)
    const receiver = receive()
    const stop = new AbortController()
    const positions: number[] = []
    let most = 0
    const inHand: Delivery[] = []
    const pulling = (async () => {
      while (!stop.signal.aborted) {
        inHand.push(...(await receiver.pull(20, stop.signal)))
        most = Math.max(most, inHand.length)
        positions.push(...inHand.map(({ position }) => position))
        await receiver.complete(inHand.splice(0))
      }
    })()
    await until(async () => (await store.checkpoint('delivery/own#0')) === 2_000, 'the end of the log')
    expect(positions).toEqual([])
    const { lag, waiting, scheduled } = await receiver.status()
    expect([lag.events, waiting, scheduled]).toEqual([0, 0, { waiting: 1_000, nextAt: alarm.now() + 1_000 }])
    alarm.advance(1_999)
    await until(() => positions.length === 1, 'the first that is due')
    alarm.advance(499_000)
    await until(() => positions.length === 500, 'those that are due')
    await turns()
    const left = await store.documents({ tenantId: 'acme' }, collection, { limit: 1_000, dueUntil: 2 ** 52 })
    expect(left[0]?.id).toBe(`${String(1_500).padStart(16, '0')}#0`)
    expect(positions).toEqual(Array.from({ length: 500 }, (_, at) => 2_000 - at))
    expect(most).toBeLessThanOrEqual(20)
    stop.abort()
    await pulling
    await receiver.close()
  })

  it('is taken over by the next owner, also what was in hand', async () => {
    const { alarm, receive } = await open(10)
    const begun = alarm.now()
    const stop = new AbortController()
    const first = receive()
    const pulled = first.pull(20, stop.signal)
    await turns()
    alarm.advance(3_000)
    const inHand = await pulled
    await first.complete(inHand.slice(0, 1))
    await first.close()
    const nextAt = begun + 2_000
    expect(await receive().status()).toMatchObject({ waiting: 0, scheduled: { waiting: 9, nextAt } })
    const second = receive()
    const again = await second.pull(20, stop.signal)
    expect(again.map(({ position }) => position)).toEqual(inHand.slice(1).map(({ position }) => position))
    alarm.advance(7_000)
    const rest = await second.pull(20, stop.signal)
    expect(inHand.length + rest.length).toBe(10)
    await second.complete([...again, ...rest])
    alarm.advance(1_000)
    expect(await second.status()).toMatchObject({
      isOwner: true,
      scheduled: { waiting: 0, nextAt: undefined },
    })
    await second.close()
  })
})
