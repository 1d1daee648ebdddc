import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { defineCaster } from '../catalog/index.ts'
import { defineEvent } from '../core/index.ts'
import type { JsonObject, RecordedEvent } from '../index.ts'
import { createMemoryStore } from '../store/memory/index.ts'
import type { PlatformOptions } from './create-platform.ts'
import { createPlatform } from './create-platform.ts'
import { defineContext } from './define-context.ts'

const base = {
  kind: 'domain',
  topic: 'orders',
  summary: 'An order was placed.',
  producer: 'Orders',
  consumers: [],
  aggregate: 'Order',
} as const
const first = defineEvent({
  ...base,
  type: 'OrderPlaced',
  version: '1.0',
  orderingKey: event => event.payload.id,
  payload: Type.Object({ id: Type.String(), total: Type.Number() }),
  examples: [{ id: '1', total: 7 }],
})
const second = defineEvent({
  ...base,
  type: 'OrderPlacedV2',
  version: '2.0',
  orderingKey: event => event.payload.orderId,
  payload: Type.Object({ orderId: Type.String(), cents: Type.Integer({ minimum: 0 }) }),
  examples: [{ orderId: '1', cents: 700 }],
})
const caster = defineCaster({
  from: 'OrderPlaced@1.0',
  to: 'OrderPlacedV2@2.0',
  up: payload => {
    const { id, total } = payload as { id: string; total: number }
    return { orderId: id, cents: Math.round(total * 100) }
  },
  down: payload => {
    const { orderId, cents } = payload as { orderId: string; cents: number }
    return { id: orderId, total: cents / 100 }
  },
})
const orders = defineContext({ name: 'orders', events: [first, second], casters: [caster] })
const now = Date.parse('2026-06-11T09:00:02Z')
const between = ['OrderPlaced@1.0', 'OrderPlacedV2@2.0'] as const

async function withPlatform<T>(
  work: (platform: Awaited<ReturnType<typeof createPlatform>>) => Promise<T>,
  options: Partial<PlatformOptions> = {},
): Promise<T> {
  const platform = await createPlatform({
    store: createMemoryStore(),
    contexts: [orders],
    clock: { now: () => now },
    dualPublish: [{ between, until: '2026-07-01T00:00:00Z' }],
    ...options,
  })
  try {
    return await work(platform)
  } finally {
    await platform.close()
  }
}

const placed = (members: JsonObject = {}): JsonObject => ({
  eventType: 'OrderPlaced',
  occurredAt: '2026-06-11T09:00:01Z',
  payload: { id: '7', total: 12.5 },
  ...members,
})

const placedV2 = (members: JsonObject = {}): JsonObject => ({
  eventType: 'OrderPlacedV2',
  schemaVersion: '2.0',
  occurredAt: '2026-06-11T09:00:01Z',
  payload: { orderId: '8', cents: 5 },
  ...members,
})

describe('dual publishing', () => {
  it('stores both versions in one append, in the stream of what they are about', async () => {
    await withPlatform(async ({ publish, store }) => {
      const receipt = await publish('acme', placed({ eventId: 'e1', metadata: { user: 'u1' } }))
      expect(receipt).toMatchObject({ eventId: 'e1', position: 1, stream: 'Order-7' })
      const [event, twin] = await Array.fromAsync(store.readStream('acme', 'Order-7'))
      expect(event?.envelope.payload).toEqual({ id: '7', total: 12.5 })
      expect(twin?.envelope).toMatchObject({
        eventType: 'OrderPlacedV2',
        schemaVersion: '2.0',
        correlationId: 'e1',
        payload: { orderId: '7', cents: 1250 },
        metadata: { user: 'u1', dualFrom: 'OrderPlaced@1.0' },
      })
      expect(twin?.recordedAt).toBe(event?.recordedAt)
    })
  })

  it('works from the new version to the old', async () => {
    await withPlatform(async ({ publish, store }) => {
      await publish('acme', placedV2())
      const types = (await Array.fromAsync(store.readStream('acme', 'Order-8'))).map(event => event.eventType)
      expect(types).toEqual(['OrderPlacedV2', 'OrderPlaced'])
    })
  })

  it('adds nothing for a repeat, whether it is known by its id or by a key', async () => {
    await withPlatform(async ({ publish, store }) => {
      await publish('acme', placed({ eventId: 'e1' }))
      expect((await publish('acme', placed({ eventId: 'e1' }))).duplicate).toBe(true)
      const key = { idempotencyKey: 'k1' }
      const kept = await publish('acme', placed(), key)
      expect(await publish('acme', placed(), key)).toMatchObject({ duplicate: true, eventId: kept.eventId })
      expect(await store.head({ tenantId: 'acme' })).toBe(4)
    })
  })

  it('ends with its window', async () => {
    await withPlatform(
      async ({ publish, store }) => {
        await publish('acme', placed())
        expect(await store.head({ tenantId: 'acme' })).toBe(1)
      },
      { dualPublish: [{ between, until: '2026-06-11T09:00:02Z' }] },
    )
  })

  it('stores neither where the other version cannot be made', async () => {
    await withPlatform(async ({ publish, store }) => {
      const wrong = publish('acme', placed({ payload: { id: '7', total: -1 } }))
      await expect(wrong).rejects.toMatchObject({ code: 'event_cast_failed' })
      expect(await store.head({ tenantId: 'acme' })).toBe(0)
    })
  })

  it('refuses a window that names what is not there, or has no end', async () => {
    const open = (dualPublish: PlatformOptions['dualPublish'] = []) =>
      withPlatform(async () => undefined, { dualPublish })
    await expect(
      open([{ between: ['OrderPlaced@1.0', 'OrderLost@2.0'], until: '2027-01-01' }]),
    ).rejects.toThrow('OrderLost@2.0')
    await expect(open([{ between, until: 'soon' }])).rejects.toThrow('has no end')
  })
})

describe('a subscription that accepts certain versions', () => {
  it('gets every event in one of them, and its leaf as it was stored', async () => {
    await withPlatform(
      async ({ publish, subscribe, store }) => {
        const seen: RecordedEvent[] = []
        const subscription = await subscribe({
          name: 'reader',
          accepts: ['OrderPlacedV2@2'],
          handle: events => void seen.push(...events),
        })
        await publish('acme', placed({ eventId: 'e1' }))
        await publish('acme', placedV2({ eventId: 'e2' }))
        expect(await subscription.waitFor(2, 30_000)).toBe(true)
        expect(seen.map(event => [event.eventId, event.eventType, event.envelope.payload])).toEqual([
          ['e1', 'OrderPlacedV2', { orderId: '7', cents: 1250 }],
          ['e2', 'OrderPlacedV2', { orderId: '8', cents: 5 }],
        ])
        const stored = await store.readEvent('acme', 'e1')
        expect(seen[0]?.leafHash).toBe(stored?.leafHash)
        expect(stored?.eventType).toBe('OrderPlaced')
      },
      { dualPublish: [] },
    )
  })
})
