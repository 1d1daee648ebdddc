import { expect, it } from 'vitest'
import type { EventStore } from '../../../store/index.ts'
import { composeUnit, createOutbox, createTimers } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { deadLetterChange } from '../../../transport/index.ts'
import { createHandClock, createSetting, signIn } from '../fixtures/setting.ts'
import { builtInCopies } from './built-in-copies.ts'

const tenantId = 'acme'
const anna = { userId: 'usr-anna', email: 'anna.karenina@example.com' }
const why = { subject: anna.userId, basis: 'gdpr-17-1-b', request: 'TICKET-4711' }
const [waiting, aside, letters, timer] = [
  'outbox-message-main',
  'outbox-aside-main',
  'dead-letter/mail',
  'timer',
]
const collections = () => [waiting, aside, letters, timer]

/** What a product may well write, with the names that errors have. */
const content = { message: 'Order placed', error: 'none', name: 'Order placed', code: 'of 7 letters' }

/** Their exact text. */
const allOf = async (store: EventStore): Promise<readonly string[]> => {
  const found = await Promise.all(collections().map(name => store.documents({ tenantId }, name)))
  return found.flat().map(document => JSON.stringify(document))
}

it('what is blanked leaves messages, timers and payloads of others byte for byte', async () => {
  const store = createMemoryStore()
  const clock = createHandClock()
  const open = () => createSetting(store, { clock, copies: builtInCopies(store, { collections }) })
  const [first, second] = await Promise.all([open(), open()])
  const outbox = createOutbox(store, { clock, retry: { attempts: 1, initial: 1, max: 1 } })
  const message = { topic: 'mail', payload: content, headers: content }
  await store.commit(composeUnit({ tenantId }, outbox.add(tenantId, [message])))
  // Set aside long before anybody is erased.
  await outbox.deliver(tenantId, () => Promise.reject(new RangeError('the relay is away')))
  clock.move(10 * 60_000)

  await signIn(first, tenantId, anna)
  await first.removals.requestErasure(tenantId, why)
  await first.removals.work()
  await first.close()

  const remind = { id: 't', name: 'remind', due: clock.now() + 1_000_000, payload: content }
  const trouble = {
    tenantId,
    eventId: 'of-ben',
    eventType: 'OrderPlaced',
    orderingKey: undefined,
    recordedAt: 1,
    attempts: [{ at: 1, name: 'Error', message: 'no mailbox', fingerprint: 'f' }],
    payload: content,
    metadata: content,
    edited: { payload: content },
    edits: [],
    partition: 0,
    position: 7,
  }
  const letter = deadLetterChange('mail', trouble, { reason: 'exhausted', setAsideAt: 1 })
  const event = { eventId: 'of-ben', eventType: 'OrderPlaced', payload: content, metadata: content }
  const others = outbox.add(tenantId, [message, { ...message, payload: { event } }])
  const timers = createTimers(store, { clock })
  const late = { tenantId, collection: letters, id: 'late', value: { eventId: 'of-ben', error: anna.email } }
  await store.commit(composeUnit({ tenantId }, others, timers.schedule(tenantId, remind)))
  await store.commit({ scope: { tenantId }, documents: [letter] })
  const before = await allOf(store)
  expect(before).toHaveLength(5)
  await store.commit({ scope: { tenantId }, documents: [late] })

  for (let minute = 0; minute < 10; minute += 1) {
    clock.move(60_000)
    await second.removals.work()
  }
  expect((await store.document(tenantId, letters, 'late'))?.value).toMatchObject({ error: '(removed)' })
  await store.commit({ scope: { tenantId }, documents: [{ tenantId, collection: letters, id: 'late' }] })
  expect(await allOf(store)).toEqual(before)
  await second.close()
})
