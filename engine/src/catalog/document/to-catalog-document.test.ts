import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { defineCommand, defineEvent, defineTopic } from '../../core/index.ts'
import { createCatalog, toEntry } from '../catalog.ts'
import { toFrozenSchema } from '../frozen/frozen-schema.ts'
import { schemaHash, toSchemaDocument } from '../frozen/schema-document.ts'
import { toCatalogDocument } from './to-catalog-document.ts'

const placed = defineEvent({
  type: 'OrderPlaced',
  version: '1.1',
  kind: 'domain',
  topic: 'orders',
  alsoOn: ['ledger'],
  summary: 'An order was placed.',
  producer: 'Shop',
  consumers: ['Billing', 'Audit'],
  aggregate: 'Order',
  orderingKey: event => event.payload.orderId,
  idempotencyKey: event => `${event.payload.orderId}:${event.occurredAt}`,
  payload: Type.Object({ orderId: Type.String(), note: Type.Optional(Type.String()) }),
  rules: ['It was paid.'],
  personal: [{ pointer: '/note', subject: '/orderId' }],
  isReserved: true,
  examples: [{ orderId: 'o-1' }],
})
const older = {
  ...toSchemaDocument(placed),
  $id: 'urn:keelson:event:OrderPlaced:1.0',
  properties: { orderId: { type: 'string' } },
}
const shipped = defineEvent({
  type: 'OrderShipped',
  version: '1.0',
  kind: 'domain',
  topic: 'parcels',
  summary: 'An order left.',
  producer: 'Store',
  consumers: ['Audit'],
  payload: Type.Object({}),
  examples: [{}],
})
const place = defineCommand({
  type: 'PlaceOrder',
  version: '1.0',
  summary: 'Order it.',
  aggregate: 'Order',
  target: payload => payload.orderId,
  payload: Type.Object({ orderId: Type.String(), note: Type.Optional(Type.String()) }),
  emits: ['OrderPlaced'],
  rejections: [{ code: 'order_taken', when: 'The id is in use.' }],
  personal: [{ pointer: '/note', subject: '/orderId', kind: 'free-text' }],
  examples: [{ orderId: 'o-1' }],
})
const orders = defineTopic({
  name: 'orders',
  summary: 'What becomes of orders.',
  publishers: ['Import'],
  subscribers: ['Audit', 'Search'],
})
const idle = defineTopic({ name: 'idle', summary: 'Nothing yet.' })
const options = {
  commands: [place],
  topics: [orders, idle],
  frozen: [toFrozenSchema(older, schemaHash(older))],
}
const catalog = createCatalog([placed], options)
const contexts = [{ name: 'shop', events: [placed], commands: [place], topics: [orders] }]
const document = toCatalogDocument(catalog, { contexts, own: [toEntry(shipped)] })

describe('a catalogue as a document', () => {
  it('has all of an event, with its versions', () => {
    const schema = toSchemaDocument(placed)
    expect(document.events[0]).toEqual({
      type: 'OrderPlaced',
      version: '1.1',
      kind: 'domain',
      topic: 'orders',
      alsoOn: ['ledger'],
      summary: 'An order was placed.',
      producer: 'Shop',
      consumers: ['Billing', 'Audit'],
      aggregate: 'Order',
      orderingKey: '{payload.orderId}',
      idempotencyKey: '{payload.orderId}:{occurredAt}',
      rules: ['It was paid.'],
      personal: [{ pointer: '/note', subject: '/orderId' }],
      isDerived: false,
      isReserved: true,
      context: 'shop',
      scope: 'platform',
      schema,
      schemaHash: schemaHash(schema),
      examples: [{ orderId: 'o-1' }],
      versions: [
        { version: '1.0', hash: schemaHash(older) },
        { version: '1.1', hash: schemaHash(schema) },
      ],
    })
  })

  it("has a tenant's own types after the platform's, and says whose they are", () => {
    expect(document.events.map(({ type, scope, context }) => [type, scope, context])).toEqual([
      ['OrderPlaced', 'platform', 'shop'],
      ['OrderShipped', 'tenant', undefined],
    ])
  })

  it('has commands with what they lead to', () => {
    expect(document.commands).toMatchObject([
      {
        type: 'PlaceOrder',
        aggregate: 'Order',
        emits: ['OrderPlaced'],
        rejections: [{ code: 'order_taken', when: 'The id is in use.' }],
        rules: [],
        personal: [{ pointer: '/note', subject: '/orderId', kind: 'free-text' }],
        context: 'shop',
        schema: {
          $id: 'urn:keelson:command:PlaceOrder:1.0',
          'x-keelson-personal': [{ pointer: '/note', subject: '/orderId', kind: 'free-text' }],
        },
      },
    ])
  })

  it('has topics by name: those described, and those that only events name', () => {
    expect(document.topics).toEqual([
      { name: 'idle', summary: 'Nothing yet.', publishers: [], subscribers: [], events: [] },
      {
        name: 'ledger',
        summary: '',
        publishers: ['Shop'],
        subscribers: ['Billing', 'Audit'],
        context: 'shop',
        events: ['OrderPlaced'],
      },
      {
        name: 'orders',
        summary: 'What becomes of orders.',
        publishers: ['Shop', 'Import'],
        subscribers: ['Billing', 'Audit', 'Search'],
        context: 'shop',
        events: ['OrderPlaced'],
      },
      {
        name: 'parcels',
        summary: '',
        publishers: ['Store'],
        subscribers: ['Audit'],
        events: ['OrderShipped'],
      },
    ])
  })

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
  })
})
