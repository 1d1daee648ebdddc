import { describe, expect, it } from 'vitest'
import { gate, range, turns, until } from '../../testing/transport-contract/transport-steps.ts'
import { inProcess, numbered, numberOf, retryStrategy } from './fixtures/in-process.ts'
import type { SignIn } from './fixtures/sign-ins.ts'
import { busEvent } from './fixtures/sign-ins.ts'
import type { Subscription } from './index.ts'

describe('consumers', () => {
  it('get what they did not filter out, until they unsubscribe', async () => {
    const { bus } = inProcess()
    const seen: unknown[] = []
    const subscription = bus.subscribe<SignIn>(
      'security',
      async function oddOnes(event) {
        seen.push(numberOf(event))
      },
      { filter: event => (event.data.number ?? 0) % 2 === 1 },
    )
    expect(subscription).toEqual({ id: 'security/oddOnes', channel: 'security', consumer: 'oddOnes' })
    for (const number of range(6)) await bus.emit('security', numbered(number))
    await bus.settled()
    bus.unsubscribe(subscription)
    bus.unsubscribe(subscription)
    await bus.emit('security', numbered(7))
    await bus.settled()
    expect(seen).toEqual([1, 3, 5])
    await bus.close()
  })

  it('have the order of each entity, and of what is about none, also through retries', async () => {
    const { bus, alarm } = inProcess({ security: {} })
    const seen: number[] = []
    let failures = 0
    bus.subscribe<SignIn>('security', async event => {
      const number = numberOf(event) as number
      if (number === 0 && failures < 2) {
        failures += 1
        throw new Error('not yet')
      }
      seen.push(number)
    })
    for (const number of range(8))
      await bus.emit('security', numbered(number, number % 2 === 0 ? {} : { entityId: 'desk-1' }))
    await until(() => seen.length === 4, 'the other key')
    expect(seen).toEqual([1, 3, 5, 7])
    await until(() => {
      alarm.advance(50)
      return seen.length === 8
    }, 'the rest')
    expect(seen.slice(4)).toEqual([0, 2, 4, 6])
    await bus.close()
  })

  it.each<[unknown, object, string]>([
    [undefined, {}, '/handler'],
    [async () => undefined, { filter: 'a = 1' }, '/filter'],
    [async () => undefined, { batchSize: 0 }, '/batchSize'],
    [async () => undefined, { maxConcurrency: 1.5 }, '/maxConcurrency'],
    [async () => undefined, { concurrency: 3 }, '/concurrency'],
    [async () => undefined, null as unknown as object, ''],
  ])('that cannot be are refused, and leave nothing behind: %j %j', async (handler, options, pointer) => {
    const { bus } = inProcess({ security: { consumers: ['alerts'] } })
    const refused = expect.objectContaining({
      code: 'delivery_options_invalid',
      details: { faults: [expect.objectContaining({ pointer })] },
    })
    const handle = handler as () => Promise<void>
    expect(() => bus.subscribe('security', handle, options)).toThrow(refused)
    expect(() => bus.register('alerts', handle, options)).toThrow(refused)
    bus.register('alerts', async () => undefined)
    await bus.emit('security', busEvent())
    await bus.settled()
    expect((await bus.status()).subscriptions.map(({ name }) => name)).toEqual(['security/alerts'])
    await bus.close()
  })

  it('that nothing names are refused', async () => {
    const { bus } = inProcess({ security: { consumers: ['alerts'] } })
    expect(() => bus.register('alarts', async () => undefined)).toThrow(
      expect.objectContaining({
        code: 'delivery_options_invalid',
        message: expect.stringContaining('"alarts"'),
        details: { faults: [expect.objectContaining({ pointer: '/consumer' })] },
      }),
    )
    bus.register('audit-logger', async () => undefined)
    await bus.close()
  })

  it.each([null, undefined, 5, {}])('are not unsubscribed with what is no subscription: %j', async given => {
    const { bus } = inProcess()
    expect(() => bus.unsubscribe(given as unknown as Subscription)).toThrow(
      expect.objectContaining({ code: 'delivery_options_invalid' }),
    )
    await bus.close()
  })

  it('handle as many at a time as they say', async () => {
    const { bus } = inProcess({ security: { bufferSize: 100 } })
    let [running, most] = [0, 0]
    bus.subscribe(
      'security',
      async () => {
        running += 1
        most = Math.max(most, running)
        await turns(2)
        running -= 1
      },
      { maxConcurrency: 3 },
    )
    for (const number of range(30)) await bus.emit('security', numbered(number, { entityId: `${number}` }))
    await bus.settled()
    expect(most).toBe(3)
    await bus.close()
  })

  it('fail each for itself; what is given up is a dead letter with every try', async () => {
    const told: unknown[] = []
    const { bus, alarm } = inProcess({ security: {} }, { onError: error => told.push(error) })
    const seen: unknown[] = []
    bus.subscribe<SignIn>('security', async function good(event) {
      seen.push(numberOf(event))
    })
    bus.subscribe<SignIn>('security', async function bad(event) {
      if (numberOf(event) === 1) throw undefined
    })
    for (const number of range(3)) await bus.emit('security', numbered(number))
    await until(() => {
      alarm.advance(50)
      return bus.deadLetters.length === 1
    }, 'the dead letter')
    await bus.settled()
    expect(seen).toEqual([0, 1, 2])
    expect(bus.deadLetters).toMatchObject([
      { channel: 'security', consumer: 'bad', reason: 'exhausted', event: { data: { number: 1 } } },
    ])
    expect(bus.deadLetters[0]?.attempts.map(({ name }) => name)).toEqual(range(3).map(() => 'NonErrorThrown'))
    expect(told).toEqual([undefined, undefined, undefined])
    await bus.close()
  })

  it('get what is scheduled when it is due, and the rest of its key before', async () => {
    const { bus, alarm } = inProcess({ security: {} })
    const seen: unknown[] = []
    bus.subscribe<SignIn>('security', async event => {
      seen.push(numberOf(event))
    })
    const deliverAt = new Date(alarm.now() + 60_000).toISOString()
    await bus.emit('security', numbered(0, { deliverAt }))
    await bus.emit('security', numbered(1))
    await until(() => seen.length === 1, 'the other one')
    alarm.advance(59_999)
    await turns()
    expect(seen).toEqual([1])
    alarm.advance(1)
    await bus.settled()
    expect(seen).toEqual([1, 0])
    await bus.close()
  })

  it('that filter with a function which throws have the event as a dead letter', async () => {
    const { bus, alarm } = inProcess({ security: { retryStrategy: { ...retryStrategy, attempts: 1 } } })
    bus.subscribe('security', async () => undefined, {
      filter: () => {
        throw new TypeError('of what is not there')
      },
    })
    await bus.emit('security', numbered(1))
    await until(() => {
      alarm.advance(50)
      return bus.deadLetters.length === 1
    }, 'the dead letter')
    expect(bus.deadLetters[0]?.attempts[0]).toMatchObject({ name: 'TypeError' })
    await bus.close()
  })

  it('that are named hear the channels that name them, the default one those that nobody hears', async () => {
    const { bus } = inProcess({
      security: { consumers: ['audit-logger', 'alerts'] },
      system: { consumers: ['alerts'] },
    })
    const heard: string[] = []
    const listen = (name: string) => async (event: SignIn & { metadata: { channel?: string } }) => {
      heard.push(`${name} ${event.metadata.channel}`)
    }
    const emit = async () => {
      heard.length = 0
      for (const channel of ['security', 'system', 'unknown']) await bus.emit(channel, busEvent())
      await bus.settled()
      return heard.toSorted()
    }
    expect(await emit()).toEqual([])
    bus.register('audit-logger', listen('audit'))
    expect(await emit()).toEqual(['audit security', 'audit system', 'audit unknown'])
    bus.register('alerts', listen('alerts'))
    expect(await emit()).toEqual(['alerts security', 'alerts system', 'audit security', 'audit unknown'])
    const subscription = bus.subscribe('unknown', listen('own'))
    expect(await emit()).toContain('own unknown')
    expect(heard).not.toContain('audit unknown')
    bus.unsubscribe(subscription)
    expect(await emit()).toContain('audit unknown')
    expect(() => bus.register('alerts', listen('twice'))).toThrow(
      expect.objectContaining({ code: 'subscription_exists' }),
    )
    await bus.close()
  })

  it('that emit to their own channel without end are stopped', async () => {
    const { bus } = inProcess({ security: {} })
    let calls = 0
    bus.subscribe('security', async () => {
      calls += 1
      await bus.emit('security', busEvent())
    })
    await bus.emit('security', busEvent())
    await bus.settled()
    expect(calls).toBe(101)
    expect(bus.deadLetters).toMatchObject([{ reason: 'permanent', attempts: [{ code: 'event_loop' }] }])
    await bus.close()
  })

  it('are waited for when the bus drains', async () => {
    const { bus } = inProcess({ security: {} })
    const hold = gate()
    let done = 0
    bus.subscribe('security', async () => {
      await hold.opened
      done += 1
    })
    for (const number of range(5)) await bus.emit('security', numbered(number))
    const drained = bus.drain()
    hold.open()
    await drained
    expect(done).toBe(5)
    expect((await bus.status()).subscriptions).toEqual([])
  })
})
