import { describe, expect, test } from 'vitest'
import type { Envelope } from '../../../core/index.ts'
import { parseFilter } from '../filter.ts'
import type { DeliveryFacts } from './envelope-message.ts'
import { messageOf } from './envelope-message.ts'

const envelope: Envelope = {
  eventId: 'evt-1',
  eventType: 'OrderPlaced',
  schemaVersion: '1.2',
  tenantId: 'acme',
  source: 'shop',
  occurredAt: '2026-01-02T03:04:05Z',
  correlationId: 'corr-1',
  traceId: 'trace-1',
  aggregateType: 'Order',
  payload: {
    order: { Total: 12.5, total: 3, lines: [{ sku: 'a' }], note: null },
    'a b': { c: 1 },
    flag: true,
    in: 'keyword',
  },
  metadata: { user: 'usr-1', crossTenant: false },
}

const ask = (text: string, facts?: DeliveryFacts) => parseFilter(text).evaluate(messageOf(envelope, facts))

describe('an event as a message', () => {
  test.each([
    "sys.MessageId = 'evt-1'",
    "sys.CorrelationId = 'corr-1'",
    "sys.Label = 'OrderPlaced' AND sys.Subject = 'OrderPlaced'",
    "sys.ContentType = 'application/json'",
    "[cs-event-type] = 'OrderPlaced' AND [CS-Tenant-Id] = 'acme'",
    "[cs-trace-id] = 'trace-1' AND [cs-correlation-id] = 'corr-1' AND [cs-schema-version] = '1.2'",
    "eventType = 'OrderPlaced' AND eventtype = 'OrderPlaced' AND user.tenantId = 'acme'",
    "source = 'shop' AND aggregateType = 'Order' AND occurredAt >= '2026' AND traceId LIKE 'trace-%'",
    'EXISTS(payload) AND EXISTS(metadata) AND NOT EXISTS(aggregateId) AND causationId IS NULL',
    'payload.order.Total = 12.5 AND payload.order.total = 3 AND Payload.order.total = 3',
    '[payload.order.total] = 3 AND user.payload.order.total = 3',
    "payload.[a b].c = 1 AND [payload.a b.c] = 1 AND p('payload.a b.c') = 1",
    'payload.flag AND NOT metadata.crossTenant',
    "payload.in = 'keyword' AND metadata.user = 'usr-1'",
    'EXISTS(payload.order.note) AND payload.order.note IS NULL AND NOT EXISTS(payload.order.other)',
    'EXISTS(payload.order) AND payload.order IS NOT NULL',
  ])('%s', text => {
    expect(ask(text)).toBe(true)
  })

  test('has nothing but its own members', () => {
    const inherited = ['payload.constructor', 'payload.order.[__proto__]', 'payload.flag.valueOf', 'toString']
    const within = [
      '[payload.order.lines.0.sku]',
      'payload.order.lines.length',
      'payload.in.length',
      'metadata.x',
    ]
    for (const name of [...inherited, ...within]) expect(ask(`EXISTS(${name})`), name).toBe(false)
    expect(ask('payload.order = 1')).toBeUndefined()
  })

  test('takes headers for other names, which hide none of its own', () => {
    const headers = {
      Region: 'eu',
      tenantId: 'evil',
      'cs-tenant-id': 'evil',
      'payload.flag': false,
      aggregateId: 'x',
    }
    expect(ask("region = 'eu'", { headers })).toBe(true)
    expect(ask("tenantId = 'acme' AND [cs-tenant-id] = 'acme' AND payload.flag", { headers })).toBe(true)
    expect(ask('EXISTS(aggregateId)', { headers })).toBe(false)
    expect(ask('EXISTS(region)')).toBe(false)
  })

  test('has the properties of its delivery', () => {
    const facts = {
      orderingKey: 'Order-1',
      system: { DeliveryCount: 3, MessageId: 'other', ContentType: 'text/plain' },
    }
    expect(ask("sys.SessionId = 'Order-1' AND sys.DeliveryCount = 3", facts)).toBe(true)
    expect(ask("sys.MessageId = 'evt-1' AND sys.ContentType = 'text/plain'", facts)).toBe(true)
    expect(ask('EXISTS(sys.SessionId) OR EXISTS(sys.DeliveryCount)')).toBe(false)
  })
})
