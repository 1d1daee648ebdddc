import fc from 'fast-check'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import type { DeliveryOptions, Priority, PublishOptions } from '../bus/index.ts'
import { withDelivery } from '../bus/index.ts'
import type { JsonObject, JsonValue } from '../core/index.ts'
import { defineEvent, KeelsonError, runInContext } from '../core/index.ts'
import { listDeadLetters } from '../delivery/index.ts'
import { createMemoryStore } from '../store/memory/index.ts'
import { temporaryFolder } from '../store/sqlite/fixtures/temporary-store.ts'
import { gate, range, turns, until } from '../testing/transport-contract/transport-steps.ts'
import { createEmbeddedTransport } from '../transport/embedded/index.ts'
import type { Platform, PlatformOptions } from './create-platform.ts'
import { createPlatform } from './create-platform.ts'
import type { DeliveryDefinition } from './define-context.ts'
import { defineContext } from './define-context.ts'

const OrderPlaced = defineEvent({
  type: 'OrderPlaced',
  version: '1.0',
  kind: 'domain',
  topic: 'orders',
  summary: 'An order was placed.',
  producer: 'Orders',
  consumers: [],
  payload: Type.Object({ number: Type.Number() }),
  examples: [{ number: 1 }],
})

const now = Date.parse('2026-06-11T09:00:02Z')
const occurredAt = '2026-06-11T09:00:01Z'
const day = 86_400_000

const placed = (number: number, members: JsonObject = {}): JsonObject => ({
  eventType: 'OrderPlaced',
  occurredAt,
  payload: { number },
  ...members,
})

async function withPlatform(
  work: (platform: Platform) => Promise<void>,
  {
    subscriptions = [],
    ...options
  }: Partial<PlatformOptions> & { subscriptions?: DeliveryDefinition[] } = {},
): Promise<void> {
  const store = options.store ?? createMemoryStore()
  const orders = defineContext({ name: 'orders', events: [OrderPlaced], subscriptions })
  const platform = await createPlatform({
    clock: { now: () => now },
    contexts: [orders],
    transport: createEmbeddedTransport(store, { pollEvery: 20 }),
    ...options,
    store,
  })
  try {
    await work(platform)
  } finally {
    await platform.close()
  }
}

const metadataOf = async ({ store }: Platform, eventId: string) =>
  (await store.readEvent('acme', eventId))?.envelope.metadata

