import { describe, expect, it } from 'vitest'
import { KeelsonError, runInContext } from '../../core/index.ts'
import { listDeadLetters } from '../../delivery/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { range, turns, until } from '../../testing/transport-contract/transport-steps.ts'
import type { SignIn } from './fixtures/sign-ins.ts'
import { busEvent, signInPlatform } from './fixtures/sign-ins.ts'
import type { EmitOptions, EventBusConfig, EventBusOptions, EventOutlet, UndeliveredEvent } from './index.ts'
import { EventBusService } from './index.ts'

const config: EventBusConfig = {
  channels: {
    security: {
      bufferSize: 100,
      consumers: ['audit-logger', 'alerts'],
      retryStrategy: { attempts: 3, backoff: 'fixed', delay: 1 },
    },
  },
}

interface Setting {
  readonly store: EventStore
  readonly platform: Platform
  readonly bus: EventBusService
}

/** A bus on a platform on a store of its own; both are closed afterwards. */
async function withBus(
  work: (setting: Setting) => Promise<void>,
  options: EventBusOptions = {},
  store: EventStore = createMemoryStore(),
  wrap: (platform: Platform) => EventOutlet = platform => platform,
): Promise<void> {
  const platform = await signInPlatform(store)
  const bus = new EventBusService(config, wrap(platform), options)
  try {
    await work({ store, platform, bus })
  } finally {
    await bus.close()
    await platform.close()
  }
}

const numbered = (number: number, metadata: object = {}) => busEvent({ data: { number }, metadata })

async function envelopes(store: EventStore, tenantId = 'acme') {
  const events = await Array.fromAsync(store.readAll({ tenantId }))
  return events.map(({ envelope }) => envelope)
}

describe('an event that is emitted with a guarantee', () => {
  it('is in the log when the promise resolves, with all that was asked for', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await withBus(
      async ({ bus }) => {
        const deliveryDeadline = new Date(Date.now() + 60_000)
        const event = busEvent()
        await bus.emitWithGuarantee('security', event, { priority: 'high', deliveryDeadline })
        const [kept] = await envelopes(store)
        expect(kept).toMatchObject({
          eventId: event.id,
          tenantId: 'acme',
          payload: { userId: 'user-7' },
          metadata: {
            channel: 'security',
            priority: 'high',
            deliveryDeadline: deliveryDeadline.toISOString(),
          },
        })
      },
      {},
      store,
    )
  })

  it('is kept once however often it comes; another one under its key is refused', async () => {
    await withBus(async ({ bus, store }) => {
      const event = busEvent()
      const options = { idempotencyKey: 'one' }
      for (let times = 0; times < 2; times += 1) await bus.emitWithGuarantee('security', event, options)
      expect(await store.head({ tenantId: 'acme' })).toBe(1)
      const other = bus.emitWithGuarantee('security', busEvent(), options)
      await expect(other).rejects.toMatchObject({ code: 'idempotency_key_conflict' })
    })
  })

  it('is refused with the reason, which who merely emits is told otherwise', async () => {
    const told: UndeliveredEvent[] = []
    await withBus(
      async ({ bus }) => {
        const unknown = busEvent({ type: 'NeverDefined' })
        const refused = { code: 'event_type_unknown' }
        await expect(bus.emitWithGuarantee('security', unknown)).rejects.toMatchObject(refused)
        await bus.emit('security', unknown)
        await bus.settled()
        expect(told.map(({ error }) => error.code)).toEqual([refused.code, refused.code])
      },
      { onUndelivered: one => told.push(one) },
    )
  })

  it.each([
    [null, ''],
    [{ zz: 1 }, '/zz'],
    [{ deliverAt: '2026-06-11T10:00:00Z' }, '/deliverAt'],
  ])('is refused with options that are none: %j', async (options, pointer) => {
    await withBus(async ({ bus, store }) => {
      const emitted = bus.emitWithGuarantee('security', busEvent(), options as unknown as EmitOptions)
      await expect(emitted).rejects.toMatchObject({
        code: 'publish_options_invalid',
        details: { faults: [{ pointer }] },
      })
      expect(await envelopes(store)).toEqual([])
    })
  })

  it('that nobody wants any more when it comes is a dead letter', async () => {
    await withBus(async ({ bus, store }) => {
      bus.register('alerts', async () => undefined)
      await bus.emitWithGuarantee('security', busEvent(), { deliveryDeadline: new Date(Date.now() - 1) })
      const letters = async () =>
        (await listDeadLetters(store, { subscription: 'security/alerts', scope: { tenantId: 'acme' } }))
          .letters
      await until(async () => (await letters()).length === 1, 'the dead letter')
      expect((await letters())[0]?.reason).toBe('expired')
    })
  })
})

