import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../core/index.ts'
import { completeEvent, createIdSource, defineEvent, KeelsonError, platformTenant } from '../core/index.ts'
import { createTextRootKey, openKeyRing, openSealed } from '../notary/index.ts'
import { createMemoryStore } from '../store/memory/index.ts'
import type { PlatformOptions } from './create-platform.ts'
import { createPlatform } from './create-platform.ts'
import { defineContext } from './define-context.ts'
import { readAs } from './read-as.ts'

const schema = (properties: JsonObject) =>
  JSON.stringify({
    type: 'object',
    required: ['shipmentId'],
    properties: { shipmentId: { type: 'string' }, ...properties },
  })
const event = {
  topic: 'shipments',
  summary: 'A shipment left.',
  producer: 'Shipping',
  orderingKey: '/shipmentId',
}
const noted = defineContext({
  name: 'shipping',
  events: [
    defineEvent({
      type: 'ShipmentNoted',
      version: '1.0',
      kind: 'domain',
      topic: 'shipments',
      summary: 'A note was made on a shipment.',
      producer: 'Shipping',
      consumers: [],
      payload: Type.Object({}),
      examples: [{}],
    }),
  ],
})
const shipped = (payload: JsonObject, members: JsonObject = {}): JsonObject => ({
  eventType: 'ShipmentLeft',
  occurredAt: '2026-06-11T09:00:01Z',
  payload,
  ...members,
})

async function withPlatform(
  work: (platform: Awaited<ReturnType<typeof createPlatform>>) => Promise<void>,
  options: Partial<PlatformOptions> = {},
): Promise<void> {
  const platform = await createPlatform({ store: createMemoryStore(), contexts: [], ...options })
  try {
    await work(platform)
  } finally {
    await platform.close()
  }
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'it succeeded',
    (error: unknown) => (error instanceof KeelsonError ? error.code : String(error)),
  )

