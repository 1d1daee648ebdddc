import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { registryEvents } from '../catalog/index.ts'
import type { JsonObject, JsonValue } from '../core/index.ts'
import { defineEvent, KeelsonError } from '../core/index.ts'
import { logEvents } from '../notary/index.ts'
import { defineProjection } from '../projection/index.ts'
import { createMemoryStore } from '../store/memory/index.ts'
import { temporaryFolder } from '../store/sqlite/fixtures/temporary-store.ts'
import type { Platform, PlatformOptions } from './create-platform.ts'
import { createPlatform } from './create-platform.ts'
import { defineContext } from './define-context.ts'

const base = { version: '1.0', kind: 'domain', topic: 'orders', producer: 'Orders', consumers: [] } as const

const OrderPlaced = defineEvent({
  ...base,
  type: 'OrderPlaced',
  summary: 'An order was placed.',
  aggregate: 'Order',
  orderingKey: event => event.payload.orderId,
  payload: Type.Object({ orderId: Type.String() }),
  examples: [{ orderId: '1' }],
})
const OrderCounted = defineEvent({
  ...base,
  type: 'OrderCounted',
  summary: 'An order was counted.',
  isDerived: true,
  payload: Type.Object({}),
  examples: [{}],
})
const orders = defineContext({ name: 'orders', events: [OrderPlaced, OrderCounted] })

const occurredAt = '2026-06-11T09:00:01Z'
const clock = { now: () => Date.parse('2026-06-11T09:00:02Z') }

async function withPlatform<T>(
  work: (platform: Platform) => Promise<T>,
  options: Partial<PlatformOptions> = {},
): Promise<T> {
  const platform = await createPlatform({ store: createMemoryStore(), contexts: [orders], clock, ...options })
  try {
    return await work(platform)
  } finally {
    await platform.close()
  }
}

const placed = (orderId: JsonValue, members: JsonObject = {}): JsonObject => ({
  eventType: 'OrderPlaced',
  occurredAt,
  payload: { orderId },
  ...members,
})

async function failure(work: Promise<unknown>): Promise<KeelsonError> {
  const error = await work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  )
  if (error instanceof KeelsonError) return error
  throw error
}

