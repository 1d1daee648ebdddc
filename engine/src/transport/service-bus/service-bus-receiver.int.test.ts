import { describe, expect, it } from 'vitest'
import { connectionStringFor, openLine } from '../../../test-support/service-bus/index.ts'
import { ManualAlarm } from '../../testing/transport-contract/manual-alarm.ts'
import { until } from '../../testing/transport-contract/transport-steps.ts'
import { parseFilter } from '../index.ts'
import { effect, never, positionsOf, prepared, setUp, spec, take } from './fixtures/bus-setup.ts'

const three = [{}, {}, {}]
describe('a receiver', () => {
  it('gets events with all that they have, and nothing of them comes again once they are done', async () => {
    await using bus = await prepared()
    const events = await bus.publish(three)
    const receiver = bus.receive(bus.transport())
    const deliveries = await take(receiver, 3)
    expect(deliveries.map(({ event }) => event)).toEqual(events.map(({ envelope }) => envelope))
    expect(deliveries[0]).toMatchObject({
      orderingKey: 's',
      tenantId: 'acme',
      eventType: 'SampleHappened',
      attempts: [],
    })
    await receiver.complete(deliveries.slice(0, 1), effect('a'))
    await receiver.complete(deliveries.slice(1))
    await until(() => bus.queue.activeCount === 0, 'an empty queue')
    expect(await bus.revisionOf('a')).toBe(1)
    expect((await receiver.status()).lag).toEqual({ events: 0, seconds: 0 })
  })

  it('takes what was there before its subscription from the log first, and then what is live, in order', async () => {
    await using bus = await setUp()
    const revisionOf = async (id: string) => (await bus.store.document('acme', 'effect', id))?.revision
    await bus.record([{}, {}, {}])
    const transport = bus.transport()
    const receiver = bus.receive(transport)
    const first = await take(receiver, 3)
    expect(positionsOf(first)).toEqual([1, 2, 3])
    // The relay is late: it sends what the log has given already.
    const sender = transport.send?.(0)
    await bus.record([{}, {}])
    const all = await Array.fromAsync(bus.store.readAll({ tenantId: 'every tenant' }))
    await sender?.send(all, never())
    await sender?.close()
    const rest = take(receiver, 2)
    for (const delivery of first) await receiver.complete([delivery], effect(String(delivery.position)))
    expect(positionsOf(await rest)).toEqual([4, 5])
    expect(await revisionOf('2')).toBe(1)
  })

  it('has its rule at the broker, and asks again what the rule lets through', async () => {
    await using bus = await prepared()
    const filter = parseFilter("aggregateId = 'a' AND payload.index < 3")
    const narrow = { subscription: 'narrow', filter }
    await bus
      .transport()
      .topology([{ ...spec, ...narrow }])
      .apply(never())
    await bus.publish(
      [0, 1, 2, 3].map(index => ({
        overrides: { payload: { index }, ...(index === 1 ? {} : { aggregateId: 'a' }) },
      })),
    )
    const counted = await bus.administration.getSubscriptionRuntimeProperties('keelson.events', 'narrow')
    expect(counted.activeMessageCount).toBe(4)
    const receiver = bus.receive(bus.transport(), narrow)
    expect(positionsOf(await take(receiver, 2))).toEqual([1, 3])
  })

  it('of a narrower filter gets less from the broker', async () => {
    await using bus = await prepared()
    const narrow = {
      ...spec,
      subscription: 'narrow',
      filter: parseFilter("aggregateId = 'a' AND payload.index < 3"),
    }
    const options = { filterProperties: ['payload.index'] }
    await bus.transport(options).topology([narrow]).apply(never())
    await bus.publish(
      [0, 1, 2, 3].map(index => ({
        overrides: { payload: { index }, ...(index === 1 ? {} : { aggregateId: 'a' }) },
      })),
      options,
    )
    const counted = await bus.administration.getSubscriptionRuntimeProperties('keelson.events', 'narrow')
    expect(counted.activeMessageCount).toBe(2)
  })

  it('counts an event on several topics once', async () => {
    await using bus = await setUp()
    const topics = [
      { name: 'one', types: ['SampleHappened'] },
      { name: 'two', types: ['SampleHappened'] },
    ]
    const both = { ...spec, topics: ['one', 'two'] }
    const second = { ...spec, subscription: 'second', topics: ['two'] }
    await bus.transport({ topics }).topology([both, second]).apply(never())
    await bus.publish(three, { topics })
    for (const [at, { name }] of topics.entries())
      expect(bus.broker.namespace.queue(`keelson.${name}/Subscriptions/own`).activeCount, `${at}`).toBe(3)
    const transport = bus.transport({ topics })
    const [receiver, other] = [bus.receive(transport, both), bus.receive(transport, second)]
    expect(positionsOf(await take(receiver, 3))).toEqual([1, 2, 3])
    expect(positionsOf(await take(other, 3))).toEqual([1, 2, 3])
    await until(
      () => bus.broker.namespace.queue('keelson.two/Subscriptions/own').activeCount === 0,
      'the copies away',
    )
  })

  it('is refused an ordering key that events are not sent with', async () => {
    await using bus = await setUp()
    const orderingKey = () => 'one for all'
    expect(() => bus.transport().receive({ ...spec, orderingKey })).toThrow(/same function/)
    const shared = bus.transport({ orderingKey })
    await shared.topology([spec]).apply(never())
    await bus.publish([{ stream: 'a' }, { stream: 'b' }], { orderingKey })
    const deliveries = await take(bus.receive(shared, { orderingKey }), 2)
    expect(deliveries.map(one => one.orderingKey)).toEqual(['one for all', 'one for all'])
  })

  it('puts what it cannot read among the dead letters of the broker', async () => {
    await using bus = await prepared()
    bus.broker.namespace.address('keelson.events').send([{ body: 'what is this', group_id: 'k' }])
    await bus.publish([{}])
    expect(positionsOf(await take(bus.receive(bus.transport()), 1))).toEqual([1])
    await until(() => bus.queue.deadLetters?.activeCount === 1, 'the message away')
    expect(bus.queue.deadLetters?.peek(0, 1)[0]?.message.application_properties?.['DeadLetterReason']).toBe(
      'unreadable',
    )
    expect(await bus.letters()).toEqual([])
  })
})

