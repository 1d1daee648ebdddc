import { describe, expect, it } from 'vitest'
import { anEvent } from './fixtures.ts'
import { findIn, indexCatalog } from './search.ts'

const events = [
  anEvent({ type: 'InvoicePaid', summary: 'The order was paid.' }),
  anEvent({ type: 'StockReordered', summary: 'Goods were bought.' }),
  anEvent({ type: 'OrderPlaced', summary: 'A customer bought.', consumers: ['Billing'] }),
  anEvent({
    type: 'ParcelSent',
    summary: 'It is on its way.',
    schema: {
      type: 'object',
      properties: { lines: { type: 'array', items: { properties: { orderId: { type: 'string' } } } } },
    },
  }),
  anEvent({ type: 'BorderCrossed', summary: 'It left.', producer: 'Customs' }),
]
const commands = [
  {
    type: 'PlaceOrder',
    version: '1.0',
    aggregate: 'Order',
    summary: 'Buys.',
    emits: ['OrderPlaced'],
    rejections: [],
    permission: 'orders:write',
    rules: [],
    personal: [],
    schema: {},
    schemaHash: '0',
    examples: [],
  },
]
const topics = [
  {
    name: 'orders',
    summary: 'All of it.',
    publishers: [],
    subscribers: ['Billing'],
    events: ['OrderPlaced'],
  },
]
const index = indexCatalog({ events, commands, topics })
const found = (query: string) => findIn(index.events, query).map(({ item }) => item.type)

describe('the search of the catalogue', () => {
  it('gives everything without a word', () => {
    expect(found('  ')).toEqual(events.map(({ type }) => type))
  })

  it('gives commands by name, as events are', () => {
    const [first] = commands
    const shuffled = ['ShipOrder', 'AddLine', 'PlaceOrder'].map(type => ({ ...first!, type }))
    const listed = findIn(indexCatalog({ events, commands: shuffled, topics }).commands, '')
    expect(listed.map(({ item }) => item.type)).toEqual(['AddLine', 'PlaceOrder', 'ShipOrder'])
  })

  it('puts names before summaries, summaries before fields, and the middle of a word last', () => {
    expect(found('ORDER')).toEqual([
      'OrderPlaced',
      'BorderCrossed',
      'StockReordered',
      'InvoicePaid',
      'ParcelSent',
    ])
    expect(found('placed')[0]).toBe('OrderPlaced')
  })

  it('asks for every word, wherever it is', () => {
    expect(found('order billing')).toEqual(['OrderPlaced'])
    expect(found('order customs')).toEqual(['BorderCrossed'])
    expect(found('order nothing')).toEqual([])
  })

  it('says what was found where it does not show', () => {
    expect(findIn(index.events, 'orderid')[0]?.why).toMatchObject({ kind: 'field', text: 'lines.*.orderId' })
    expect(findIn(index.events, 'billing')[0]?.why).toMatchObject({ kind: 'consumer', text: 'Billing' })
    expect(findIn(index.events, 'parcel')[0]?.why).toBeUndefined()
  })

  it('finds commands and topics by what belongs to them', () => {
    expect(findIn(index.commands, 'orders:write')).toHaveLength(1)
    expect(findIn(index.commands, 'OrderPlaced')[0]?.why).toMatchObject({ kind: 'event' })
    expect(findIn(index.topics, 'billing')[0]?.why).toMatchObject({ kind: 'subscriber' })
  })

  it('takes signs that mean something elsewhere as they are', () => {
    expect(found('.*')).toEqual(['ParcelSent'])
    expect(found('(((')).toEqual([])
  })
})
