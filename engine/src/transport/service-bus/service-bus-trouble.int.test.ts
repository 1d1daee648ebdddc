import { describe, expect, it } from 'vitest'
import { KeelsonError } from '../../core/index.ts'
import { discardDeadLetters, replayDeadLetters, unparkKey } from '../../delivery/index.ts'
import { ManualAlarm } from '../../testing/transport-contract/manual-alarm.ts'
import { turns, until } from '../../testing/transport-contract/transport-steps.ts'
import { attempt, effect, never, positionsOf, prepared, setUp, spec, take } from './fixtures/bus-setup.ts'
import { createServiceBusTransport } from './index.ts'

const keys = (count: number) => Array.from({ length: count }, (_, at) => ({ stream: `k-${at}` }))

describe('a lock', () => {
  it('that runs out loses the session: whoever had it can do nothing more, and another gets it', async () => {
    const alarm = new ManualAlarm()
    await using bus = await prepared({ alarm })
    await bus.publish([{}, {}])
    const first = bus.receive(bus.transport({ owner: 'first' }))
    const deliveries = await take(first, 2)
    alarm.advance(60_001)
    const second = bus.receive(bus.transport({ owner: 'second' }))
    expect(positionsOf(await take(second, 2))).toEqual([1, 2])
    const lost = { code: 'subscription_lost' }
    await until(async () => (await first.status()).isOwner === false, 'the loss')
    await expect(first.complete(deliveries, effect('e'))).rejects.toMatchObject(lost)
    await expect(first.pull(1, never())).rejects.toMatchObject(lost)
    await expect(first.renew()).rejects.toMatchObject(lost)
    expect(await bus.revisionOf('e')).toBeUndefined()
  })

  it("is kept as long as it is renewed, and is another process's as soon as the first one closes", async () => {
    const alarm = new ManualAlarm()
    await using bus = await prepared({ alarm })
    await bus.publish([{}, {}])
    const first = bus.receive(bus.transport())
    const [one] = await take(first, 2)
    const second = bus.receive(bus.transport())
    let isIn = false
    const pulled = second.pull(2, never()).then(found => {
      isIn = true
      return found
    })
    for (let time = 0; time < 180_000; time += first.renewEvery) {
      alarm.advance(first.renewEvery)
      await first.renew()
      await turns(5)
    }
    expect(isIn).toBe(false)
    if (one) await first.complete([one], effect('e'))
    await first.close()
    expect(positionsOf(await pulled)).toEqual([2])
    await expect(first.pull(1, never())).rejects.toMatchObject({ code: 'subscription_closed' })
  })

  it("of each key is one process's, and processes share the keys", async () => {
    await using bus = await prepared()
    const [a, b] = [bus.receive(bus.transport({ sessions: 2 })), bus.receive(bus.transport({ sessions: 2 }))]
    await bus.publish([...keys(4), ...keys(4)])
    const [first, second] = await Promise.all([take(a, 4), take(b, 4)])
    expect(new Set(first.map(({ orderingKey }) => orderingKey)).size).toBe(2)
    expect(new Set([...first, ...second].map(({ orderingKey }) => orderingKey)).size).toBe(4)
    expect([...positionsOf(first), ...positionsOf(second)].toSorted((x, y) => x - y)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ])
  })
})

describe('a line that breaks', () => {
  it('loses what is in hand, and the next receiver goes on, also after an outage', async () => {
    await using bus = await prepared({ releasesOnDisconnect: true })
    await bus.publish(keys(20))
    const first = bus.receive(bus.transport())
    await take(first, 20)
    await bus.broker.breakDown()
    await expect(first.pull(1, never())).rejects.toMatchObject({ code: 'subscription_lost' })
    const sender = bus.transport().send?.(0)
    const events = await bus.record([{}])
    const failed = await sender?.send(events, never()).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failed).toMatchObject({ code: 'transport_unreachable' })
    const second = bus.receive(bus.transport())
    await expect(second.pull(1, never())).rejects.toMatchObject({ code: 'transport_unreachable' })
    await bus.broker.restore()
    await sender?.send(events, never())
    await sender?.close()
    expect(positionsOf(await take(second, 21)).toSorted((x, y) => x - y)).toEqual(
      Array.from({ length: 21 }, (_, at) => at + 1),
    )
  })
})