describe('publish', () => {
  it.each<[form: string, event: JsonObject]>([
    ['the canonical envelope', placed('7', { eventId: 'e1', source: 'shop', metadata: { user: 'u' } })],
    [
      "the bus's form",
      {
        id: 'e1',
        type: 'OrderPlaced',
        source: 'shop',
        time: occurredAt,
        dataVersion: '1.0',
        data: { orderId: '7' },
        metadata: { tenantId: 'acme', user: 'u' },
      },
    ],
    [
      'a CloudEvent',
      {
        specversion: '1.0',
        id: 'e1',
        type: 'OrderPlaced',
        source: 'shop',
        time: occurredAt,
        data: { orderId: '7' },
        keelsonmetadata: '{"user":"u"}',
      },
    ],
  ])('takes %s', async (_, event) => {
    await withPlatform(async ({ publish, store }) => {
      const receipt = await publish('acme', event)
      expect(receipt).toMatchObject({ eventId: 'e1', stream: 'Order-7', version: 1, duplicate: false })
      const stored = await store.readEvent('acme', 'e1')
      expect(stored?.envelope).toMatchObject({
        eventId: 'e1',
        eventType: 'OrderPlaced',
        schemaVersion: '1.0',
        tenantId: 'acme',
        source: 'shop',
        occurredAt,
        correlationId: 'e1',
        aggregateType: 'Order',
        aggregateId: '7',
        payload: { orderId: '7' },
        metadata: { user: 'u' },
      })
    })
  })

  it('knows the event again in another form', async () => {
    await withPlatform(async ({ publish }) => {
      const { duplicate: _, ...first } = await publish(
        'acme',
        placed('7', { eventId: 'e1', schemaVersion: '1.0', source: 'shop' }),
      )
      const bus = {
        id: 'e1',
        type: 'OrderPlaced',
        source: 'shop',
        time: occurredAt,
        dataVersion: '1.0',
        data: { orderId: '7' },
      }
      expect(await publish('acme', bus)).toEqual({ ...first, duplicate: true })
      const cloud = {
        specversion: '1.0',
        id: 'e1',
        type: 'OrderPlaced',
        source: 'shop',
        time: occurredAt,
        schemaversion: '1.0',
        data: { orderId: '7' },
      }
      expect(await publish('acme', cloud)).toEqual({ ...first, duplicate: true })
    })
  })

  it('refuses an unknown type with the names that are near', async () => {
    await withPlatform(async ({ publish, store }) => {
      const error = await failure(publish('acme', placed('7', { eventType: 'OrderPlased' })))
      expect(error.code).toBe('event_type_unknown')
      expect(error.message).toContain('did you mean OrderPlaced')
      expect(await store.head({ tenantId: 'acme' })).toBe(0)
    })
  })

  it('keeps an unknown type for the tenants that keep them', async () => {
    await withPlatform(
      async ({ publish }) => {
        const event = { eventType: 'com.example.thing', occurredAt, payload: { any: [1] } }
        expect((await publish('acme', event)).stream).toBe('com.example.thing')
        expect((await failure(publish('globex', event))).code).toBe('event_type_unknown')
      },
      { keepsUnknownTypes: tenantId => tenantId === 'acme' },
    )
  })

  it('refuses a derived type', async () => {
    await withPlatform(async ({ publish }) => {
      const error = await failure(publish('acme', { eventType: 'OrderCounted', occurredAt, payload: {} }))
      expect(error.code).toBe('event_type_derived')
    })
  })

  it.each<[string, JsonValue]>([
    ['envelope_invalid', 'text'],
    ['envelope_invalid', placed('7', { colour: 'red' })],
    ['envelope_invalid', { specversion: '0.3', id: 'e', source: '/s', type: 'OrderPlaced' }],
    ['envelope_invalid', { id: 'e', type: 'OrderPlaced', time: occurredAt, data: {}, payload: {} }],
    ['payload_invalid', placed(7)],
    ['tenant_mismatch', placed('7', { tenantId: 'globex' })],
    ['event_in_future', placed('7', { occurredAt: '2026-06-11T10:00:00Z' })],
    ['event_version_unknown', placed('7', { schemaVersion: '2.0' })],
  ])('refuses with %s %j', async (code, event) => {
    await withPlatform(async ({ publish }) => {
      expect((await failure(publish('acme', event))).code).toBe(code)
    })
  })

  it('passes the idempotency key on', async () => {
    await withPlatform(async ({ publish }) => {
      const first = await publish('acme', placed('7'), { idempotencyKey: 'k' })
      expect(await publish('acme', placed('7'), { idempotencyKey: 'k' })).toEqual({
        ...first,
        duplicate: true,
      })
      expect((await failure(publish('acme', placed('8'), { idempotencyKey: 'k' }))).code).toBe(
        'idempotency_key_conflict',
      )
    })
  })

  it('puts aggregates with very long ids into streams of their own', async () => {
    await withPlatform(async ({ publish, store }) => {
      const [one, two] = [`${'x'.repeat(600)}1`, `${'x'.repeat(600)}2`]
      const first = await publish('acme', placed(one))
      const second = await publish('acme', placed(two))
      const again = await publish('acme', placed(one))
      expect(first.stream).toHaveLength(512)
      expect(second.stream).not.toBe(first.stream)
      expect([again.stream, again.version]).toEqual([first.stream, 2])
      expect(await Array.fromAsync(store.readStream('acme', first.stream))).toHaveLength(2)
    })
  })
})

describe('publishEach', () => {
  it('gives each event its own result, in their order, and stores the good ones in it', async () => {
    await using folder = temporaryFolder()
    await withPlatform(
      async ({ publishEach, store }) => {
        const results = await publishEach('acme', [
          placed('1', { eventId: 'e1' }),
          placed(2, { eventId: 'e2' }),
          placed('3', { eventId: 'e3' }),
          null,
          placed('1', { eventId: 'e1' }),
          placed('4', { eventId: 'e1' }),
          placed('5', { eventId: 'e5' }),
        ])
        expect(
          results.map(result => (result.ok ? [result.receipt.eventId, result.duplicate] : result.error.code)),
        ).toEqual([
          ['e1', false],
          'payload_invalid',
          ['e3', false],
          'envelope_invalid',
          ['e1', true],
          'event_id_conflict',
          ['e5', false],
        ])
        const stored = await Array.fromAsync(store.readAll({ tenantId: 'acme' }))
        expect(stored.map(({ eventId }) => eventId)).toEqual(['e1', 'e3', 'e5'])
      },
      { store: await folder.open() },
    )
  })

  it('gives what failed inside as an error of the table', async () => {
    const store = createMemoryStore()
    store.append = () => Promise.reject(new TypeError('broken'))
    await withPlatform(
      async ({ publishEach }) => {
        expect(await publishEach('acme', [placed('1')])).toEqual([
          { ok: false, error: expect.objectContaining({ code: 'internal_error' }) },
        ])
      },
      { store },
    )
  })

  it('gives nothing for nothing', async () => {
    await withPlatform(async ({ publishEach }) => {
      expect(await publishEach('acme', [])).toEqual([])
    })
  })
})

