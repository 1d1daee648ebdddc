import { describe, expect, it } from 'vitest'
import { anEvent } from '../fixtures/documents.ts'
import { toAsyncApi } from './to-async-api.ts'

const events = [
  anEvent('OrderPlaced', { alsoOn: ['ledger'], consumers: ['Billing', 'Audit'] }),
  anEvent('OrderPaid', {
    producer: 'Billing',
    consumers: ['Audit'],
    orderingKey: '{payload.id}',
    aggregate: 'Order',
  }),
]
const topic = (name: string, types: string[], more: object = {}) => ({
  name,
  summary: '',
  publishers: ['Shop'],
  subscribers: ['Audit'],
  events: types,
  ...more,
})
const topics = [
  topic('idle', []),
  topic('ledger', ['OrderPlaced']),
  topic('orders', ['OrderPlaced', 'OrderPaid'], { summary: 'Orders.', subscribers: ['Audit', 'Search'] }),
]
const made = toAsyncApi({ events, commands: [], topics }, { title: 'Shop', version: '2.0.0' })

describe('an AsyncAPI document', () => {
  it('has a channel for each topic that has events', () => {
    expect(made['channels']).toEqual({
      ledger: {
        address: 'ledger',
        title: 'ledger',
        messages: { OrderPlaced: { $ref: '#/components/messages/OrderPlaced' } },
      },
      orders: {
        address: 'orders',
        title: 'orders',
        summary: 'Orders.',
        messages: {
          OrderPlaced: { $ref: '#/components/messages/OrderPlaced' },
          OrderPaid: { $ref: '#/components/messages/OrderPaid' },
        },
      },
    })
  })

  it('promises no keeping and no retries of what readers derive', () => {
    const policies = {
      retention: { period: 'P7Y', basis: 'Books.' },
      retry: { attempts: 3, backoff: 'fixed', initialDelay: 100 },
      deadLetter: { keepFor: 'P30D', alert: 'none' },
    } as const
    const derived = anEvent('OrderNoticed', { ...policies, isDerived: true })
    const stored = anEvent('OrderPlaced', policies)
    const document = { events: [derived, stored], commands: [], topics: [] }
    const text = JSON.stringify(toAsyncApi(document, { title: 'Shop', version: '1.0.0' }))
    for (const word of Object.keys(policies)) expect(text.split(`"${word}"`)).toHaveLength(2)
    expect(text).toContain('Consumers recognise two reports of one fact by it')
  })

  it('has an operation for each party, with what it sends and receives', () => {
    const operations = made['operations'] as Record<string, { action: string; messages?: { $ref: string }[] }>
    const said = Object.entries(operations).map(([id, { action, messages }]) => [
      id,
      action,
      messages?.map(({ $ref }) => $ref.split('/').at(-1)),
    ])
    expect(said).toEqual([
      ['send-shop-ledger', 'send', ['OrderPlaced']],
      ['receive-billing-ledger', 'receive', ['OrderPlaced']],
      ['receive-audit-ledger', 'receive', ['OrderPlaced']],
      ['send-shop-orders', 'send', ['OrderPlaced']],
      ['send-billing-orders', 'send', ['OrderPaid']],
      ['receive-billing-orders', 'receive', ['OrderPlaced']],
      ['receive-audit-orders', 'receive', ['OrderPlaced', 'OrderPaid']],
      ['receive-search-orders', 'receive', undefined],
    ])
  })

  it('has messages whose examples are envelopes, with the key of their order', () => {
    const { messages } = made['components'] as { messages?: Record<string, { examples: unknown[] }> }
    expect(messages?.['OrderPaid']?.examples).toMatchObject([
      {
        headers: { 'cs-event-type': 'OrderPaid', 'cs-schema-version': '1.0' },
        payload: {
          eventType: 'OrderPaid',
          aggregateType: 'Order',
          aggregateId: 'o-1',
          payload: { id: 'o-1' },
        },
      },
    ])
  })
})
