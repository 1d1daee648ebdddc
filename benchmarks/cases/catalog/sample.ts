import { defineEvent } from 'keelson'
import Type from 'typebox'

const uuid = (description: string) => Type.String({ description, format: 'uuid' })
const code = (description: string, pattern: string) => Type.String({ description, pattern, maxLength: 64 })

/** Nine members, of which five are ids, two are times and three have a pattern or a closed list. */
export const ShipmentBooked = defineEvent({
  type: 'ShipmentBooked',
  version: '1.0',
  kind: 'integration',
  topic: 'shipments',
  summary: 'A shipment was booked with a carrier.',
  producer: 'Shipping',
  consumers: ['Billing'],
  payload: Type.Object({
    shipmentId: uuid('The shipment.'),
    orderId: uuid('The order that it fulfils.'),
    customerId: uuid('Whose order it is.'),
    warehouseId: uuid('Where it is picked up.'),
    carrierId: uuid('Who takes it.'),
    trackingCode: code("The carrier's own number.", '^[A-Z]{2}[0-9]{9}[A-Z]{2}$'),
    bookedAt: Type.String({ description: 'When it was booked.', format: 'date-time' }),
    pickUpAt: Type.String({ description: 'When it is picked up.', format: 'date-time' }),
    service: Type.Enum(['standard', 'express', 'overnight'], { description: 'How fast.' }),
  }),
  examples: [
    {
      shipmentId: '0b6c1f4e-52d1-4f0a-9d36-6f3c6a1f7a01',
      orderId: '1b6c1f4e-52d1-4f0a-9d36-6f3c6a1f7a02',
      customerId: '2b6c1f4e-52d1-4f0a-9d36-6f3c6a1f7a03',
      warehouseId: '3b6c1f4e-52d1-4f0a-9d36-6f3c6a1f7a04',
      carrierId: '4b6c1f4e-52d1-4f0a-9d36-6f3c6a1f7a05',
      trackingCode: 'RR123456785DE',
      bookedAt: '2026-06-11T09:02:00Z',
      pickUpAt: '2026-06-12T06:00:00Z',
      service: 'express',
    },
  ],
})

/** Fourteen members, as a product sends them: nothing is left to be filled in but when it was recorded. */
export const envelope = {
  eventId: 'evt-01JZ8Q6Z5T3V9M2K7R4C1B0X8Y',
  eventType: 'ShipmentBooked',
  schemaVersion: '1.0',
  tenantId: 'contoso',
  source: 'shipping-api',
  occurredAt: '2026-06-11T09:02:00Z',
  correlationId: 'corr-1f4a8d20',
  causationId: 'evt-01JZ8Q6Z5T3V9M2K7R4C1B0X8X',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  projectId: 'proj-contoso-saas',
  moduleId: 'module-shipping',
  aggregateType: 'Shipment',
  aggregateId: '0b6c1f4e-52d1-4f0a-9d36-6f3c6a1f7a01',
  metadata: { user: 'usr-4711', ip: '203.0.113.7', userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' },
  payload: ShipmentBooked.examples[0] as Record<string, string>,
}

/** Events that differ, so that nothing is remembered from one call to the next. */
export function events(count: number): (typeof envelope)[] {
  return Array.from({ length: count }, (_, at) => ({
    ...envelope,
    eventId: `evt-${String(at).padStart(26, '0')}`,
    payload: { ...envelope.payload, shipmentId: `0b6c1f4e-52d1-4f0a-9d36-${String(at).padStart(12, '0')}` },
  }))
}
