import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DomainEvent } from 'keelson'
import {
  createPlatform,
  defineContext,
  defineEvent,
  EventBusService,
  eventBusConfig,
  PermanentError,
} from 'keelson'
import { listDeadLetters } from 'keelson/delivery'
import { createEmbeddedTransport } from 'keelson/embedded'
import { openSqliteStore } from 'keelson/sqlite'
import Type from 'typebox'

// 1. A platform with a transport, and the event bus on it: what is emitted is kept in the log, and comes from there.
const UserLoggedIn = defineEvent({
  type: 'UserLoggedIn',
  version: '1.0',
  kind: 'domain',
  topic: 'security',
  summary: 'Somebody signed in.',
  producer: 'Authentication',
  consumers: ['audit-logger'],
  payload: Type.Object({ userId: Type.String(), isNewDevice: Type.Boolean() }),
  examples: [{ userId: 'user-7', isNewDevice: false }],
})
type SignIn = DomainEvent<{ userId: string; isNewDevice: boolean }>

const folder = await mkdtemp(join(tmpdir(), 'keelson-example-'))
const store = await openSqliteStore({ path: join(folder, 'shop.db') })
const transport = createEmbeddedTransport(store)
const signIns = defineContext({ name: 'sign-ins', events: [UserLoggedIn] })
const platform = await createPlatform({ store, transport, contexts: [signIns] })
const bus = new EventBusService(eventBusConfig, platform)

// 2. Consumers. The configuration names some for its channels, and gives how often they try; each gets a handler.
const logged: string[] = []
bus.register<SignIn>('audit-logger', async event => {
  logged.push(`${event.type} by ${event.data.userId}`)
})

// Others subscribe to a channel, with a filter. The function's name is the consumer's: under it its place is kept.
const warned: string[] = []
async function warnOfNewDevices(event: SignIn) {
  if (event.data.userId === 'user-9') throw new PermanentError('user-9 has no address')
  warned.push(event.data.userId)
}
const subscription = bus.subscribe<SignIn>('security', warnOfNewDevices, {
  filter: event => event.data.isNewDevice,
  maxConcurrency: 5,
})

// 3. Emitting. `emit` resolves when the channel has accepted the event, `emitWithGuarantee` when it is on the disk.
const signIn = (id: string, userId: string, isNewDevice: boolean) => ({
  id,
  type: 'UserLoggedIn',
  source: 'authentication',
  time: new Date().toISOString(),
  dataVersion: '1.0',
  data: { userId, isNewDevice },
  metadata: { tenantId: 'acme', user: userId, entityId: userId },
})
await bus.emit('security', signIn('evt-1', 'user-7', false))
await bus.emitWithGuarantee('security', signIn('evt-2', 'user-8', true), {
  priority: 'high',
  deliveryDeadline: new Date(Date.now() + 3_600_000),
})
await bus.emit('security', signIn('evt-3', 'user-9', true))

// 4. A subscription of the platform, for more than the bus asks for: several events at a time, written in one transaction
// with the fact that they were handled.
const counted = platform.deliver({
  name: 'sign-in-counter',
  topics: ['security'],
  filter: "payload.isNewDevice = TRUE OR metadata.priority = 'high'",
  batchSize: 100,
  retry: { attempts: 5, backoff: 'exponential', initialDelay: 200, jitter: 'full' },
  handleBatch(events, { tenantId, unit }) {
    const documents = events.map(({ eventId }) => ({
      tenantId,
      collection: 'new-device',
      id: eventId,
      value: true,
    }))
    unit.add({ documents })
  },
})

// 5. What became of it. What a consumer gives up is a dead letter of its own, and the other consumers have the event.
const letters = async () => {
  const page = await listDeadLetters(store, {
    subscription: 'security/warnOfNewDevices',
    scope: { tenantId: 'acme' },
  })
  return page.letters
}
const isDone = async () =>
  logged.length === 3 && (await letters()).length === 1 && (await counted.status()).handled === 2
while (!(await isDone())) await new Promise(resolve => setTimeout(resolve, 10))

console.log(logged.toSorted().join('\n'))
console.log(`warned: ${warned}`)
for (const { eventId, reason, attempts } of await letters())
  console.log(`set aside: ${eventId}, ${reason}: ${attempts[0]?.message}`)
const documents = await store.documents({ tenantId: 'acme' }, 'new-device')
console.log(`counted: ${documents.map(({ id }) => id)}`)

bus.unsubscribe(subscription)
await bus.drain()
await platform.close()
await rm(folder, { recursive: true })
