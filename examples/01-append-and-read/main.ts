import { saas } from '@keelson/contexts'
import { createPlatform } from 'keelson'
import { openSqliteStore } from 'keelson/sqlite'

const store = await openSqliteStore({ path: '.keelson/example-01.db' })
const platform = await createPlatform({ store, contexts: [saas] })
const receipt = await platform.publish('acme', {
  eventId: 'evt-1',
  eventType: 'SubscriptionActivated',
  occurredAt: '2026-06-11T09:00:01Z',
  payload: { subscriptionId: 'sub-1', editionCode: 'team' },
})
console.log(`${receipt.eventId} is event ${receipt.version} of ${receipt.stream}`)
for await (const event of store.readStream('acme', receipt.stream)) console.log(event.envelope.payload)
await platform.close()