describe('dead letters', () => {
  it("are the store's and the broker's, until they are replayed or discarded", async () => {
    const alarm = new ManualAlarm()
    await using bus = await prepared({ alarm })
    await bus.publish(keys(3))
    const receiver = bus.receive(bus.transport())
    const deliveries = await take(receiver, 3)
    for (const delivery of deliveries) await receiver.setAside(delivery, 'permanent', { attempt })
    await until(() => bus.queue.deadLetters?.activeCount === 3, 'the copies')
    const copy = bus.queue.deadLetters?.peek(0, 1)[0]?.message.application_properties
    expect(copy).toMatchObject({ DeadLetterReason: 'permanent', DeadLetterErrorDescription: 'no' })
    expect((await bus.letters()).map(({ reason, attempts }) => [reason, attempts.length])).toEqual([
      ['permanent', 1],
      ['permanent', 1],
      ['permanent', 1],
    ])
    await replayDeadLetters(bus.store, { ...bus.query, positions: [1] }, { alarm })
    await discardDeadLetters(
      bus.store,
      { ...bus.query, positions: [2] },
      { reason: 'of no use', by: 'me', alarm },
    )
    alarm.advance(5_000)
    const [again] = await receiver.pull(5, never())
    expect(again).toMatchObject({ position: 1, orderingKey: 'k-0', attempts: [attempt] })
    if (again) await receiver.complete([again], effect('again'))
    alarm.advance(60_000)
    const stop = new AbortController()
    const pulled = receiver.pull(5, stop.signal)
    await until(() => bus.queue.deadLetters?.activeCount === 1, 'the copies away')
    stop.abort()
    expect(await pulled).toEqual([])
    expect(await bus.revisionOf('again')).toBe(1)
    expect(await bus.store.documents({ tenantId: 'acme' }, 'delivery-waiting/own#0')).toEqual([])
    expect(positionsOf(await bus.letters())).toEqual([3])
  })

  it('that are replayed come to one of several processes, within their key', async () => {
    const alarm = new ManualAlarm()
    await using bus = await prepared({ alarm })
    await bus.publish([{}, {}, {}])
    const [a, b] = [bus.receive(bus.transport()), bus.receive(bus.transport())]
    const [first, second, third] = await take(a, 3)
    if (!first || !second || !third) throw new Error('not all came')
    await a.setAside(first, 'exhausted', { attempt, parksKey: true })
    expect([second, third].map(one => a.isParked(one))).toEqual([true, true])
    for (const one of [second, third]) await a.setAside(one, 'parked')
    // Another process has the key next, and knows that it stands still.
    await a.close()
    await bus.publish([{}])
    const [fourth] = await take(b, 1)
    expect(fourth && b.isParked(fourth)).toBe(true)
    if (fourth) await b.setAside(fourth, 'parked')
    await unparkKey(bus.store, { subscription: 'own', tenantId: 'acme', orderingKey: 's' }, 'again', {
      alarm,
    })
    const c = bus.receive(bus.transport())
    alarm.advance(5_000)
    const given: number[] = []
    const stop = new AbortController()
    const drain = async (receiver: typeof b) => {
      while (!stop.signal.aborted)
        for (const delivery of await receiver.pull(1, stop.signal)) {
          expect(receiver.isParked(delivery)).toBe(false)
          given.push(delivery.position)
          await receiver.complete([delivery], effect(String(delivery.position)))
        }
    }
    const both = [drain(b), drain(c)]
    await until(() => given.length === 4, 'what was held back')
    stop.abort()
    await Promise.all(both)
    expect(given).toEqual([1, 2, 3, 4])
    for (const id of ['1', '2', '3', '4']) expect(await bus.revisionOf(id)).toBe(1)
  })

  it('that the broker makes are collected: what nobody came for in time, and what kills who handles it', async () => {
    const alarm = new ManualAlarm()
    await using bus = await prepared({ alarm })
    const deliveryDeadline = new Date(alarm.now() + 1_000).toISOString()
    await bus.publish([{ overrides: { metadata: { deliveryDeadline } } }, { stream: 'poison' }])
    alarm.advance(61_001)
    for (let crash = 0; crash < 50; crash += 1) {
      const held = bus.queue.acceptSession('acme/poison', held0)
      bus.queue.take(held0, held)
      alarm.advance(60_001)
      bus.queue.sweep()
    }
    expect(bus.queue.deadLetters?.activeCount).toBe(2)
    const receiver = bus.receive(bus.transport())
    const stop = new AbortController()
    const pulled = receiver.pull(1, stop.signal)
    await until(async () => (await bus.letters()).length === 2, 'the letters')
    expect((await bus.letters()).map(({ reason, attempts }) => [reason, attempts[0]?.name])).toEqual([
      ['expired', 'TTLExpiredException'],
      ['exhausted', 'MaxDeliveryCountExceeded'],
    ])
    // They are given back like any other.
    await replayDeadLetters(bus.store, { ...bus.query, positions: [2] }, { alarm })
    alarm.advance(5_000)
    expect(positionsOf(await pulled)).toEqual([2])
  })
})

