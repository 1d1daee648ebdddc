import { describe, expect, it } from 'vitest'
import { currentContext, runInContext } from '../../core/index.ts'
import { gate, range, turns } from '../../testing/transport-contract/transport-steps.ts'
import { inProcess, numbered, numberOf } from './fixtures/in-process.ts'
import type { SignIn } from './fixtures/sign-ins.ts'
import { busEvent } from './fixtures/sign-ins.ts'
import type { ChannelConfig, UndeliveredEvent } from './index.ts'
import { EventBusService, eventBusConfig } from './index.ts'

describe('a configuration', () => {
  it.each([
    [{ bufferSize: 0 }, 'bufferSize'],
    [{ whenFull: 'drop' as 'wait' }, 'whenFull'],
    [{ retryStrategy: { attempts: 3, backoff: 'linear', delay: 1 } }, 'backoff'],
    [{ consumers: ['a b'] }, 'consumer'],
    [{ buffersize: 3 } as Partial<ChannelConfig>, 'buffersize'],
  ])('that is wrong is refused: %j', (channel, name) => {
    expect(() => inProcess({ security: channel })).toThrow(
      expect.objectContaining({ code: 'delivery_options_invalid', message: expect.stringContaining(name) }),
    )
  })

  it('makes no channel of a name that could not be one, nor too many', async () => {
    const { bus } = inProcess()
    await expect(bus.emit("x' OR 1=1", busEvent())).rejects.toMatchObject({
      code: 'channel_invalid',
      message: expect.stringContaining("x' OR 1=1"),
    })
    for (const number of range(1_000)) await bus.emit(`channel-${number}`, busEvent())
    await expect(bus.emit('one-more', busEvent())).rejects.toMatchObject({ code: 'channel_invalid' })
    await bus.close()
  })
})

describe('emitting', () => {
  it('takes the tenant from the event, else from the running call, and refuses an event without one', async () => {
    const { bus } = inProcess()
    const tenants: unknown[] = []
    bus.subscribe<SignIn>('security', async event => {
      tenants.push([event.metadata.tenantId, currentContext().tenantId])
    })
    const { metadata: _, ...bare } = busEvent()
    await bus.emit('security', busEvent())
    await runInContext({ tenantId: 'globex' }, () => bus.emit('security', bare))
    await expect(bus.emit('security', bare)).rejects.toMatchObject({ code: 'tenant_context_missing' })
    const foreign = runInContext({ tenantId: 'globex' }, () => bus.emit('security', busEvent()))
    await expect(foreign).rejects.toMatchObject({ code: 'tenant_mismatch' })
    await bus.settled()
    expect(tenants).toEqual([
      ['acme', 'acme'],
      ['globex', 'globex'],
    ])
    await bus.close()
  })

  it.each<[string, object]>([
    ['is an envelope', { eventId: '1', eventType: 'A', occurredAt: '2026-06-11T09:00:01Z', payload: {} }],
    ['has no id', { type: 'A', source: 's', time: '2026-06-11T09:00:01Z', dataVersion: '1.0' }],
    ['has metadata that are no object', { ...busEvent(), metadata: 1 }],
    ['cannot be written', { ...busEvent(), data: { big: 1n } }],
  ])('refuses what %s', async (_, event) => {
    const { bus } = inProcess()
    await expect(bus.emit('security', event as SignIn)).rejects.toMatchObject({ code: 'envelope_invalid' })
    await bus.close()
  })

  it('tells of an event that was accepted and cannot be passed on', async () => {
    const told: UndeliveredEvent[] = []
    const { bus } = inProcess({}, { onUndelivered: one => told.push(one) })
    const event = { ...busEvent(), time: 'yesterday' }
    await bus.emit('security', event)
    await bus.settled()
    expect(told).toMatchObject([
      { channel: 'security', tenantId: 'acme', eventId: event.id, error: { code: 'envelope_invalid' } },
    ])
    expect((await bus.status()).channels[0]).toMatchObject({ accepted: 1, carried: 0, failed: 1, held: 0 })
    await bus.close()
  })

  it('gives each consumer an event as it was when it was emitted', async () => {
    const { bus } = inProcess()
    const seen: unknown[] = []
    bus.subscribe<SignIn>('security', async event => {
      seen.push(numberOf(event))
    })
    const event = numbered(1)
    const emitted = bus.emit('security', event)
    event.data = { ...event.data, userId: 'another' }
    Object.assign(event.data, { number: 2 })
    await emitted
    await bus.settled()
    expect(seen).toEqual([1])
    await bus.close()
  })

  it('promises nothing durable, and nothing after the end', async () => {
    const { bus } = inProcess()
    const guaranteed = bus.emitWithGuarantee('security', busEvent())
    await expect(guaranteed).rejects.toMatchObject({ code: 'guarantee_unavailable' })
    await bus.close()
    await bus.close()
    await expect(bus.emit('security', busEvent())).rejects.toMatchObject({ code: 'bus_closed' })
    expect(() => bus.register('audit-logger', async () => undefined)).toThrow(
      expect.objectContaining({ code: 'bus_closed' }),
    )
  })
})

