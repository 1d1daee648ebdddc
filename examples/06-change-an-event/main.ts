// Changes an event that breaks its readers, and lets each of them move in its own time.
import { createPlatform, defineCaster, defineContext, defineEvent, readAs } from 'keelson'
import { createMemoryStore } from 'keelson/memory'
import Type from 'typebox'

const about = { kind: 'integration', topic: 'orders', producer: 'Shop', consumers: ['Billing'] } as const

const OrderPlaced = defineEvent({
  ...about,
  type: 'OrderPlaced',
  version: '1.0',
  summary: 'An order was placed.',
  aggregate: 'Order',
  orderingKey: event => event.payload.id,
  payload: Type.Object({ id: Type.String(), total: Type.Number() }),
  examples: [{ id: '7', total: 12.5 }],
})
// Money in cents breaks whoever reads `total`: the name gets a V2, and both are published until the summer is over.
const OrderPlacedV2 = defineEvent({
  ...about,
  type: 'OrderPlacedV2',
  version: '2.0',
  summary: 'An order was placed; its amount is in cents.',
  aggregate: 'Order',
  orderingKey: event => event.payload.orderId,
  payload: Type.Object({ orderId: Type.String(), cents: Type.Integer() }),
  examples: [{ orderId: '7', cents: 1250 }],
})
const inCents = defineCaster({
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

const shop = defineContext({ name: 'shop', events: [OrderPlaced, OrderPlacedV2], casters: [inCents] })
const platform = await createPlatform({
  store: createMemoryStore(),
  contexts: [shop],
  clock: { now: () => Date.parse('2026-06-11T09:00:01Z') },
  dualPublish: [{ between: ['OrderPlaced@1.0', 'OrderPlacedV2@2.0'], until: '2026-09-01T00:00:00Z' }],
})
await platform.publish('acme', {
  eventId: 'order-7',
  eventType: 'OrderPlaced',
  occurredAt: '2026-06-11T09:00:00Z',
  payload: { id: '7', total: 12.5 },
})

console.log('The stream has both:')
for await (const event of platform.store.readStream('acme', 'Order-7'))
  console.log(`  ${event.version} ${event.eventType} ${JSON.stringify(event.envelope.payload)}`)

console.log('What was stored before is read in the version that a reader accepts:')
const [stored] = await Array.fromAsync(platform.store.readStream('acme', 'Order-7', { limit: 1 }))
if (stored) {
  const { eventType, envelope } = readAs(stored, platform.catalog, ['OrderPlacedV2@2'])
  console.log(
    `  ${eventType} ${JSON.stringify(envelope.payload)}, cast from ${String(envelope.metadata?.['castFrom'])}`,
  )
}
await platform.close()