const held0 = {}

describe('what the broker does at a time', () => {
  it('is to give out what is scheduled, not before and also after a restart of the process', async () => {
    const alarm = new ManualAlarm()
    await using bus = await prepared({ alarm })
    const deliverAt = new Date(alarm.now() + 3_600_000).toISOString()
    await bus.publish([{ overrides: { metadata: { deliverAt } } }, { stream: 'other' }])
    const receiver = bus.receive(bus.transport())
    expect(positionsOf(await take(receiver, 1))).toEqual([2])
    await receiver.close()
    expect(bus.queue.activeCount).toBe(1)
    alarm.advance(3_600_000)
    const next = bus.receive(bus.transport())
    expect(positionsOf(await take(next, 2)).toSorted()).toEqual([1, 2])
  })
})

describe('a retry', () => {
  it('is known to the next process, and not given before its time', async () => {
    const alarm = new ManualAlarm()
    await using bus = await prepared({ alarm, releasesOnDisconnect: true })
    await bus.publish([{}, {}])
    const first = bus.receive(bus.transport())
    const [one] = await take(first, 2)
    if (!one) throw new Error('nothing came')
    const dueAt = alarm.now() + 7_000
    const later = await first.postpone(one, dueAt, attempt)
    expect(later).toMatchObject({ attempts: [attempt], dueAt })
    const latest = await first.postpone(later, dueAt + 1, attempt)
    expect(latest.attempts).toHaveLength(2)
    bus.broker.disconnect()
    const second = bus.receive(bus.transport())
    const [again, next] = await take(second, 2)
    expect([again?.position, again?.dueAt, again?.attempts.length, next?.position]).toEqual([
      1,
      dueAt + 1,
      2,
      2,
    ])
    if (again) await second.complete([again], effect('e'))
    expect(await bus.store.documents({ tenantId: 'acme' }, 'delivery-waiting/own#0')).toEqual([])
  })
})

describe('an error', () => {
  it('says what is wrong with the broker, and never a secret', async () => {
    await using bus = await setUp()
    const { connectionString } = bus.broker
    const plain = createServiceBusTransport(bus.store, { connectionString })
    const events = await bus.record([{}])
    const send = async () => {
      const sender = plain.send?.(0)
      const error = await sender?.send(events, never()).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      await sender?.close()
      return error
    }
    const pull = async () => {
      const receiver = bus.receive(plain, { start: 'now' })
      return receiver.pull(1, never()).catch((thrown: unknown) => thrown)
    }
    const absent = [await send(), await pull()]
    for (const error of absent) expect(error).toMatchObject({ code: 'topology_drifted' })
    await bus.transport().topology([spec]).apply(never())
    bus.broker.namespace.address('keelson.events').isFull = true
    const full = await send()
    expect(full).toMatchObject({ code: 'transport_full', retryable: true })
    bus.broker.deniesTokens = true
    const denied = [await send(), await pull()]
    for (const error of denied) expect(error).toMatchObject({ code: 'transport_denied' })
    for (const error of [...absent, full, ...denied]) {
      expect(error).toBeInstanceOf(KeelsonError)
      expect(
        JSON.stringify(error) + String(error) + JSON.stringify(Object.values(error as object)),
      ).not.toContain('c2VjcmV0')
    }
  })

  it('is told of an event that the broker will never take, and the others are sent', async () => {
    await using bus = await prepared()
    const events = await bus.record([{}, { overrides: { payload: { text: 'x'.repeat(261_000) } } }, {}])
    const sender = bus.transport().send?.(0)
    const results = await sender?.send(events, never())
    await sender?.close()
    expect(results?.map(result => ('error' in result ? result.error.code : result.duplicate))).toEqual([
      false,
      'event_too_large',
      false,
    ])
    expect(bus.queue.activeCount).toBe(2)
  })

  it('in the options is told with every other one', () => {
    const of = (options: object) => {
      try {
        createServiceBusTransport({} as never, options)
        return []
      } catch (error) {
        return error instanceof KeelsonError
          ? (error.details.faults ?? []).map(({ pointer }) => pointer)
          : [String(error)]
      }
    }
    expect(
      of({ sessions: 0, lockDuration: 1, filterProperties: ['tenantId', 'payload.a', 'payload.A'] }),
    ).toEqual(['', '/sessions', '/lockDuration', '/filterProperties/0', '/filterProperties'])
    expect(of({ connectionString: 'SharedAccessKey=secret' })).toEqual(['/connectionString'])
  })
})
