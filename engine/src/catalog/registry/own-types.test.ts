import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../../core/index.ts'
import { platformTenant } from '../../core/index.ts'
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
    const request = { schema: '{"type":"object","properties":{"id":{"$ref":"id"}}}', references, event }
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

  it('goes when its subject is deleted', async () => {
    const { registry } = createTestRegistry()
    await registry.register('acme', 'OrderPlaced', { schema: schema(), event })
    await registry.deleteSubject('acme', 'OrderPlaced')
    expect(registry.ownTypes('acme').get('OrderPlaced')).toBeUndefined()
  })
})
