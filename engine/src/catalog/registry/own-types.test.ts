import { describe, expect, it } from 'vitest'
import type { CompleteEvent, JsonValue } from '../../core/index.ts'
import { platformTenant } from '../../core/index.ts'
import type { CatalogEntry } from '../catalog.ts'
import { createCatalog } from '../catalog.ts'
import { toCatalogDocument } from '../document/to-catalog-document.ts'
import type { EventDetails } from './event-details.ts'
import { createTestRegistry } from './fixtures/test-registry.ts'

describe('an event type of a tenant', () => {
  const event: EventDetails = {
    topic: 'orders',
    summary: 'An order was placed.',
    producer: 'Shop',
    orderingKey: '/orderId',
  }
  const schema = (more: object = {}): string =>
    JSON.stringify({
      type: 'object',
      properties: { orderId: { type: 'string' } },
      required: ['orderId'],
      ...more,
    })

  it('is known with all its versions, and to its tenant alone', async () => {
    const { registry } = createTestRegistry()
    await registry.register('acme', 'OrderPlaced', { schema: schema(), event })
    await registry.register('acme', 'OrderPlaced', {
      schema: schema({
        minProperties: 1,
        maxProperties: 1,
        additionalProperties: true,
        examples: [{ orderId: 'o-1' }],
      }),
    })
    const own = registry.ownTypes('acme')
    expect(own.names).toEqual(['OrderPlaced'])
    const entry = own.get('OrderPlaced')
    expect(entry?.definition).toMatchObject({
      type: 'OrderPlaced',
      version: '1.1',
      kind: 'domain',
      topic: 'orders',
      aggregate: 'OrderPlaced',
    })
    expect(entry?.definition.examples).toEqual([{ orderId: 'o-1' }])
    expect(entry?.definition.orderingKey?.({ payload: { orderId: 'o-7' } } as never)).toBe('o-7')
    expect(entry?.versions.map(({ version }) => version)).toEqual(['1.0', '1.1'])
    const [first, second] = entry?.versions ?? []
    expect(first?.validator({ orderId: 'o-1' })).toBeUndefined()
    const wide: JsonValue = { orderId: 'o-1', more: 1 }
    expect(() => first?.validator(wide)).toThrow('/payload/more is not a member')
    expect(() => second?.validator(wide)).toThrow('/payload must not have more than 1 properties')
    expect(() => entry?.validator({})).toThrow('orderId')
    expect(registry.ownTypes('globex').get('OrderPlaced')).toBeUndefined()
    expect(own.get('constructor')).toBeUndefined()
    expect(registry.ownTypes('acme').get('OrderPlaced')).toBe(entry)
  })

  it('of the platform is known to every tenant', async () => {
    const { registry } = createTestRegistry()
    await registry.register(platformTenant, 'OrderPlaced', { schema: schema(), event })
    expect(registry.ownTypes('acme').get('OrderPlaced')?.definition.type).toBe('OrderPlaced')
  })

  it("of the platform is judged by the platform's schemas, also where a tenant has one of the same name", async () => {
    const { registry } = createTestRegistry()
    const references = [{ name: 'id', subject: 'id', version: 1 }]
    const request = {
      schema: '{"type":"object","properties":{"id":{"$ref":"id"}}}',
      references,
      event: { ...event, orderingKey: '/id' },
    }
    await registry.register('acme', 'id', { schema: '{"type":"number"}' })
    await registry.register(platformTenant, 'id', { schema: '{"type":"string"}' })
    await registry.register(platformTenant, 'OrderPlaced', request)
    await registry.load('acme')
    await registry.load('globex')
    for (const tenant of ['acme', 'globex']) {
      const entry = registry.ownTypes(tenant).get('OrderPlaced')
      expect(entry?.validator({ id: 'text' })).toBeUndefined()
      expect(() => entry?.validator({ id: 7 })).toThrow('/payload/id')
    }
  })

  it('keeps to full compatibility, unless its subject says otherwise', async () => {
    const { registry } = createTestRegistry()
    await registry.register('acme', 'OrderPlaced', { schema: schema(), event })
    expect((await registry.subject('acme', 'OrderPlaced')).compatibility).toBe('full')
    await expect(
      registry.register('acme', 'OrderPlaced', { schema: schema({ required: [] }) }),
    ).rejects.toMatchObject({ code: 'schema_incompatible' })
  })

  it('has its number in its name from the second on', async () => {
    const { registry } = createTestRegistry()
    await registry.register('acme', 'OrderPlacedV2', { schema: schema(), event })
    expect(registry.ownTypes('acme').get('OrderPlacedV2')?.definition.version).toBe('2.0')
    expect(await registry.version('acme', 'OrderPlacedV2', 1)).toMatchObject({ schemaVersion: '2.0' })
  })

  it.each<[string, string, object]>([
    ['a name that is no type', 'orders', { event }],
    ['another language', 'OrderPlaced', { event, schemaType: 'AVRO' }],
    ['no topic', 'OrderPlaced', { event: { ...event, topic: '' } }],
    ['an unknown member', 'OrderPlaced', { event: { ...event, topics: 'x' } }],
    ['a key that is no pointer', 'OrderPlaced', { event: { ...event, orderingKey: 'orderId' } }],
    ['a schema that is no object', 'OrderPlaced', { event, schema: 'true' }],
  ])('is refused with %s', async (_, name, request) => {
    const { registry } = createTestRegistry()
    await expect(registry.register('acme', name, { schema: schema(), ...request })).rejects.toMatchObject({
      code: expect.stringMatching(/^(request|schema)_invalid$/),
    })
  })

  const personal = (pointer: string, subject: string) => ({
    event: { ...event, personal: [{ pointer, subject }] },
  })
  it.each<[string, object, string]>([
    ['takes lists', { schema: '{"type":"array"}' }, '/schema'],
    ['does not say what it takes', { schema: '{"properties":{"orderId":{"type":"string"}}}' }, '/schema'],
    ['has no member for the key', { event: { ...event, orderingKey: '/nope' } }, '/event/orderingKey'],
    ['has an object for the key', { event: { ...event, orderingKey: '/place' } }, '/event/orderingKey'],
    ['has anything for the key', { event: { ...event, orderingKey: '/any' } }, '/event/orderingKey'],
    ['has many items for the key', { event: { ...event, orderingKey: '/lines/*' } }, '/event/orderingKey'],
    ['has no such personal member', personal('/mail', '/orderId'), '/event/personal/0/pointer'],
    ['has nobody whose it is', personal('/orderId', '/place/who'), '/event/personal/0/subject'],
  ])('is refused where its schema %s', async (_, request, pointer) => {
    const { registry } = createTestRegistry()
    const given = {
      schema: schema({
        properties: {
          orderId: { type: 'string' },
          place: { type: 'object', properties: { code: { type: ['string', 'null'] } } },
          any: {},
          lines: { type: 'array', items: { type: 'string' } },
        },
      }),
      event,
      ...request,
    }
    for (const call of ['register', 'check'] as const)
      await expect(registry[call]('acme', 'OrderPlaced', given)).rejects.toMatchObject({
        code: 'schema_invalid',
        message: expect.stringContaining(`${pointer} `),
        details: { faults: [{ pointer }] },
      })
  })

  it('may have its key and its personal members anywhere that its schema describes', async () => {
    const { registry } = createTestRegistry()
    const properties = {
      place: { $ref: '#/$defs/place' },
      lines: { type: 'array', items: { type: 'string' } },
    }
    const $defs = { place: { type: 'object', properties: { code: { type: ['string', 'null'] } } } }
    const made = await registry.register('acme', 'OrderPlaced', {
      schema: JSON.stringify({ type: 'object', properties, $defs }),
      event: {
        ...event,
        orderingKey: '/place/code',
        personal: [{ pointer: '/lines/*', subject: '/place/code' }],
      },
    })
    expect(made.isNew).toBe(true)
  })

  it('keeps to what is said of it in later versions too', async () => {
    const { registry } = createTestRegistry()
    await registry.register('acme', 'OrderPlaced', { schema: schema(), event, compatibility: 'none' })
    for (const [text, pointer] of [
      ['{"type":"object","properties":{}}', '/event/orderingKey'],
      ['{"type":"array"}', '/schema'],
    ] as const)
      await expect(registry.register('acme', 'OrderPlaced', { schema: text })).rejects.toMatchObject({
        code: 'schema_invalid',
        message: expect.stringContaining(pointer),
      })
    expect((await registry.subject('acme', 'OrderPlaced')).versions).toEqual([1])
  })

  it('is in the catalogue by the hash that its registration answered', async () => {
    const { registry } = createTestRegistry()
    const { hash } = await registry.register('acme', 'OrderPlaced', { schema: schema(), event })
    const entry = registry.ownTypes('acme').get('OrderPlaced') as CatalogEntry
    const empty = { entries: [], commands: [], topics: [] }
    const [shown] = toCatalogDocument(empty, { own: [entry] }).events
    expect(shown).toMatchObject({ schemaHash: hash, versions: [{ version: '1.0', hash }] })
    expect((await registry.byHash('acme', shown?.schemaHash as string)).subject).toBe('OrderPlaced')
  })

  it('says in the catalogue why it is going away, and what to use instead', async () => {
    const { registry } = createTestRegistry()
    await registry.register('acme', 'OrderPlaced', { schema: schema(), event })
    const said = { reason: 'Taxes came.', successor: 'OrderPlacedV2', sunset: '2027-06-30' }
    await registry.deprecate('acme', 'OrderPlaced', said)
    const entry = registry.ownTypes('acme').get('OrderPlaced') as CatalogEntry
    const empty = { entries: [], commands: [], topics: [] }
    expect(toCatalogDocument(empty, { own: [entry] }).events[0]?.deprecated).toEqual({
      ...said,
      since: '2026-06-11',
    })
  })

  it('is not what a schema alone is, and whoever publishes one is told', async () => {
    const { registry } = createTestRegistry()
    await registry.register('acme', 'OrderPlaced', { schema: schema() })
    await registry.register('acme', 'Gone', { schema: schema() })
    await registry.deleteSubject('acme', 'Gone')
    const publish = (eventType: string) =>
      createCatalog([]).admit({ envelope: { eventType } } as CompleteEvent, false, registry.ownTypes('acme'))
    expect(() => publish('OrderPlaced')).toThrow(
      'A schema of the name "OrderPlaced" is registered, but not as an event type: register it with `event`',
    )
    expect(() => publish('Gone')).toThrow('There is no event type "Gone"')
  })

  it('goes when its subject is deleted', async () => {
    const { registry } = createTestRegistry()
    await registry.register('acme', 'OrderPlaced', { schema: schema(), event })
    await registry.deleteSubject('acme', 'OrderPlaced')
    expect(registry.ownTypes('acme').get('OrderPlaced')).toBeUndefined()
  })
})
