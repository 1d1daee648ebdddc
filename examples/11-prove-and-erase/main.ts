import { randomBytes } from 'node:crypto'
import type { RecordedEvent } from 'keelson'
import { createPlatform, defineContext, defineEvent } from 'keelson'
import { createMemoryStore } from 'keelson/memory'
import { createTextRootKey, openKeyRing, openNotary, openRemovals, openSealed } from 'keelson/notary'
import {
  leafNode,
  parseCheckpoint,
  parseHash,
  parseNote,
  parsePolicy,
  parseTlogProof,
  verifyConsistency,
  verifyTlogProof,
} from 'keelson/proof'
import Type from 'typebox'

// 1. An event whose address is personal, and belongs to whoever `customer` names.
const OrderShipped = defineEvent({
  type: 'OrderShipped',
  version: '1.0',
  kind: 'domain',
  topic: 'orders',
  summary: 'An order was shipped.',
  producer: 'Shop',
  consumers: ['Support'],
  payload: Type.Object({ order: Type.String(), customer: Type.String(), address: Type.String() }),
  personal: [{ pointer: '/address', subject: '/customer', kind: 'address' }],
  examples: [{ order: 'o-1', customer: 'c-1', address: 'Sample Street 1' }],
})

// `masked` has no keys; `store` is the same with the ring of keys, which a root key outside of the store wraps.
const logName = 'audit.example.com'
const masked = createMemoryStore()
const ring = await openKeyRing(masked, createTextRootKey(randomBytes(32).toString('base64')), { logName })
const store = openSealed(masked, ring)
const platform = await createPlatform({
  store,
  contexts: [defineContext({ name: 'shop', events: [OrderShipped] })],
})
await platform.publish('acme', {
  eventId: 'evt-1',
  eventType: 'OrderShipped',
  occurredAt: '2026-11-20T09:00:00Z',
  payload: { order: 'o-7', customer: 'c-12', address: '12 Analytical Way' },
})
const addressIn = (event: RecordedEvent | undefined): string => {
  const payload = event?.envelope.payload as { address?: string; _sd?: string[] }
  return payload.address ?? `${payload._sd?.length} digest`
}
console.log(`with the keys: ${addressIn(await store.readEvent('acme', 'evt-1'))}`)
console.log(`without:       ${addressIn(await masked.readEvent('acme', 'evt-1'))}`)

// 2. The log's head is signed. A proof leads from the event's leaf to it, and needs nothing but the policy's keys.
const notary = openNotary(masked, ring, { logName })
const kept = await notary.checkpointNow('acme')
const policy = parsePolicy(await notary.policy('acme'))
const proof = parseTlogProof(await notary.eventProof('acme', 'evt-1'))
const leaf = leafNode(Buffer.from(proof.extra ?? []).toString())
console.log(
  `entry ${proof.index} of ${parseCheckpoint(parseNote(kept).text).origin}:`,
  verifyTlogProof(proof, leaf, policy).ok,
)
console.log('another leaf:', verifyTlogProof(proof, leafNode('{"n":0}'), policy).ok)

// 3. The customer's data is erased: its keys are destroyed, and an entry of the log says so.
const removals = openRemovals(masked, ring, { copies: [platform.readModelCopies] })
const { id } = await removals.requestErasure('acme', {
  subject: 'c-12',
  basis: 'gdpr-17-1-b',
  request: 'ticket-81',
})
await removals.work()
const { status, receipt } = await removals.erasure('acme', id)
console.log(`erasure: ${status}, recorded as entry ${receipt?.n}`)
console.log(`with the keys: ${addressIn(await store.readEvent('acme', 'evt-1'))}`)

// 4. No hash has changed: the same proof holds, and the new head continues the one that was kept.
console.log('the old proof:', verifyTlogProof(proof, leaf, policy).ok)
const [older, newer] = [kept, await notary.checkpointNow('acme')].map(text =>
  parseCheckpoint(parseNote(text).text),
)
if (older === undefined || newer === undefined) throw new Error('a head is missing')
const path = await notary.consistency('acme', older.size, newer.size)
const hashes = path.map(text => parseHash(text, 'base64'))
console.log(`${newer.size} entries continue ${older.size}:`, verifyConsistency(older, newer, hashes))

await removals.close()
await notary.close()
await platform.close()
await ring.close()
