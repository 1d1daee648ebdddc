import type { Envelope } from 'keelson'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ErasureItem } from '../../../api/types.ts'
import type { TestServer } from '../../../start/fixtures/test-server.ts'
import { startTestServer } from '../../../start/fixtures/test-server.ts'
import { auditEvent } from '../../fixtures/events.ts'

let test: TestServer
beforeAll(async () => {
  test = await startTestServer()
})
afterAll(() => test.stop())

const ids = ['one', 'two', 'three', 'four']
const name = 'Zoe Residuum'
const ask = async <Body>(path: string, body?: object): Promise<Body> =>
  (await test.call<Body>(path, { key: test.keys.acme.admin, ...(body && { body }) })).body

/** Events of a person, each in a stream of its own. */
async function publishFour(person: string): Promise<void> {
  for (const id of ids) {
    const actor = { type: 'user', id: person, name }
    const event = auditEvent({ actor, resource: { type: person, id } }, { eventId: `${person}-${id}` })
    await ask('/v1/events', event)
  }
}

async function erase(subject: string): Promise<void> {
  const { id } = await ask<ErasureItem>('/v1/erasures', { subject, basis: 'x', request: 'y' })
  await expect
    .poll(async () => (await ask<ErasureItem>(`/v1/erasures/${id}`)).status, { timeout: 10_000 })
    .toBe('completed')
}

it('what waits for a consumer in memory has nothing of a subject that was erased since', async () => {
  await publishFour('usr-pulled')
  await ask('/v1/subscriptions', { name: 'mail', types: ['AuditEventReceived'] })
  const pull = async (max: number) =>
    (
      await ask<{ data: { event: Envelope }[] }>('/v1/subscriptions/mail/pull', { max, waitSeconds: 5 })
    ).data.map(({ event }) => event)
  const [first] = await pull(1)
  expect(first).toMatchObject({ eventId: 'usr-pulled-one', payload: { actor: { name } } })
  await erase('usr-pulled')
  const rest = await pull(10)
  expect(rest.map(({ eventId }) => eventId)).toEqual(
    expect.arrayContaining(ids.slice(1).map(id => `usr-pulled-${id}`)),
  )
  expect(JSON.stringify(rest)).not.toContain(name)
})

it.each(['alone', 'batch'])('nor what waits for a handler in code: %s', async how => {
  const person = `usr-${how}`
  await publishFour(person)
  const { promise: isErased, resolve: goOn } = Promise.withResolvers<void>()
  const given: Envelope[] = []
  const handleBatch = async (events: readonly Envelope[]): Promise<void> => {
    given.push(...events.filter(({ eventId }) => eventId.startsWith(person)))
    if (given.length > 0) await isErased
  }
  const subscription = test.server.platform.deliver({
    name: `mail-${how}`,
    tenantId: 'acme',
    concurrency: 1,
    ...(how === 'batch' ? { handleBatch, batchSize: 2 } : { handle: event => handleBatch([event]) }),
  })
  await expect.poll(() => given.length).toBeGreaterThan(0)
  const before = given.length
  expect(JSON.stringify(given)).toContain(name)
  await erase(person)
  goOn()
  await expect.poll(() => given.length).toBe(ids.length)
  expect(before).toBeLessThan(ids.length)
  expect(JSON.stringify(given.slice(before))).not.toContain(name)
  await subscription.close()
})

it('nor what a consumer said of its failure to a server that has not taken it yet', async () => {
  await publishFour('usr-said')
  const { store } = test.server.platform
  const collection = 'pull-settled/t/acme/mail@1'
  const failure = { name: `No ${name}`, message: `${name} has no address`, isPermanent: true }
  const left = [{ tenantId: 'acme', collection, id: 'token', value: { failure } }]
  await store.commit({ scope: { tenantId: 'acme' }, documents: left })
  await erase('usr-said')
  expect((await store.document('acme', collection, 'token'))?.value).toEqual({
    failure: { ...failure, name: 'No (removed)', message: '(removed) has no address' },
  })
})

it('nor what a handler said of somebody else brings back with its next try what was masked', async () => {
  await publishFour('usr-waits')
  const tenantId = 'acme'
  const { platform } = test.server
  let tries = 0
  const subscription = platform.deliver({
    name: 'mail-waits',
    tenantId,
    filter: event => event.eventId === 'of-somebody-else',
    retry: { attempts: 2, backoff: 'fixed', delay: 6_000 },
    breaker: false,
    handle() {
      tries += 1
      throw new Error(tries === 1 ? `${name} has no address` : 'no')
    },
  })
  await ask('/v1/events', auditEvent({}, { eventId: 'of-somebody-else' }))
  await expect.poll(() => tries).toBe(1)
  await erase('usr-waits')
  expect(tries).toBe(1)
  const letters = () => platform.store.documents({ tenantId }, 'dead-letter/mail-waits')
  await expect.poll(async () => (await letters()).length, { timeout: 20_000 }).toBe(1)
  const [letter] = await letters()
  expect(letter?.value).toMatchObject({
    attempts: [{ message: '(removed) has no address' }, { message: 'no' }],
  })
  await subscription.close()
}, 40_000)