describe('createPlatform', () => {
  it('has one catalogue of all contexts, and refuses a name that two have', async () => {
    await withPlatform(async ({ catalog }) => {
      expect(catalog.entries.map(({ definition }) => definition.type)).toEqual([
        'OrderPlaced',
        'OrderCounted',
        ...[...registryEvents, ...logEvents].map(({ type }) => type),
      ])
    })
    const other = defineContext({ name: 'other', events: [OrderPlaced] })
    await expect(createPlatform({ store: createMemoryStore(), contexts: [orders, other] })).rejects.toThrow(
      'Two definitions are named OrderPlaced',
    )
  })

  it('names the source of events that name none', async () => {
    await withPlatform(
      async ({ publish, store }) => {
        const { eventId } = await publish('acme', placed('1'))
        expect((await store.readEvent('acme', eventId))?.envelope.source).toBe('shop')
      },
      { source: 'shop' },
    )
  })

  it('keeps its projections up to date, and knows them by name', async () => {
    await using folder = temporaryFolder()
    const Orders = defineProjection({
      name: 'Orders',
      version: 1,
      schema: ['CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY) STRICT'],
      handle: (event, unit) =>
        unit.write('INSERT INTO orders VALUES (?)', [event.envelope.aggregateId ?? '']),
    })
    const context = defineContext({ name: 'orders', events: [OrderPlaced], projections: [Orders] })
    await withPlatform(
      async ({ publish, projection, store }) => {
        const { position } = await publish('acme', placed('7'))
        expect(await projection('Orders').waitFor(position, 30_000)).toBe(true)
        expect(await store.query({ tenantId: 'every tenant' }, 'SELECT id FROM orders', [])).toEqual([['7']])
        expect(await store.checkpoint('projection:Orders@1')).toBe(position)
        expect(() => projection('Others')).toThrow(expect.objectContaining({ code: 'not_found' }))
      },
      { store: await folder.open(), contexts: [context] },
    )
  })

  it('refuses a projection in SQL on a store without', async () => {
    const Orders = defineProjection({ name: 'Orders', version: 1, schema: [], handle: () => undefined })
    const context = defineContext({ name: 'orders', events: [OrderPlaced], projections: [Orders] })
    await expect(createPlatform({ store: createMemoryStore(), contexts: [context] })).rejects.toThrow(
      'The projection Orders needs SQL, which the memory store has not',
    )
  })

  it('runs subscriptions, and ends them with itself', async () => {
    await withPlatform(async platform => {
      const seen: string[] = []
      const subscription = await platform.subscribe({
        name: 'watch',
        scope: { tenantId: 'acme' },
        handle: events => void seen.push(...events.map(({ eventType }) => eventType)),
      })
      const { position } = await platform.publish('acme', placed('7'))
      expect(await subscription.waitFor(position, 30_000)).toBe(true)
      expect(seen).toEqual(['OrderPlaced'])
      await platform.close()
      expect(subscription.status.state).toBe('closed')
      expect((await failure(platform.publish('acme', placed('8')))).code).toBe('store_closed')
    })
  })
})

describe('defineContext', () => {
  it.each(['', 'Orders', 'a', '1st', 'or ders'])('refuses the name %j', name => {
    expect(() => defineContext({ name, events: [] })).toThrow(TypeError)
  })

  it.each([
    ['a'.repeat(51), /must have 2 to 50 characters; .* has 51/],
    ['a', /must have 2 to 50 characters; "a" has 1/],
    ['Orders', /must begin with a letter of a-z/],
    [undefined, /must be a text/],
  ])('says what is wrong with the name %j', (name, reason) => {
    expect(() => defineContext({ name: name as string, events: [] })).toThrow(reason)
  })
})