describe('how an event is to be delivered', () => {
  it('is kept in its metadata, beside what is there', async () => {
    await withPlatform(async platform => {
      const event = placed(1, { metadata: { user: 'u', priority: 'low' } })
      const { eventId } = await platform.publish('acme', event, {
        priority: 'high',
        deliverAt: new Date(now + 5_000),
        deliveryDeadline: '2026-06-11T11:30:00+02:00',
      })
      expect(await metadataOf(platform, eventId)).toEqual({
        user: 'u',
        priority: 'high',
        deliverAt: '2026-06-11T09:00:07.000Z',
        deliveryDeadline: '2026-06-11T09:30:00Z',
      })
    })
  })

  it.each<[string, PublishOptions, JsonObject]>([
    [
      'from when the event occurred',
      { timeToLive: 60_000 },
      { deliveryDeadline: '2026-06-11T09:01:01.000Z' },
    ],
    [
      'from when it is due',
      { timeToLive: 60_000, deliverAt: '2026-06-11T10:00:00Z' },
      { deliverAt: '2026-06-11T10:00:00Z', deliveryDeadline: '2026-06-11T10:01:00.000Z' },
    ],
  ])('may be a time to live, %s', async (_, options, metadata) => {
    await withPlatform(async platform => {
      const { eventId } = await platform.publish('acme', placed(1), options)
      expect(await metadataOf(platform, eventId)).toEqual(metadata)
    })
  })

  it.each<[object, string[]]>([
    [{ priority: 'urgent' }, ['/priority']],
    [{ deliverAt: 'tomorrow' }, ['/deliverAt']],
    [{ deliverAt: new Date(Number.NaN) }, ['/deliverAt']],
    [{ deliverAt: 1_700_000_000_000 }, ['/deliverAt']],
    [{ deliverAt: new Date(now + 367 * day) }, ['/deliverAt']],
    [{ deliveryDeadline: '2026-06-11' }, ['/deliveryDeadline']],
    [{ deliverAt: '2026-06-11T10:00:00Z', deliveryDeadline: '2026-06-11T10:00:00Z' }, ['/deliveryDeadline']],
    [{ timeToLive: 0 }, ['/timeToLive']],
    [{ timeToLive: Number.POSITIVE_INFINITY }, ['/timeToLive']],
    [{ timeToLive: 5, deliveryDeadline: '2026-06-11T10:00:00Z' }, ['/timeToLive']],
    [{ priority: 1, deliverAt: '', timeToLive: -1 }, ['/priority', '/deliverAt', '/timeToLive']],
    [{ prio: 'high', delay: 5 }, ['/prio', '/delay']],
    [[], ['']],
  ])('is refused with all faults at once: %j', async (options, pointers) => {
    await withPlatform(async ({ publish, store }) => {
      const error: unknown = await publish('acme', placed(1), options as PublishOptions).catch(
        reason => reason,
      )
      expect(error).toBeInstanceOf(KeelsonError)
      const { code, details } = error as KeelsonError
      expect(code).toBe('publish_options_invalid')
      expect(details.faults?.map(({ pointer }) => pointer)).toEqual(pointers)
      expect(await store.head({ tenantId: 'acme' })).toBe(0)
    })
  })

  it.each<[JsonObject, string[]]>([
    [{ deliverAt: 'tomorrow' }, ['/metadata/deliverAt']],
    [{ deliverAt: null }, ['/metadata/deliverAt']],
    [{ deliverAt: '2036-06-11T09:00:00Z' }, ['/metadata/deliverAt']],
    [{ deliverAt: 5, deliveryDeadline: '2026-06-11' }, ['/metadata/deliverAt', '/metadata/deliveryDeadline']],
    [
      { deliverAt: '2026-06-11T10:00:00Z', deliveryDeadline: '2026-06-11T10:00:00Z' },
      ['/metadata/deliveryDeadline'],
    ],
  ])('is refused where the metadata says it, by itself and in a batch: %j', async (metadata, pointers) => {
    await withPlatform(async ({ publish, publishEach, store }) => {
      const event = placed(1, { metadata })
      const error: unknown = await publish('acme', event).catch(reason => reason)
      const [result] = await publishEach('acme', [event])
      for (const one of [error, result?.ok === false ? result.error : undefined]) {
        const { code, details } = one as KeelsonError
        expect(code).toBe('envelope_invalid')
        expect(details.faults?.map(({ pointer }) => pointer)).toEqual(pointers)
        expect(details.faults?.every(({ hint }) => hint !== undefined)).toBe(true)
      }
      expect(await store.head({ tenantId: 'acme' })).toBe(0)
    })
  })

  it('is refused where an option ends it before the metadata has it due', async () => {
    await withPlatform(async ({ publish }) => {
      const event = placed(1, { metadata: { deliverAt: '2026-06-11T10:00:00Z' } })
      const published = publish('acme', event, { deliveryDeadline: '2026-06-11T09:30:00Z' })
      await expect(published).rejects.toMatchObject({ code: 'envelope_invalid' })
    })
  })

  it('is refused where it is nothing', async () => {
    await withPlatform(async ({ publish }) => {
      const published = publish('acme', placed(1), null as unknown as PublishOptions)
      await expect(published).rejects.toMatchObject({ code: 'publish_options_invalid' })
    })
  })

  it('is never further ahead than a year, nor over before it is due', () => {
    const times = fc.integer({ min: now - day, max: now + 800 * day })
    const options = fc.record(
      { deliverAt: times, deliveryDeadline: times, timeToLive: fc.integer({ min: 1, max: 400 * day }) },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(options, ({ deliverAt, deliveryDeadline, timeToLive }) => {
        let metadata: JsonValue | undefined
        try {
          const event = withDelivery(
            placed(1),
            {
              ...(deliverAt === undefined ? {} : { deliverAt: new Date(deliverAt) }),
              ...(deliveryDeadline === undefined ? {} : { deliveryDeadline: new Date(deliveryDeadline) }),
              ...(timeToLive === undefined ? {} : { timeToLive }),
            },
            now,
          ) as JsonObject
          metadata = event['metadata'] ?? {}
        } catch (error) {
          expect(error).toMatchObject({ code: 'publish_options_invalid' })
          return
        }
        const { deliverAt: at, deliveryDeadline: end } = metadata as Record<string, string>
        expect(at === undefined).toBe(deliverAt === undefined)
        expect(end === undefined).toBe(deliveryDeadline === undefined && timeToLive === undefined)
        if (at !== undefined) expect(Date.parse(at)).toBeLessThanOrEqual(now + 366 * day)
        if (at !== undefined && end !== undefined) expect(Date.parse(end)).toBeGreaterThan(Date.parse(at))
      }),
    )
  })

  it('is the same for a repeat, which the receipt tells, by id and by key', async () => {
    await using folder = temporaryFolder()
    let ahead = 0
    await withPlatform(
      async ({ publish }) => {
        const byId = () =>
          publish('acme', placed(1, { eventId: 'e1' }), { timeToLive: 60_000, priority: 'low' })
        const byKey = () => publish('acme', placed(2), { idempotencyKey: 'order-2', timeToLive: 60_000 })
        const [first, second] = [await byId(), await byKey()]
        ahead = 30_000
        expect([first.duplicate, second.duplicate]).toEqual([false, false])
        expect(await byId()).toEqual({ ...first, duplicate: true })
        expect(await byKey()).toEqual({ ...second, duplicate: true })
      },
      { store: await folder.open(), clock: { now: () => now + ahead } },
    )
  })
})

