import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Envelope, JsonObject } from '../../../core/index.ts'
import { newEvent } from '../../../store/fixtures/new-event.ts'
import type { EventStore } from '../../../store/index.ts'
import { composeUnit, createOutbox, createSnapshots, createTimers } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { temporaryFolder } from '../../../store/sqlite/fixtures/temporary-store.ts'
import { deadLetterChange, waitingChange } from '../../../transport/index.ts'
import { failingStore } from '../fixtures/failing-store.ts'
import type { Setting } from '../fixtures/setting.ts'
import { allEvents, createHandClock, createSetting, signIn } from '../fixtures/setting.ts'
import { cutsOf } from '../fixtures/suite.ts'
import type { CopyContent, CopyStore } from '../port.ts'
import { builtInCopies } from './built-in-copies.ts'
import { positionCopies } from './position-copies.ts'

const anna = { userId: 'usr-anna', email: 'anna.karenina@example.com', stream: 's-anna' }
const ben = { userId: 'usr-ben', email: 'ben.hur@example.com', stream: 's-ben' }
const why = { basis: 'gdpr-17-1-b', request: 'TICKET-4711' }
const tenantId = 'acme'
const collections = async () => [
  'outbox-message-main',
  'outbox-aside-main',
  'dead-letter/mail',
  'delivery-waiting/mail#0',
]

const openWithCopies = (store: EventStore) =>
  createSetting(store, { copies: builtInCopies(store, { collections }) })

/** A message, a dead letter, a delivery that waits and a snapshot of each event. */
async function copyAll({ store, sealed, clock }: Setting): Promise<void> {
  const outbox = createOutbox(store, { clock })
  const snapshots = createSnapshots(store, { schema: 'User@1' })
  for (const { envelope, position, eventId, eventType, stream } of await allEvents(sealed, tenantId)) {
    const payload = envelope as unknown as JsonObject
    await store.commit(
      composeUnit({ tenantId }, outbox.add(tenantId, [{ topic: 'mail', payload: { event: payload } }])),
    )
    const message = `no mailbox ${(envelope.payload as JsonObject)['email']}`
    const trouble = {
      tenantId,
      eventId,
      eventType,
      orderingKey: undefined,
      recordedAt: 1,
      attempts: [{ at: 1, name: 'Error', message, fingerprint: 'f' }],
      edited: { payload: { ...(envelope.payload as JsonObject), plan: 'edited' } },
      edits: [],
      partition: 0,
      position,
    }
    await store.commit({
      scope: { tenantId },
      documents: [
        deadLetterChange('mail', trouble, { reason: 'exhausted', setAsideAt: 1 }),
        waitingChange('mail', trouble, clock.now() + 1000),
      ],
    })
    const evolve = (_: JsonObject, event: Envelope): JsonObject => event.payload as JsonObject
    const state = await createSnapshots(sealed, { schema: 'User@1' }).load(tenantId, stream, {}, evolve)
    await snapshots.save(state)
  }
}

async function allDocuments(store: EventStore): Promise<string> {
  const names = [...(await collections()), 'snapshot']
  const found = await Promise.all(names.map(name => store.documents({ tenantId }, name)))
  return JSON.stringify(found.flat().map(({ collection, value, due }) => ({ collection, value, due })))
}

/** The database and what lies beside it. */
const bytesOf = (path: string): readonly string[] =>
  readdirSync(dirname(path)).map(name => readFileSync(join(dirname(path), name), 'latin1'))

/** What of a text stands in base64 wherever that begins with it. */
const sliceOf = (text: string): string => Buffer.from(text).toString('base64url').slice(2, -4)

