import type { Envelope, JsonObject } from 'keelson'
import {
  archiveStream,
  composeUnit,
  createOutbox,
  createSnapshots,
  createTimers,
  PermanentError,
  sealStream,
} from 'keelson'
import { createFileBlobStore } from 'keelson/blob/filesystem'
import { expect } from 'vitest'
import type { ErasureItem } from '../../server/src/api/types.ts'
import type { TestServer } from '../../server/src/start/fixtures/test-server.ts'
import { leftIn } from './leftovers.ts'

/** The subject, which is an address and so sealed too. */
export const subject = 'zoe.quixotiana@example.com'
/** Not to be found in what is no text. */
export const values = [subject, 'Zoë Quixotiana', 'Rua das Flores 1729', '203.0.113.177'] as const
const [email, name, street, ip] = values
/** Somebody who stays. */
export const other = 'ben.stays@example.com'

const tenantId = 'acme'

const ask = async <Body>(test: TestServer, path: string, body?: object): Promise<Body> => {
  const answer = await test.call<Body>(path, { key: test.keys.acme.admin, ...(body && { body }) })
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`)
  return answer.body
}

const audit = (eventId: string, person: string, id: string): JsonObject => ({
  eventId,
  eventType: 'AuditEventReceived',
  occurredAt: '2026-11-11T09:00:01Z',
  payload: {
    actor: { type: 'user', id: person, name: person === email ? name : 'Ben' },
    action: 'order.cancel',
    resource: { type: 'order', id },
    outcome: 'denied',
    reason: person === email ? street : 'nothing',
  },
  metadata: { user: person, ...(person === email && { ip }) },
})

/** Puts the person's values wherever a store has a place for them. */
export async function spread(test: TestServer, archive: string): Promise<void> {
  const { platform, masked } = test.server
  const { store } = platform
  for (const count of [1, 2, 3]) {
    await ask(test, '/v1/events', audit(`zoe-${count}`, email, `ord-${count}`))
    await ask(test, '/v1/events', audit(`ben-${count}`, other, `ord-${count}`))
  }
  const stream = (await store.readEvent(tenantId, 'zoe-1'))?.stream as string
  await deliverInVain(test)
  const evolve = (state: readonly JsonObject[], { payload }: Envelope) => [...state, payload as JsonObject]
  const snapshots = createSnapshots(store, { schema: 'Orders@1' })
  await snapshots.save(await snapshots.load<readonly JsonObject[]>(tenantId, stream, [], evolve))

  const event = (await store.readEvent(tenantId, 'zoe-2'))?.envelope as unknown as JsonObject
  const outbox = createOutbox(store, { retry: { attempts: 1, initial: 1, max: 1 } })
  const message = { topic: 'mail', payload: { event, to: email }, headers: { name } }
  const timer = { id: 'remind', name: 'remind', due: Date.now() + 86_400_000 }
  const timers = createTimers(store).schedule(tenantId, {
    ...timer,
    payload: { eventId: 'zoe-3', greeting: `Dear ${name}`, to: email },
  })
  await store.commit(composeUnit({ tenantId }, outbox.add(tenantId, [message, message]), timers))
  const failed = await outbox.deliver(tenantId, async () => {
    throw new Error(`no mailbox ${email}`)
  })
  expect(failed.failed?.isAside).toBe(true)

  // Content of a stream that is archived comes and goes with the archive, and what is sealed stays in the database.
  const third = (await store.readEvent(tenantId, 'zoe-3'))?.stream as string
  await sealStream(masked, tenantId, third, { reason: 'It is done.' })
  await archiveStream(masked, createFileBlobStore(archive), tenantId, third)
  // Taken away, which Keelson knows.
  const bundle = await test.call('/v1/log/bundle', { key: test.keys.acme.admin })
  const taken = leftIn(Buffer.from(bundle.text), [email])
  expect([bundle.status, taken.length > 0]).toEqual([200, true])
}

/** Dead letters of the person's events and of others', with the person in what was said, and one that waits. */
async function deliverInVain({ server }: TestServer): Promise<void> {
  const { store } = server.platform
  const tries: string[] = []
  const subscription = server.platform.deliver({
    name: 'mail',
    tenantId,
    retry: { attempts: 2, backoff: 'fixed', delay: 86_400_000 },
    breaker: false,
    handle({ eventId, eventType }) {
      if (eventType !== 'AuditEventReceived') return
      tries.push(eventId)
      const said = `no mailbox ${email} of ${name}, ${street}, as of ${eventId}`
      throw eventId.endsWith('1') ? new Error(said) : new PermanentError(said)
    },
  })
  // The event behind the one that waits has its turn after that.
  await expect.poll(() => tries.length).toBe(5)
  await expect
    .poll(async () => (await store.documents({ tenantId }, 'dead-letter/mail')).length, { timeout: 10_000 })
    .toBe(4)
  await subscription.close()
}

/** Whether the search finds the person. */
export async function isFound(test: TestServer): Promise<boolean> {
  const path = `/v1/events?q=${encodeURIComponent('Quixotiana')}`
  return (await ask<{ data: readonly unknown[] }>(test, path)).data.length > 0
}

/** Erases the person, and waits until that is done. */
export async function erase(test: TestServer): Promise<ErasureItem> {
  const body = { subject, basis: 'gdpr-17-1-b', request: 'ticket-4711' }
  const { id } = await ask<ErasureItem>(test, '/v1/erasures', body)
  const show = () => ask<ErasureItem>(test, `/v1/erasures/${id}`)
  await expect.poll(async () => (await show()).status, { timeout: 30_000 }).toBe('completed')
  return show()
}