describe('an event type that a tenant registered', () => {
  it('is published and validated like one of the catalogue, in the stream of what it is about', async () => {
    await withPlatform(async ({ publish, registry }) => {
      expect(await codeOf(publish('acme', shipped({ shipmentId: '7' })))).toBe('event_type_unknown')
      await registry.register('acme', 'ShipmentLeft', { schemaType: 'JSON', schema: schema({}), event })
      expect(await publish('acme', shipped({ shipmentId: '7' }))).toMatchObject({ stream: 'ShipmentLeft-7' })
      expect(await codeOf(publish('acme', shipped({ shipmentId: 7 })))).toBe('payload_invalid')
      expect(await codeOf(publish('acme', shipped({ shipmentId: '7', colour: 'red' })))).toBe(
        'payload_invalid',
      )
    })
  })

  it('has its ids of people sealed where they are addresses', async () => {
    const store = createMemoryStore()
    const root = createTextRootKey(Buffer.alloc(32, 7).toString('base64'))
    const ring = await openKeyRing(store, root, { logName: 'test.example' })
    await withPlatform(
      async ({ publish, registry }) => {
        const given = { schemaType: 'JSON', schema: schema({ packedBy: { type: 'string' } }), event } as const
        await registry.register('acme', 'ShipmentLeft', given)
        for (const packedBy of ['ada@example.com', 'usr-12'])
          await publish('acme', shipped({ shipmentId: '7', packedBy }))
      },
      { store: openSealed(store, ring) },
    )
    const left = store.readStream('acme', 'ShipmentLeft-7')
    const payloads = (await Array.fromAsync(left)).map(({ envelope }) => envelope.payload)
    expect(payloads).toEqual([
      { shipmentId: '7', _sd: [expect.any(String)], kid: expect.any(String) },
      { shipmentId: '7', packedBy: 'usr-12' },
    ])
    await ring.close()
  })

  it("has no name of the log's records, by which nothing is published either", async () => {
    await withPlatform(
      async ({ publish, registry }) => {
        const registered = registry.register('acme', 'LogFoo', {
          schemaType: 'JSON',
          schema: schema({}),
          event,
        })
        await expect(registered).rejects.toMatchObject({
          code: 'schema_subject_taken',
          message: expect.stringContaining('records of the log'),
        })
        expect(await codeOf(registry.setCompatibility('acme', 'LogFoo', 'full'))).toBe('schema_subject_taken')
        for (const eventType of ['LogFoo', 'LogErasureRecorded'])
          expect(await codeOf(publish('acme', shipped({}, { eventType })))).toBe('event_type_reserved')
        for (const eventType of ['LoginFailed', 'logFoo', 'Log'])
          expect(await codeOf(publish('acme', shipped({}, { eventType })))).toBe('it succeeded')
      },
      { keepsUnknownTypes: () => true },
    )
  })

  it("is no other tenant's", async () => {
    await withPlatform(async ({ publish, registry }) => {
      await registry.register('acme', 'ShipmentLeft', { schemaType: 'JSON', schema: schema({}), event })
      expect(await codeOf(publish('globex', shipped({ shipmentId: '7' })))).toBe('event_type_unknown')
      await registry.register('globex', 'ShipmentLeft', {
        schemaType: 'JSON',
        schema: schema({ weight: { type: 'number' } }),
        event,
      })
      await publish('globex', shipped({ shipmentId: '7', weight: 2 }))
      expect(await codeOf(publish('acme', shipped({ shipmentId: '7', weight: 2 })))).toBe('payload_invalid')
    })
  })

  it('is checked also where the tenant keeps types that nobody knows', async () => {
    await withPlatform(
      async ({ publish, registry }) => {
        await registry.register('acme', 'ShipmentLeft', { schemaType: 'JSON', schema: schema({}), event })
        expect(await codeOf(publish('acme', shipped({})))).toBe('payload_invalid')
        await publish('acme', shipped({}, { eventType: 'com.example.unknown' }))
      },
      { keepsUnknownTypes: () => true },
    )
  })

  it('is known to another process of the store at once', async () => {
    const store = createMemoryStore()
    await withPlatform(
      async one => {
        const other = await createPlatform({ store, contexts: [] })
        await codeOf(other.publish('acme', shipped({ shipmentId: '7' })))
        await one.registry.register('acme', 'ShipmentLeft', { schemaType: 'JSON', schema: schema({}), event })
        expect(await other.publish('acme', shipped({ shipmentId: '7' }))).toMatchObject({
          stream: 'ShipmentLeft-7',
        })
        await other.close()
      },
      { store },
    )
  })

  it('has versions: events of the older one are checked against it', async () => {
    await withPlatform(async ({ publish, registry, store }) => {
      await registry.register('acme', 'ShipmentLeft', { schemaType: 'JSON', schema: schema({}), event })
      await registry.register('acme', 'ShipmentLeft', {
        schemaType: 'JSON',
        schema: schema({ weight: { type: 'number' } }),
        event,
      })
      const { eventId } = await publish('acme', shipped({ shipmentId: '7', weight: 2 }))
      expect((await store.readEvent('acme', eventId))?.envelope.schemaVersion).toBe('1.1')
      await publish('acme', shipped({ shipmentId: '7' }, { schemaVersion: '1.0' }))
      const newer = shipped({ shipmentId: '7', weight: 2 }, { schemaVersion: '1.0' })
      expect(await codeOf(publish('acme', newer))).toBe('payload_invalid')
    })
  })

  it('does not change the order in which events of a tenant come, built in or not', async () => {
    await withPlatform(
      async ({ publish, registry, store }) => {
        await registry.register('acme', 'ShipmentLeft', { schemaType: 'JSON', schema: schema({}), event })
        const publishings = [1, 2, 3, 4].flatMap(at => [
          publish('acme', shipped({ shipmentId: '7' }, { eventId: `own-${at}` })),
          publish('acme', {
            ...shipped({}, { eventId: `known-${at}`, eventType: 'ShipmentNoted' }),
            aggregateId: '7',
          }),
          publish('acme', shipped({}, { eventId: `unknown-${at}`, eventType: 'com.example.unknown' })),
        ])
        const receipts = await Promise.all(publishings)
        expect(receipts.map(({ position }) => position)).toEqual(receipts.map((_, at) => at + 2))
        expect(await store.head({ tenantId: 'acme' })).toBe(13)
      },
      { contexts: [noted], keepsUnknownTypes: () => true },
    )
  })
})