describe('a store that is away', () => {
  it('is waited for, and the order of each entity kept; who wants the guarantee is told in time', async () => {
    const store = createMemoryStore()
    let failures = 0
    let isAway = false
    const wrap = (platform: Platform): EventOutlet => ({
      deliver: platform.deliver,
      publish: async (...args) => {
        failures += 1
        // Each fails twice, before or after it is stored.
        if (isAway || failures % 3 === 1) throw new KeelsonError('store_unreachable')
        const receipt = await platform.publish(...args)
        if (failures % 3 === 2) throw new KeelsonError('store_unreachable')
        return receipt
      },
    })
    await withBus(
      async ({ bus }) => {
        for (const number of range(20))
          await bus.emit('security', numbered(number, { entityId: `${number % 3}` }))
        await bus.settled()
        const numbers = (await envelopes(store)).map(({ payload }) => (payload as { number: number }).number)
        expect(numbers.toSorted((a, b) => a - b)).toEqual(range(20))
        for (const rest of range(3)) {
          const own = numbers.filter(number => number % 3 === rest)
          expect(own).toEqual(own.toSorted((a, b) => a - b))
        }
        isAway = true
        const guaranteed = bus.emitWithGuarantee('security', busEvent())
        await expect(guaranteed).rejects.toMatchObject({ code: 'store_unreachable' })
      },
      {},
      store,
      wrap,
    )
  })

  it('is another thing than an outlet that is broken, which is tried as often as the channel says', async () => {
    const told: UndeliveredEvent[] = []
    let calls = 0
    const broken = (platform: Platform): EventOutlet => ({
      deliver: platform.deliver,
      publish: () => {
        calls += 1
        return Promise.reject(new TypeError('of what is not there'))
      },
    })
    await withBus(
      async ({ bus }) => {
        await bus.emit('security', busEvent())
        await bus.settled()
        expect(calls).toBe(3)
        expect(told).toMatchObject([{ error: { code: 'internal_error', cause: expect.any(TypeError) } }])
      },
      { onUndelivered: one => told.push(one) },
      createMemoryStore(),
      broken,
    )
  })

  it('does not keep the bus from closing; what it has not taken is told', async () => {
    const told: UndeliveredEvent[] = []
    const away = (platform: Platform): EventOutlet => ({
      deliver: platform.deliver,
      publish: () => Promise.reject(new KeelsonError('store_unreachable')),
    })
    await withBus(
      async ({ bus }) => {
        for (const number of range(3)) await bus.emit('security', numbered(number))
        await turns(3)
        await bus.close()
        await until(() => told.length === 3, 'all of them')
        expect(new Set(told.map(({ error }) => error.code))).toContain('bus_closed')
      },
      { onUndelivered: one => told.push(one) },
      createMemoryStore(),
      away,
    )
  })
})

describe('a channel on a log', () => {
  it('has what was emitted there, and what is of the topic of its name', async () => {
    await withBus(async ({ bus, platform }) => {
      const heard: string[] = []
      const listen = (channel: string) =>
        bus.subscribe<SignIn>(channel, async event => {
          heard.push(`${channel} ${event.id}`)
        })
      for (const channel of ['security', 'system', 'own']) listen(channel)
      const { id: published, ...rest } = busEvent()
      await platform.publish('acme', { id: published, ...rest })
      const [emitted, started] = [busEvent(), busEvent({ type: 'ServiceStarted' })]
      await bus.emit('own', emitted)
      await bus.emit('system', started)
      await until(() => heard.length === 4, 'all of them')
      await turns()
      expect(heard.toSorted()).toEqual(
        [
          `own ${emitted.id}`,
          `security ${emitted.id}`,
          `security ${published}`,
          `system ${started.id}`,
        ].toSorted(),
      )
    })
  })

  it('lets a consumer go on where it stood, and a named one begin with what was emitted before', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    const platform = await signInPlatform(store)
    const heard: unknown[] = []
    const note = (who: string) => async (event: SignIn) => {
      heard.push(`${who} ${event.data.number}`)
    }
    const first = new EventBusService(config, platform)
    const listener = note('listener')
    await first.emit('security', numbered(0))
    await first.settled()
    // What comes right after `subscribe` is heard, what came before is not.
    await new Promise(resolve => setTimeout(resolve, 5))
    first.subscribe('security', listener)
    await first.emit('security', numbered(1))
    await until(() => heard.length === 1, 'the first')
    await first.close()
    const second = new EventBusService(config, platform)
    await second.emit('security', numbered(2))
    await second.settled()
    second.subscribe('security', listener)
    second.register('alerts', note('alerts'))
    await until(() => heard.length === 5, 'all of them')
    await turns()
    expect(heard.toSorted()).toEqual(['alerts 0', 'alerts 1', 'alerts 2', 'listener 1', 'listener 2'])
    await second.close()
    await platform.close()
  })

  it('keeps what a consumer gave up, with every try', async () => {
    await withBus(async ({ bus, store }) => {
      bus.register('alerts', async () => {
        throw 'no'
      })
      await bus.emit('security', busEvent())
      const letters = async () =>
        (await listDeadLetters(store, { subscription: 'security/alerts', scope: { tenantId: 'acme' } }))
          .letters
      await until(async () => (await letters()).length === 1, 'the dead letter')
      expect((await letters())[0]?.attempts.map(({ message }) => message)).toEqual(['no', 'no', 'no'])
    })
  })

  it('lets what a handler emits be caused by what it handles', async () => {
    await withBus(async ({ bus, store }) => {
      bus.subscribe<SignIn>('security', async event => {
        if (event.data.number === 1) await bus.emit('system', busEvent({ type: 'ServiceStarted', data: {} }))
      })
      const event = { ...numbered(1), correlationId: 'request-1' }
      await runInContext({ tenantId: 'acme', actor: 'user-7' }, () => bus.emit('security', event))
      await until(async () => (await store.head({ tenantId: 'acme' })) === 2, 'both')
      expect((await envelopes(store))[1]).toMatchObject({
        eventType: 'ServiceStarted',
        correlationId: 'request-1',
        causationId: event.id,
        metadata: { hops: 1 },
      })
    })
  })
})
