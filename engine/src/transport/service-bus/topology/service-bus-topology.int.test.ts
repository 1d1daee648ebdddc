import { describe, expect, it } from 'vitest'
import { parseFilter } from '../../index.ts'
import { never, setUp, spec } from '../fixtures/bus-setup.ts'

const topics = [
  { name: 'orders', types: ['OrderPlaced', 'OrderPaid'] },
  { name: 'audit', types: ['OrderPaid'] },
]

describe('the topology', () => {
  it('is missing at first, is made, and then there is no difference', async () => {
    await using bus = await setUp()
    const transport = bus.transport({ topics })
    const filter = parseFilter("eventType = 'OrderPaid' AND aggregateId IS NOT NULL")
    const wanted = [
      spec,
      { ...spec, subscription: 'Of Types', types: ['OrderPlaced'], filter, tenantId: 'acme' },
    ]
    const topology = transport.topology(wanted)
    const before = await topology.diff(never())
    expect(before.map(({ kind, what, name }) => `${kind} ${what} ${name}`)).toEqual([
      'missing topic keelson.orders',
      'missing topic keelson.audit',
      'missing topic keelson.events',
      'missing subscription keelson.orders/own',
      'missing subscription keelson.audit/own',
      'missing subscription keelson.events/own',
      expect.stringMatching(/^missing subscription keelson\.orders\/of-types-[\da-f]{12}$/),
    ])
    expect(await topology.apply(never())).toEqual([])
    expect(await topology.diff(never())).toEqual([])
    const [name] = (await Array.fromAsync(bus.administration.listSubscriptions('keelson.orders'))).flatMap(
      ({ subscriptionName }) => (subscriptionName === 'own' ? [] : subscriptionName),
    )
    expect((await bus.administration.getRule('keelson.orders', name ?? '', 'keelson')).filter).toMatchObject({
      sqlExpression:
        "(user.[cs-tenant-id] = 'acme') AND (user.[cs-event-type] IN ('OrderPlaced')) AND (user.eventType = 'OrderPaid' AND user.aggregateId IS NOT NULL)",
    })
  })

  it('says what is otherwise, mends what can be, and leaves the rest alone', async () => {
    await using bus = await setUp()
    const { administration } = bus
    await administration.createTopic('keelson.orders')
    await administration.createTopic('keelson.events', {
      requiresDuplicateDetection: true,
      duplicateDetectionHistoryTimeWindow: 'PT1M',
    })
    await administration.createSubscription('keelson.events', 'own', {
      requiresSession: true,
      maxDeliveryCount: 3,
    })
    await administration.createSubscription('keelson.orders', 'own', { requiresSession: false })
    await administration.createSubscription('keelson.events', 'another')
    await administration.createRule('keelson.events', 'own', 'more', { sqlExpression: '1=1' })
    const topology = bus.transport({ topics: topics.slice(0, 1) }).topology([spec])
    const names = (all: readonly { kind: string; what: string; name: string }[]) =>
      all.map(({ kind, what, name }) => `${kind} ${what} ${name}`)
    expect(names(await topology.diff(never()))).toEqual([
      'different topic keelson.orders',
      'different topic keelson.events',
      'different subscription keelson.orders/own',
      'different subscription keelson.events/own',
      'missing rule keelson.events/own/keelson',
      'extra rule keelson.events/own/$Default',
      'extra rule keelson.events/own/more',
      'extra subscription keelson.events/another',
    ])
    const left = names(await topology.apply(never()))
    expect(left).toEqual([
      'different topic keelson.orders',
      'different subscription keelson.orders/own',
      'extra rule keelson.events/own/more',
      'extra subscription keelson.events/another',
    ])
    expect(names(await topology.diff(never()))).toEqual(left)
    expect(bus.broker.namespace.queue('keelson.events/Subscriptions/own').options.maxDeliveryCount).toBe(50)
  })

  it('is refused without an administration client, and to who may not', async () => {
    await using bus = await setUp()
    const { administration: _, ...plain } = {
      administration: undefined,
      connectionString: bus.broker.connectionString,
    }
    const { createServiceBusTransport } = await import('../index.ts')
    expect(() => createServiceBusTransport(bus.store, plain).topology([])).toThrow(/administration/)
    bus.broker.administration.isDenied = true
    await expect(bus.transport().topology([]).diff(never())).rejects.toMatchObject({
      code: 'transport_denied',
    })
  })
})