describe('the registry of a platform', () => {
  const forged = {
    eventType: 'SchemaRegistered',
    occurredAt: '2026-06-11T09:00:01Z',
    aggregateType: 'SchemaRegistry',
    aggregateId: 'schemas',
    payload: {},
  }

  it('is written by nobody else, whatever the contexts are', async () => {
    await withPlatform(
      async ({ publish, registry }) => {
        expect(await codeOf(publish('acme', forged))).toBe('event_type_reserved')
        expect(await codeOf(publish('acme', { ...forged, eventType: 'com.example.other' }))).toBe(
          'stream_reserved',
        )
        const own = { schemaType: 'JSON' as const, schema: schema({}), event }
        expect(await codeOf(registry.register('acme', 'SchemaRegistered', own))).toBe('schema_subject_taken')
      },
      { keepsUnknownTypes: () => true },
    )
  })

  it('passes over what was appended past it', async () => {
    await withPlatform(async ({ registry, store }) => {
      const own = { schemaType: 'JSON' as const, schema: schema({}), event }
      await registry.register('acme', 'ShipmentLeft', own)
      const wrong = completeEvent(forged, {
        tenantId: 'acme',
        ids: createIdSource(),
        now: Date.now(),
        source: 'x',
      })
      await store.append('acme', [{ stream: 'SchemaRegistry-schemas', expected: 1, events: [wrong] }])
      await registry.load('acme', { isFresh: true })
      expect(await registry.register('acme', 'ShipmentSeen', own)).toMatchObject({ version: 1 })
    })
  })
})

describe('a reader of an own type', () => {
  it('gets it in the minor that it accepts', async () => {
    await withPlatform(async ({ publish, registry, store, subscribe, catalog }) => {
      const register = (properties: JsonObject) =>
        registry.register('acme', 'ShipmentLeft', { schemaType: 'JSON', schema: schema(properties), event })
      await register({})
      await register({ weight: { type: 'number' } })
      const { eventId } = await publish('acme', shipped({ shipmentId: '7', weight: 2 }))
      const stored = await store.readEvent('acme', eventId)
      if (!stored) throw new Error('nothing was stored')
      const read = readAs(stored, catalog, ['ShipmentLeft@1.0'], registry.ownTypes('acme'))
      expect(read.envelope).toMatchObject({ schemaVersion: '1.0', payload: { shipmentId: '7' } })
      const seen: unknown[] = []
      const subscription = await subscribe({
        name: 'reader',
        filter: { types: ['ShipmentLeft'] },
        accepts: ['ShipmentLeft@1.0'],
        handle: events => void seen.push(...events.map(one => one.envelope.payload)),
      })
      expect(await subscription.waitFor(stored.position, 30_000)).toBe(true)
      expect(seen).toEqual([{ shipmentId: '7' }])
    })
  })

  it('is refused a version that was registered and deleted', async () => {
    await withPlatform(async ({ publish, registry }) => {
      const register = (properties: JsonObject) =>
        registry.register('acme', 'ShipmentLeft', { schemaType: 'JSON', schema: schema(properties), event })
      await register({})
      await register({ weight: { type: 'number' } })
      await registry.deleteVersion('acme', 'ShipmentLeft', 1)
      const old = shipped({ shipmentId: '7', weight: 2 }, { schemaVersion: '1.0' })
      expect(await codeOf(publish('acme', old))).toBe('event_version_unknown')
    })
  })
})

describe('registering', () => {
  const own = { schemaType: 'JSON' as const, schema: schema({}), event }

  it('the very same again is the version that there is, also once it was read back', async () => {
    const store = createMemoryStore()
    for (let time = 0; time < 3; time += 1) {
      const platform = await createPlatform({ store, contexts: [] })
      expect(await platform.registry.register('acme', 'ShipmentLeft', own)).toMatchObject({
        version: 1,
        isNew: time === 0,
      })
      expect(await platform.registry.register('acme', 'ShipmentLeft', own)).toMatchObject({
        version: 1,
        isNew: false,
      })
    }
    await store.close()
  })

  it('a name that the platform took later goes on for whoever had it', async () => {
    await withPlatform(async ({ registry, publish }) => {
      await registry.register('acme', 'ShipmentLeft', own)
      await registry.register(platformTenant, 'ShipmentLeft', {
        ...own,
        schema: schema({ colour: { type: 'string' } }),
      })
      const next = { ...own, schema: schema({ weight: { type: 'number' } }) }
      expect(await registry.register('acme', 'ShipmentLeft', next)).toMatchObject({ version: 2 })
      await publish('acme', shipped({ shipmentId: '7', weight: 1 }))
      expect(registry.ownTypes('acme').isShared?.('ShipmentLeft')).toBe(false)
      expect(await codeOf(registry.register('globex', 'ShipmentLeft', own))).toBe('schema_subject_taken')
      await publish('globex', shipped({ shipmentId: '7', colour: 'red' }))
      expect(registry.ownTypes('globex').isShared?.('ShipmentLeft')).toBe(true)
    })
  })
})
