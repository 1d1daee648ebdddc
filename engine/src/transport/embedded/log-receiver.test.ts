import { describe, expect, it } from 'vitest'
import { KeelsonError } from '../../core/index.ts'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventStore, UnitOfWork } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { ManualAlarm } from '../../testing/transport-contract/manual-alarm.ts'
import { turns, until } from '../../testing/transport-contract/transport-steps.ts'
import type { ReceiverSpec } from '../index.ts'
import { parseFilter } from '../index.ts'
import { createEmbeddedTransport } from './index.ts'

/** Of a window of 14 one tenant may have ten. */
const spec: ReceiverSpec = { subscription: 'own', start: 'beginning', window: 14 }
const attempt = { at: 0, name: 'Error', message: 'no', fingerprint: 'f' }

async function filled(count: number): Promise<EventStore> {
  const store = createMemoryStore()
  for (let index = 0; index < count; index += 1)
    await store.append('acme', [
      { stream: `s-${index}`, expected: 'any', events: [sampleEvent('acme', { payload: { index } })] },
    ])
  return store
}

/** A receiver on a store whose commits go through `commit`. */
function receive(
  store: EventStore,
  commit: (unit: UnitOfWork, call: EventStore['commit']) => ReturnType<EventStore['commit']> = (unit, call) =>
    call(unit),
) {
  const alarm = new ManualAlarm()
  const port = portOf(store)
  const transport = createEmbeddedTransport({ ...port, commit: unit => commit(unit, port.commit) }, { alarm })
  return { alarm, transport, receiver: transport.receive(spec), stop: new AbortController() }
}

const effect = (id: string) => ({ documents: [{ tenantId: 'acme', collection: 'effect', id, value: 1 }] })
const away = () => new KeelsonError('store_unreachable')