describe('a full channel', () => {
  it('lets emitters wait, of an unknown channel from the hundred and first event on', async () => {
    const { bus } = inProcess()
    const hold = gate()
    bus.subscribe('new', () => hold.opened)
    const accepted: number[] = []
    const emits = range(103).map(number =>
      bus.emit('new', numbered(number)).then(() => accepted.push(number)),
    )
    await turns()
    expect(accepted).toEqual(range(100))
    expect((await bus.status()).channels[0]).toMatchObject({
      name: 'new',
      bufferSize: 100,
      held: 100,
      waiting: 3,
    })
    hold.open()
    await Promise.all(emits)
    await bus.settled()
    expect((await bus.status()).channels[0]).toMatchObject({
      held: 0,
      waiting: 0,
      accepted: 103,
      carried: 103,
    })
    await bus.close()
  })

  it('refuses them where it says so, or where too many wait, and says when to come again', async () => {
    const { bus } = inProcess({
      strict: { bufferSize: 2, whenFull: 'refuse' },
      lax: { bufferSize: 2, maxWaiting: 1 },
    })
    const hold = gate()
    for (const name of ['strict', 'lax']) bus.subscribe(name, () => hold.opened)
    for (const number of range(2)) await bus.emit('strict', numbered(number))
    const refused = { code: 'channel_full', status: 503, retryable: true, details: { retryAfterSeconds: 1 } }
    await expect(bus.emit('strict', numbered(2))).rejects.toMatchObject(refused)
    const waiting = range(3).map(number => bus.emit('lax', numbered(number)))
    await expect(bus.emit('lax', numbered(3))).rejects.toMatchObject(refused)
    hold.open()
    await Promise.all(waiting)
    await bus.settled()
    await bus.emit('strict', numbered(4))
    await bus.close()
  })

  it('that is closed sends away who waits', async () => {
    const { bus } = inProcess({ small: { bufferSize: 1 } })
    bus.subscribe('small', () => new Promise(() => undefined))
    await bus.emit('small', numbered(0))
    const waiting = bus.emit('small', numbered(1))
    await turns(5)
    const closed = bus.close()
    await expect(waiting).rejects.toMatchObject({ code: 'bus_closed' })
    void closed
  })
})

describe('the shipped configuration', () => {
  it('makes a bus', async () => {
    const bus = new EventBusService(eventBusConfig)
    const { channels } = await bus.status()
    expect(channels.map(({ name, bufferSize }) => [name, bufferSize])).toEqual([
      ['security', 1000],
      ['rbac', 500],
      ['audit', 2000],
      ['system', 100],
    ])
    await bus.close()
  })
})