describe('a subscription', () => {
  it('lets priorities go first as they were published, unless it says otherwise', async () => {
    await withPlatform(async ({ publish, deliver }) => {
      const words: readonly (Priority | undefined)[] = ['low', undefined, 'high']
      for (const number of range(63)) {
        const priority = words[number % 3]
        await publish('acme', placed(number), priority === undefined ? {} : { priority })
      }
      const hold = gate()
      const done: number[] = []
      deliver({
        name: 'priorities',
        concurrency: 1,
        // Each has a key of its own, so that there is a choice.
        orderingKey: event => event.eventId,
        async handle({ payload }) {
          await hold.opened
          done.push((payload as { number: number }).number % 3)
        },
      })
      await turns(200)
      hold.open()
      await until(() => done.length === 63, 'all events')
      const first = done.slice(1, 22)
      expect([0, 1, 2].map(rest => first.filter(one => one === rest).length)).toEqual([1, 4, 16])
    })
  })

  it('of a context starts with the platform, and may publish', async () => {
    const seen: number[] = []
    const count: DeliveryDefinition = ({ publish }) => ({
      name: 'count-down',
      async handle({ tenantId, payload }) {
        const { number } = payload as { number: number }
        seen.push(number)
        if (number > 0) await publish(tenantId, placed(number - 1))
      },
    })
    const plain: DeliveryDefinition = { name: 'plain', handle: () => undefined }
    await withPlatform(
      async ({ publish, deliveries, store }) => {
        expect([...deliveries.keys()]).toEqual(['count-down', 'plain'])
        expect(deliveries.get('count-down')?.description.concurrency).toBe(10)
        await publish('acme', placed(3))
        await until(() => seen.length === 4, 'the end')
        const events = await Array.fromAsync(store.readAll({ tenantId: 'acme' }))
        expect(events.map(({ envelope }) => envelope.metadata?.['hops'])).toEqual([undefined, 1, 2, 3])
        const chain = events.map(({ envelope }) => envelope)
        for (const [at, { causationId, correlationId }] of chain.entries()) {
          expect(causationId).toBe(chain[at - 1]?.eventId)
          expect(correlationId).toBe(chain[0]?.eventId)
        }
      },
      { subscriptions: [count, plain] },
    )
  })

  it('of a context needs a transport', async () => {
    const store = createMemoryStore()
    const orders = defineContext({
      name: 'orders',
      events: [OrderPlaced],
      subscriptions: [{ name: 'n', handle: () => undefined }],
    })
    await expect(createPlatform({ store, contexts: [orders] })).rejects.toMatchObject({
      code: 'transport_missing',
    })
    await store.close()
  })

  it('that publishes to its own topic without end is stopped, and says so in a dead letter', async () => {
    let calls = 0
    await withPlatform(
      async ({ publish, deliver, store }) => {
        deliver({
          name: 'again',
          topics: ['orders'],
          async handle({ tenantId }) {
            calls += 1
            await publish(tenantId, placed(calls))
          },
        })
        await publish('acme', placed(0))
        const letters = async () =>
          (await listDeadLetters(store, { subscription: 'again', scope: { tenantId: 'acme' } })).letters
        await until(async () => (await letters()).length === 1, 'the end')
        expect(calls).toBe(11)
        const [letter] = await letters()
        expect(letter).toMatchObject({ reason: 'permanent', attempts: [{ code: 'event_loop' }] })
      },
      { maxHops: 10 },
    )
  })

  it('is counted anew for what is published outside of handlers', async () => {
    await withPlatform(
      async ({ publish, store }) => {
        await runInContext({ tenantId: 'acme' }, () => publish('acme', placed(1)))
        await runInContext({ hops: 0 }, () => publish('acme', placed(2)))
        await expect(runInContext({ hops: 1 }, () => publish('acme', placed(3)))).rejects.toMatchObject({
          code: 'event_loop',
          retryable: false,
        })
        expect(await store.head({ tenantId: 'acme' })).toBe(2)
      },
      { maxHops: 1 },
    )
  })

  it('is not begun with what is nothing, nor after the platform has closed', async () => {
    await withPlatform(async platform => {
      const nothing = undefined as unknown as DeliveryOptions
      expect(() => platform.deliver(nothing)).toThrow(
        expect.objectContaining({ code: 'delivery_options_invalid' }),
      )
      await platform.close()
      expect(() => platform.deliver({ name: 'late', handle: () => undefined })).toThrow(
        expect.objectContaining({ code: 'subscription_closed' }),
      )
      expect(platform.deliveries.size).toBe(0)
    })
  })

  it('that was closed leaves its name to the next one', async () => {
    await withPlatform(async ({ deliver, deliveries }) => {
      const options = { name: 'one', handle: () => undefined }
      const first = deliver(options)
      expect(() => deliver(options)).toThrow(expect.objectContaining({ code: 'subscription_exists' }))
      await first.close()
      const second = deliver(options)
      expect(deliveries.get('one')).toBe(second)
      await until(async () => (await second.status()).partitions[0]?.isOwner === true, 'the owner')
    })
  })
})