describe('what comes twice', () => {
  it('is dropped by the broker within its window, and known by its claim later', async () => {
    await using bus = await prepared()
    const events = await bus.publish(three)
    const sender = bus.transport().send?.(0)
    await sender?.send(events, never())
    expect(bus.queue.activeCount).toBe(3)
    const copies = bus.queue.peek(0, 10).map(({ message }) => message)
    const receiver = bus.receive(bus.transport())
    const deliveries = await take(receiver, 3)
    for (const delivery of deliveries) await receiver.complete([delivery], effect(String(delivery.position)))
    await until(() => bus.queue.activeCount === 0, 'an empty queue')
    // Its window is over, and they are sent anew.
    for (const message of copies) bus.queue.enqueue({ message })
    await bus.publish([{}])
    expect(positionsOf(await take(receiver, 1))).toEqual([4])
    expect(bus.queue.activeCount).toBe(1)
    expect(await bus.revisionOf('1')).toBe(1)
    await sender?.close()
  })

  it('takes effect once where the broker never heard that it was done', async () => {
    const alarm = new ManualAlarm()
    await using bus = await prepared({ alarm })
    await bus.publish(three)
    const first = bus.receive(bus.transport())
    const deliveries = await take(first, 3)
    bus.broker.disconnect()
    const done = await Promise.allSettled(
      deliveries.map(delivery => first.complete([delivery], effect(String(delivery.position)))),
    )
    await first.close()
    alarm.advance(60_001)
    const second = bus.receive(bus.transport())
    const lost = done.flatMap(({ status }, at) => (status === 'fulfilled' ? [] : at + 1))
    await bus.publish([{}])
    const rest = await take(second, lost.length + 1)
    expect(positionsOf(rest)).toEqual([...lost, 4])
    for (const delivery of rest) await second.complete([delivery], effect(String(delivery.position)))
    await until(() => bus.queue.activeCount === 0, 'an empty queue')
    for (const id of ['1', '2', '3', '4']) expect(await bus.revisionOf(id)).toBe(1)
  })
})

describe('a line', () => {
  it('that is slow lets a session be kept as long as it has messages', async () => {
    await using bus = await prepared()
    const line = await openLine(bus.broker.port, 40)
    const count = 8
    await bus.publish(Array.from({ length: count }, () => ({})))
    const accept = bus.queue.acceptSession.bind(bus.queue)
    const accepted: string[] = []
    bus.queue.acceptSession = (id, holder) => {
      const session = accept(id, holder)
      if (session !== undefined) accepted.push(session)
      return session
    }
    const receiver = bus.receive(
      bus.transport({ connectionString: connectionStringFor(line.port), patience: 1_000 }),
    )
    for (let at = 1; at <= count; at += 1) {
      const [delivery] = await take(receiver, 1)
      expect(delivery?.position).toBe(at)
      await receiver.complete(delivery === undefined ? [] : [delivery], effect(String(at)))
    }
    await until(() => bus.queue.activeCount === 0, 'an empty queue')
    expect(accepted).toEqual(['acme/s'])
    await receiver.close()
    line.cut()
  })

  it('that breaks while it is being opened is given up in time, by who sends and by who receives', async () => {
    await using bus = await prepared()
    const { broker } = bus
    const events = await bus.record(three)
    const transport = bus.transport({ patience: 500 })
    const breakAmidst = async (seen: number) => {
      await until(() => broker.ignored > seen, 'a token')
      broker.ignoresTokens = false
      broker.disconnect()
    }
    const sender = transport.send?.(0)
    broker.ignoresTokens = true
    const sending = sender?.send(events, never())
    const failed = expect(sending).rejects.toMatchObject({ code: 'transport_unreachable' })
    await breakAmidst(0)
    await failed
    await sender?.send(events, never())
    expect(bus.queue.activeCount).toBe(3)
    broker.ignoresTokens = true
    const receiver = bus.receive(transport)
    const pull = () =>
      receiver.pull(3, never()).catch(error => {
        expect(error).toMatchObject({ code: 'transport_unreachable' })
        return []
      })
    const first = pull()
    await breakAmidst(broker.ignored)
    const found = [...(await first)]
    while (found.length < 3) found.push(...(await pull()))
    expect(positionsOf(found)).toEqual([1, 2, 3])
    await sender?.close()
  }, 20_000)
})