describe('copies', () => {
  it('of the subject go, others stay', async () => {
    const store = createMemoryStore()
    const setting = await openWithCopies(store)
    const { removals, sealed } = setting
    await signIn(setting, tenantId, { ...anna, more: { plan: 'pro' } })
    await signIn(setting, tenantId, { ...ben, more: { plan: 'pro' } })
    await copyAll(setting)
    expect((await removals.findSubject(tenantId, anna.userId)).copies).toEqual([
      { name: 'snapshots', count: 1 },
      { name: 'documents', count: 3 },
    ])
    const before = await store.documents({ tenantId }, 'delivery-waiting/mail#0')
    await removals.requestErasure(tenantId, { subject: anna.userId, ...why })
    await removals.work()
    const left = await allDocuments(store)
    expect(left).not.toContain(anna.email)
    expect(left.split(ben.email)).toHaveLength(1 + 1 + 2 * 2 + 1)
    expect(left).toContain('"plan":"edited"')
    const [first] = await allEvents(sealed, tenantId)
    const [message] = await store.documents({ tenantId }, 'outbox-message-main')
    expect(message?.value).toMatchObject({ payload: { event: first?.envelope } })
    const after = await store.documents({ tenantId }, 'delivery-waiting/mail#0')
    expect(after.map(({ due }) => due)).toEqual(before.map(({ due }) => due))
    expect((await store.documents({ tenantId }, 'snapshot')).map(({ id }) => id)).toEqual(['User@1:s-ben'])
    await setting.close()
  })

  it('in messages and timers have nothing of the subject beside the event that they name', async () => {
    const store = createMemoryStore()
    const collections = async () => ['outbox-message-main', 'timer']
    const setting = await createSetting(store, { copies: builtInCopies(store, { collections }) })
    const { removals, clock } = setting
    const outbox = createOutbox(store, { clock })
    const timers = createTimers(store, { clock })
    const ids = [await signIn(setting, tenantId, anna), await signIn(setting, tenantId, ben)]
    const [envelope] = (await allEvents(setting.sealed, tenantId)).map(event => event.envelope)
    const event = envelope as unknown as JsonObject
    const due = clock.now() + 1_000
    const headers = { to: `Anna <${anna.email}>` }
    const remind = (id: string) =>
      timers.schedule(tenantId, { id, name: 'remind', due, payload: { eventId: id, to: [anna.email, 7] } })
    const add = outbox.add(tenantId, [{ topic: 'mail', payload: { event, to: anna.email }, headers }])
    await store.commit(composeUnit({ tenantId }, add, ...ids.map(id => remind(id))))
    await removals.requestErasure(tenantId, { subject: anna.userId, ...why })
    await removals.work()
    const [message] = await store.documents({ tenantId }, 'outbox-message-main')
    const masked = (await allEvents(setting.sealed, tenantId))[0]?.envelope
    expect(message?.value).toMatchObject({
      topic: 'mail',
      payload: { event: masked, to: '(removed)' },
      headers: { to: 'Anna <(removed)>' },
    })
    const kept = await Promise.all(ids.map(id => store.document(tenantId, 'timer', id)))
    expect(kept.map(document => [document?.due, document?.value])).toMatchObject([
      [due, { name: 'remind', payload: { eventId: ids[0], to: ['(removed)', 7] } }],
      // It names an event of somebody else.
      [due, { name: 'remind', payload: { eventId: ids[1], to: [anna.email, 7] } }],
    ])
    await setting.close()
  })

  it('about others say nothing of the subject in texts of errors', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    const collections = async () => ['dead-letter/mail', 'delivery-run']
    const setting = await createSetting(store, { copies: builtInCopies(store, { collections }) })
    const { removals } = setting
    await signIn(setting, tenantId, anna)
    await signIn(setting, 'globex', anna)
    const eventId = await signIn(setting, tenantId, ben)
    const said = `neither ${anna.email} nor ${ben.email}`
    for (const tenant of [tenantId, 'globex']) {
      const letter = { eventId, attempts: [{ message: said }], payload: { message: anna.email } }
      const documents = [
        { tenantId: tenant, collection: 'dead-letter/mail', id: '1', value: letter, due: 5 },
        { tenantId: tenant, collection: 'delivery-run', id: '1', value: { state: 'failed', error: said } },
      ]
      await store.commit({ scope: { tenantId: tenant }, documents })
    }
    expect((await removals.findSubject(tenantId, anna.userId)).copies[1]).toEqual({
      name: 'documents',
      count: 2,
    })
    await removals.requestErasure(tenantId, { subject: anna.userId, ...why })
    await removals.work()
    expect((await removals.erasures(tenantId))[0]).toMatchObject({ status: 'completed' })
    const left = `neither (removed) nor ${ben.email}`
    const [letter] = await store.documents({ tenantId }, 'dead-letter/mail')
    expect(letter).toMatchObject({ due: 5, value: { eventId, attempts: [{ message: left }] } })
    // The content of an event is not a text about it.
    expect(letter?.value).toMatchObject({ payload: { message: anna.email } })
    const [run] = await store.documents({ tenantId }, 'delivery-run')
    expect(run?.value).toEqual({ state: 'failed', error: left })
    const [other] = await store.documents({ tenantId: 'globex' }, 'delivery-run')
    expect(other?.value).toMatchObject({ error: said })
    await setting.close()
  })

  it('of a redacted event keep what is left of it, sealed fields too', async () => {
    const store = createMemoryStore()
    const setting = await openWithCopies(store)
    const { removals } = setting
    const eventId = await signIn(setting, tenantId, { ...anna, more: { note: 'called twice' } })
    await copyAll(setting)
    await removals.requestRedaction(tenantId, { eventId, pointers: ['/payload/note'], reason: 'A' })
    await removals.work()
    const left = await allDocuments(store)
    expect(left).not.toContain('called twice')
    expect(left).toContain(anna.email)
    await setting.close()
  })

  it('by position are asked for page by page', async () => {
    const store = createMemoryStore()
    const forgotten: string[] = []
    const copies = [
      positionCopies({
        name: 'archive',
        forget: async (tenant, positions) => {
          forgotten.push(`${tenant} ${positions.join()}`)
          return undefined
        },
      }),
    ]
    const setting = await createSetting(store, { copies })
    const { removals } = setting
    await signIn(setting, tenantId, anna)
    await signIn(setting, tenantId, ben)
    await signIn(setting, tenantId, anna)
    expect((await removals.findSubject(tenantId, anna.userId)).copies).toEqual([
      { name: 'archive', count: 2 },
    ])
    await removals.requestErasure(tenantId, { subject: anna.userId, ...why })
    await removals.work()
    expect(forgotten).toEqual(['acme 1,3', 'acme 1,3'])
    await setting.close()
  })

  it('keep what is sealed of others in the same event', async () => {
    const store = createMemoryStore()
    const contents: (CopyContent | undefined)[] = []
    const copy: CopyStore = {
      name: 'read model',
      count: async () => 0,
      async erase({ events, contentOf }) {
        for await (const page of events())
          for (const { eventId } of page) contents.push(await contentOf(eventId))
        expect(await contentOf('unknown')).toBeUndefined()
        return { removed: 0 }
      },
    }
    const setting = await createSetting(store, { copies: [copy] })
    const { removals, sealed } = setting
    const about = { payload: { userId: anna.userId, email: anna.email }, metadata: { user: ben.userId } }
    const event = { ...newEvent(tenantId, about), personal: [{ pointer: '/email', subject: '/userId' }] }
    await sealed.append(tenantId, [{ stream: 's', expected: 'any', events: [event] }])
    await signIn(setting, tenantId, ben)
    await removals.requestErasure(tenantId, { subject: anna.userId, ...why })
    await removals.work()
    const [first] = await allEvents(sealed, tenantId)
    expect(first?.envelope.metadata).toEqual({ user: ben.userId })
    expect(first?.envelope.payload).toEqual({
      userId: anna.userId,
      _sd: [expect.any(String)],
      kid: expect.any(String),
    })
    // Before the keys are destroyed and after.
    expect(contents).toEqual([{ envelope: first?.envelope }, { envelope: first?.envelope }])
    await setting.close()
  })

  it.each(cutsOf('some steps', 11, [2, 4, 5, 6, 8, 9, 10]))(
    'leave nothing in the bytes of a SQLite database where it is cut off, %s step %i',
    async (when, at) => {
      await using folder = temporaryFolder()
      const clock = createHandClock()
      let store = await folder.open()
      const copies = () =>
        builtInCopies(store, { collections: async () => [...(await collections()), 'timer'] })
      const prepared = await createSetting(store, { clock, copies: copies() })
      await signIn(prepared, tenantId, anna)
      await signIn(prepared, tenantId, ben)
      await copyAll(prepared)
      const [about, other] = (await allEvents(store, tenantId)).map(({ eventId }) => eventId) as [
        string,
        string,
      ]
      const timer = { id: 't', name: 'remind', due: clock.now(), payload: { eventId: about, to: anna.email } }
      const documents = [
        { tenantId, collection: 'dead-letter/mail', id: 'o', value: { eventId: other, error: anna.email } },
      ]
      const timers = createTimers(store, { clock }).schedule(tenantId, timer)
      await store.commit(composeUnit({ tenantId }, timers, { documents }))
      const { id } = await prepared.removals.requestErasure(tenantId, { subject: anna.userId, ...why })
      await prepared.close()

      const failing = failingStore(store, at, when)
      const cut = await createSetting(store, { steps: failing.store, clock, copies: copies() })
      await cut.removals.work()
      expect(failing.hasFailed).toBe(true)
      await cut.close()
      await store.close()
      store = await folder.open()

      const resumed = await createSetting(store, { clock, copies: copies() })
      clock.move(60_000)
      await resumed.removals.work()
      expect(await resumed.removals.erasure(tenantId, id)).toMatchObject({ status: 'completed' })
      const inFiles = (value: string) => bytesOf(folder.path).some(text => text.includes(value))
      expect([anna.email, sliceOf(anna.email), ben.email].map(inFiles)).toEqual([false, false, true])
      await resumed.close()
    },
  )

  it('leave nothing of the subject in the bytes of a SQLite database', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    const setting = await openWithCopies(store)
    const { removals } = setting
    for (let count = 0; count < 20; count += 1) {
      await signIn(setting, tenantId, anna)
      await signIn(setting, tenantId, { ...ben, more: { count } })
    }
    await copyAll(setting)
    const bytes = () => bytesOf(folder.path)
    // It is not sealed in the copies, so that this would find it.
    expect(bytes().some(text => text.includes(anna.email))).toBe(true)
    await removals.requestErasure(tenantId, { subject: anna.userId, ...why })
    await removals.work()
    expect((await removals.erasures(tenantId))[0]).toMatchObject({ status: 'completed' })
    const left = bytes()
    for (const value of [anna.email, sliceOf(anna.email)])
      expect(left.map(text => text.includes(value))).toEqual(left.map(() => false))
    expect(left.some(text => text.includes(ben.email))).toBe(true)
    await setting.close()
  })
})
