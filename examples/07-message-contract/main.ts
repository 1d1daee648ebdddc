// A message pact between one consumer, Configuration, and one producer, Subscription & Billing.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { saas } from '@keelson/contexts'
import {
  asynchronousBodyHandler,
  Matchers,
  MessageConsumerPact,
  MessageProviderPact,
  providerWithMetadata,
} from '@pact-foundation/pact'
import { createPlatform } from 'keelson'
import { createMemoryStore } from 'keelson/memory'

const parties = { consumer: 'Configuration', provider: 'Subscription & Billing' }
const what = 'a subscription that became active'
const dir = mkdtempSync(join(tmpdir(), 'keelson-pact-'))

// 1. The consumer says what it needs of the event, and that its handler can work with that.
const entitlements = new Map<string, string>()
async function applyEntitlements(event: { tenantId: string; payload: { editionCode: string } }) {
  entitlements.set(event.tenantId, event.payload.editionCode)
}
await new MessageConsumerPact({ ...parties, dir, logLevel: 'error' })
  .expectsToReceive(what)
  .withContent({
    eventType: 'SubscriptionActivated',
    tenantId: Matchers.like('contoso'),
    payload: { editionCode: Matchers.like('enterprise') },
  })
  .withMetadata({ 'cs-event-type': 'SubscriptionActivated' })
  .verify(asynchronousBodyHandler(async body => applyEntitlements(body as never)))
console.log(`Configuration can work with it: contoso has ${entitlements.get('contoso')}`)

// 2. The producer is held to that: it publishes for real, and what a reader gets is compared with the pact.
const platform = await createPlatform({ store: createMemoryStore(), contexts: [saas] })
async function activate() {
  const { eventId } = await platform.publish('contoso', {
    eventType: 'SubscriptionActivated',
    occurredAt: '2026-06-11T09:02:00Z',
    payload: { subscriptionId: 'sub-4f7c', editionCode: 'enterprise' },
  })
  return (await platform.store.readEvent('contoso', eventId))?.envelope
}
await new MessageProviderPact({
  provider: parties.provider,
  messageProviders: { [what]: providerWithMetadata(activate, { 'cs-event-type': 'SubscriptionActivated' }) },
  pactUrls: [join(dir, `${parties.consumer}-${parties.provider}.json`)],
  logLevel: 'error',
}).verify()
console.log('Subscription & Billing publishes what Configuration needs')
await platform.close()
rmSync(dir, { recursive: true })