describe('what is stored of deliveries', () => {
  it('is a checkpoint alone, as long as all goes well', async () => {
    const store = await filled(10)
    const { receiver, stop } = receive(store)
    const deliveries = await receiver.pull(100, stop.signal)
    expect(deliveries.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    await receiver.complete(deliveries.slice(0, 4))
    await receiver.complete(deliveries.slice(6))
    expect(await store.checkpoint('delivery/own#0')).toBe(4)
    await receiver.complete(deliveries.slice(4, 6))
    expect(await store.checkpoint('delivery/own#0')).toBe(10)
    const owners = await store.documents({ tenantId: 'platform' }, 'delivery-owner')
    expect(owners.map(({ value }) => Object.keys(value as object))).toEqual([['owner', 'step', 'until']])
    expect(await store.documents({ tenantId: 'acme' }, 'delivery-waiting/own#0')).toEqual([])
    await receiver.close()
  })

  it('never grows beyond the window: more comes when there is room', async () => {
    const { receiver, stop, alarm } = receive(await filled(25))
    const first = await receiver.pull(100, stop.signal)
    expect(first).toHaveLength(10)
    let second: readonly unknown[] | undefined
    const pulled = receiver.pull(100, stop.signal).then(found => {
      second = found
    })
    await turns()
    alarm.advance(5_000)
    await turns()
    expect(second).toBeUndefined()
    await receiver.complete(first.slice(0, 3))
    await pulled
    expect(second).toHaveLength(3)
    await receiver.close()
  })

  it('moves the checkpoint past what a filter leaves out, however much that is', async () => {
    const store = createMemoryStore()
    const events = Array.from({ length: 2_500 }, (_, index) => sampleEvent('acme', { payload: { index } }))
    await store.append('acme', [{ stream: 's', expected: 'any', events }])
    const { transport, stop } = receive(store)
    const receiver = transport.receive({ ...spec, filter: parseFilter('payload.index = 2499') })
    const [only] = await receiver.pull(10, stop.signal)
    expect(only?.position).toBe(2_500)
    await until(async () => (await store.checkpoint('delivery/own#0')) >= 1_000, 'the checkpoint')
    await receiver.close()
  })

  it('lets the checkpoint go past what waits for a retry', async () => {
    const store = await filled(3)
    const { receiver, stop, alarm } = receive(store)
    const [first, ...others] = await receiver.pull(100, stop.signal)
    if (first === undefined) throw new Error('nothing came')
    const later = await receiver.postpone(first, alarm.now() + 1_000, attempt)
    await receiver.complete(others)
    expect([later.attempts, await store.checkpoint('delivery/own#0')]).toEqual([[attempt], 3])
    await receiver.complete([later])
    expect(await store.documents({ tenantId: 'acme' }, 'delivery-waiting/own#0')).toEqual([])
    await receiver.close()
  })
})

describe('a commit that fails', () => {
  it('for what one of a batch writes is no fault of the others', async () => {
    const store = await filled(4)
    const { receiver, stop } = receive(store)
    const deliveries = await receiver.pull(100, stop.signal)
    const outcomes = await Promise.allSettled(
      deliveries.map((delivery, index) =>
        receiver.complete(
          [delivery],
          index === 2
            ? { documents: [{ tenantId: 'acme', collection: 'c', id: 'x', value: 1, expected: 7 }] }
            : effect(String(index)),
        ),
      ),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect(await store.checkpoint('delivery/own#0')).toBe(2)
    expect((await store.documents({ tenantId: 'acme' }, 'effect')).length).toBe(3)
    await receiver.close()
  })

  it('only in its answer is not carried out again', async () => {
    const store = await filled(2)
    let losses = 0
    const { receiver, stop } = receive(store, async (unit, call) => {
      const receipts = await call(unit)
      if (unit.documents?.some(({ collection }) => collection === 'effect') && losses++ === 0) throw away()
      return receipts
    })
    const deliveries = await receiver.pull(100, stop.signal)
    await receiver.complete(deliveries, effect('e'))
    expect((await store.document('acme', 'effect', 'e'))?.revision).toBe(1)
    expect(losses).toBe(1)
    await receiver.close()
  })

  it('because the database is away is tried again', async () => {
    const store = await filled(2)
    let failures = 3
    const { receiver, stop, alarm } = receive(store, async (unit, call) => {
      if (unit.documents?.some(({ collection }) => collection === 'effect') && failures-- > 0) throw away()
      return call(unit)
    })
    const deliveries = await receiver.pull(100, stop.signal)
    let isDone = false
    const completed = receiver.complete(deliveries, effect('e')).then(() => {
      isDone = true
    })
    await until(() => {
      alarm.advance(100)
      return isDone
    }, 'the completion')
    await completed
    expect((await store.document('acme', 'effect', 'e'))?.revision).toBe(1)
    await receiver.close()
  })
})

describe('an owner', () => {
  it('that was overtaken can do nothing any more', async () => {
    const store = await filled(3)
    const { receiver, stop, alarm, transport } = receive(store)
    const deliveries = await receiver.pull(2, stop.signal)
    alarm.advance(30_001)
    const other = transport.receive(spec)
    expect((await other.pull(100, stop.signal)).length).toBe(3)
    const lost = { code: 'subscription_lost' }
    await expect(receiver.complete(deliveries, effect('e'))).rejects.toMatchObject(lost)
    await expect(receiver.renew()).rejects.toMatchObject(lost)
    await expect(receiver.pull(1, stop.signal)).rejects.toMatchObject(lost)
    expect(await store.document('acme', 'effect', 'e')).toBeUndefined()
    await Promise.all([receiver.close(), other.close()])
  })

  it('that was overtaken can do nothing, also where the database came back without its last commit', async () => {
    const store = await filled(3)
    const { receiver, stop, alarm, transport } = receive(store)
    const [first, ...others] = await receiver.pull(100, stop.signal)
    if (first === undefined) throw new Error('nothing came')
    const place = { tenantId: 'platform', collection: 'delivery-owner', id: 'delivery/own#0' }
    const before = (await store.document(place.tenantId, place.collection, place.id))?.value
    if (before === undefined) throw new Error('there is no owner')
    await receiver.complete(others)
    const scope = { tenantId: 'platform' }
    await store.commit({ scope, documents: [place] })
    await store.commit({ scope, documents: [{ ...place, value: before }] })
    alarm.advance(30_001)
    const other = transport.receive(spec)
    expect((await other.pull(100, stop.signal)).length).toBe(3)
    const lost = { code: 'subscription_lost' }
    await expect(receiver.complete([first], effect('e'))).rejects.toMatchObject(lost)
    expect(await store.document('acme', 'effect', 'e')).toBeUndefined()
    await other.renew()
    await Promise.all([receiver.close(), other.close()])
  })

  it('whose last commit the database has forgotten lets the next one in as soon as it is closed', async () => {
    const store = await filled(3)
    const { receiver, stop, transport } = receive(store)
    const [first, ...others] = await receiver.pull(100, stop.signal)
    if (first === undefined) throw new Error('nothing came')
    const place = { tenantId: 'platform', collection: 'delivery-owner', id: 'delivery/own#0' }
    const before = (await store.document(place.tenantId, place.collection, place.id))?.value
    if (before === undefined) throw new Error('there is no owner')
    await receiver.complete(others)
    const scope = { tenantId: 'platform' }
    await store.commit({ scope, documents: [place] })
    await store.commit({ scope, documents: [{ ...place, value: before }] })
    const lost = { code: 'subscription_lost' }
    await expect(receiver.complete([first], effect('e'))).rejects.toMatchObject(lost)
    await receiver.close()
    const other = transport.receive(spec)
    let isIn = false
    const pulled = other.pull(100, stop.signal).then(() => {
      isIn = true
    })
    await turns()
    expect(isIn).toBe(true)
    await pulled
    await other.close()
  })

  it('that settles on and on renews all the same: its progress may be forgotten in a crash', async () => {
    const store = await filled(9)
    const renewals: (string | undefined)[] = []
    const { receiver, stop, alarm } = receive(store, (unit, call) => {
      renewals.push(unit.durability)
      return call(unit)
    })
    for (let turn = 0; turn < 3; turn += 1) {
      alarm.advance(receiver.renewEvery)
      await receiver.complete(await receiver.pull(3, stop.signal))
      await receiver.renew()
    }
    expect(renewals).toEqual([undefined, 'relaxed', 'relaxed', undefined, 'relaxed', undefined])
    await receiver.close()
  })

  it('that renews stays one, and that closes lets the next one in at once', async () => {
    const store = await filled(1)
    const { receiver, stop, alarm, transport } = receive(store)
    await receiver.pull(1, stop.signal)
    const other = transport.receive(spec)
    let isIn = false
    const pulled = other.pull(1, stop.signal).then(() => {
      isIn = true
    })
    for (let time = 0; time < 60_000; time += receiver.renewEvery) {
      alarm.advance(receiver.renewEvery)
      await receiver.renew()
      await turns(5)
    }
    expect(isIn).toBe(false)
    await receiver.close()
    alarm.advance(8_000)
    await pulled
    await expect(receiver.pull(1, stop.signal)).rejects.toMatchObject({ code: 'subscription_closed' })
    await other.close()
  })

  it('ends when the store does', async () => {
    const store = await filled(1)
    const { receiver, stop } = receive(store)
    const deliveries = await receiver.pull(1, stop.signal)
    await store.close()
    await expect(receiver.complete(deliveries)).rejects.toMatchObject({ code: 'store_closed' })
    await receiver.close()
  })
})

describe('a receiver', () => {
  it('is refused a name that no documents can have', () => {
    const { transport } = receive(createMemoryStore())
    for (const subscription of ['', 'a'.repeat(129), 'a\u0000b', 'ü', 'a\n'])
      expect(() => transport.receive({ ...spec, subscription })).toThrow(KeelsonError)
  })
})

describe('a receiver that is closed while it comes to own its partition', () => {
  it('gives it up again: the next one need not wait for the end of the lease', async () => {
    const store = await filled(1)
    const asked = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const { transport, receiver, stop } = receive(store, async (unit, call) => {
      asked.resolve()
      await go.promise
      return call(unit)
    })
    const pulling = receiver.pull(10, stop.signal).catch(() => [])
    await asked.promise
    const closing = receiver.close()
    go.resolve()
    await Promise.all([pulling, closing])
    const next = transport.receive(spec)
    expect(await next.pull(10, stop.signal)).toHaveLength(1)
    await next.close()
  })
})
