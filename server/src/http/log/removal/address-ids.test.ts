import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ErasureItem, EventDetail, EventPage, SealedEventView, SubjectView } from '../../../api/types.ts'
import type { TestServer } from '../../../start/fixtures/test-server.ts'
import { makeKey, startTestServer } from '../../../start/fixtures/test-server.ts'
import { auditEvent } from '../../fixtures/events.ts'

let test: TestServer
beforeAll(async () => {
  test = await startTestServer()
})
afterAll(() => test.stop())

const mail = 'ada@example.com'
const get = async <Body>(path: string, body?: object): Promise<Body> =>
  (await test.call<Body>(path, { key: test.keys.acme.admin, ...(body && { body }) })).body

it('an id that is an address of mail is sealed, found by who may, and gone once its person is erased', async () => {
  const actor = { type: 'user', id: mail, onBehalfOf: 'usr-1' }
  const events = [
    auditEvent({ actor }, { eventId: 'by-mail' }),
    auditEvent({ actor: { ...actor, id: 'usr-2', onBehalfOf: mail } }, { eventId: 'for-mail' }),
    {
      eventType: 'TenantReactivated',
      eventId: 'own',
      occurredAt: '2026-06-11T09:00:01Z',
      payload: { tenantId: 'acme', reactivatedBy: mail, reactivatedAt: '2026-06-11T09:00:01Z' },
    },
  ]
  for (const body of events) {
    const answer = await test.call('/v1/events', { key: test.keys.acme.writer, body })
    expect([answer.status, answer.text]).toEqual([201, answer.text])
  }
  const sealed = async (id: string) => (await get<SealedEventView>(`/v1/events/${id}/sealed`)).body
  for (const id of ['by-mail', 'for-mail', 'own']) {
    expect(await sealed(id)).not.toContain(mail)
    expect(JSON.stringify((await get<EventDetail>(`/v1/events/${id}`)).event)).toContain(mail)
  }
  expect(await sealed('for-mail')).toContain('usr-2')
  const byMail = () => get<EventPage>(`/v1/events?actor=${encodeURIComponent(mail)}`)
  expect((await byMail()).data.map(({ eventId }) => eventId)).toEqual(['by-mail'])
  expect(await get<SubjectView>('/v1/subjects/search', { subject: mail })).toMatchObject({ events: 3 })
  const { id } = await get<ErasureItem>('/v1/erasures', { subject: mail, basis: 'x', request: 'y' })
  await expect
    .poll(async () => (await get<ErasureItem>(`/v1/erasures/${id}`)).status, { timeout: 10_000 })
    .toBe('completed')
  for (const one of ['by-mail', 'for-mail', 'own'])
    expect(JSON.stringify(await get<EventDetail>(`/v1/events/${one}`))).not.toContain(mail)
  expect((await byMail()).data).toEqual([])
  const { data } = await get<EventPage>('/v1/events?q=repository.created')
  expect(data.map(({ audit }) => audit?.actor?.id).sort()).toEqual(['hidden', 'usr-2'])
})

it('of a person who is the resource name and address are sealed, masked, and gone once the person is erased', async () => {
  const [zoe, zanz] = ['usr-zoe', 'Zanz@Addr.example']
  const events = [
    auditEvent(
      { actor: { type: 'user', id: 'adm-1' }, resource: { type: 'User', id: zoe, name: 'Zoe Residuum' } },
      { eventId: 'on-zoe' },
    ),
    auditEvent({ actor: { type: 'user', id: zoe, name: 'Zoe Residuum' } }, { eventId: 'by-zoe' }),
    auditEvent({ resource: { type: 'member', id: zanz, name: 'Zanz Residuum' } }, { eventId: 'on-zanz' }),
    auditEvent({ resource: { type: 'bucket', id: 'b-1', name: 'Residuum store' } }, { eventId: 'on-bucket' }),
    auditEvent(
      { resource: { type: '\tUser\u00a0', id: 'usr-y', name: 'Ylva Rest' } },
      { eventId: 'on-ylva' },
    ),
  ]
  for (const body of events) {
    const answer = await test.call('/v1/events', { key: test.keys.acme.writer, body })
    expect([answer.status, answer.text]).toEqual([201, answer.text])
  }
  const reading = async <Body>(path: string, key: string): Promise<Body> => {
    const { status, body } = await test.call<Body>(path, { key })
    expect([path, status]).toEqual([path, 200])
    return body
  }
  const observer = (await makeKey(test.url, 'acme', 'observer')).secret
  const seen = async (name: string, key: string) =>
    (await reading<EventPage>(`/v1/events?resource=${encodeURIComponent(name)}`, key)).data.map(
      ({ eventId }) => eventId,
    )
  const masked = await reading<EventDetail>('/v1/events/on-zoe', observer)
  expect(JSON.stringify(masked)).not.toContain('Residuum')
  const viewOf = async (kind: string) =>
    (await reading<EventPage>(`/v1/events?resource=${kind}`, observer)).data[0]?.audit
  expect(await viewOf('User')).toMatchObject({ resource: { type: 'User', id: zoe } })
  expect(JSON.stringify([await viewOf('User'), await viewOf('member')])).not.toMatch(/Residuum|addr\./i)
  const address = await reading<EventDetail>('/v1/events/on-zanz', observer)
  expect(JSON.stringify(address.event.payload)).not.toMatch(/Residuum|addr\./i)
  expect(await viewOf('member')).toMatchObject({ resource: { type: 'member', id: 'hidden' } })
  const facetsOf = async (key: string) =>
    JSON.stringify((await reading<{ facets: unknown }>('/v1/events/facets', key)).facets)
  expect(await facetsOf(observer)).not.toMatch(/Zoe Residuum|Zanz/)
  expect(await facetsOf(observer)).toContain('Residuum store')
  const { admin } = test.keys.acme
  for (const [name, found, open] of [
    ['Zoe Residuum', ['on-zoe'], []],
    [zanz, ['on-zanz'], []],
    [zoe, ['on-zoe'], ['on-zoe']],
    ['member', ['on-zanz'], ['on-zanz']],
    ['Residuum store', ['on-bucket'], ['on-bucket']],
    ['Ylva Rest', ['on-ylva'], []],
  ] as const) {
    expect(await seen(name, admin)).toEqual(found)
    expect(await seen(name, observer)).toEqual(open)
  }
  for (const [subject, count] of [
    [zoe, 2],
    [zanz.toLowerCase(), 1],
  ] as const) {
    expect(await get<SubjectView>('/v1/subjects/search', { subject })).toMatchObject({ events: count })
    const { id } = await get<ErasureItem>('/v1/erasures', { subject, basis: 'x', request: 'y' })
    await expect
      .poll(async () => (await get<ErasureItem>(`/v1/erasures/${id}`)).status, { timeout: 10_000 })
      .toBe('completed')
  }
  for (const one of ['on-zoe', 'by-zoe', 'on-zanz'])
    expect(JSON.stringify(await get<EventDetail>(`/v1/events/${one}`))).not.toContain('Residuum')
  expect(await facetsOf(admin)).not.toMatch(/Zoe Residuum|Zanz/)
  const left = await get<EventPage>('/v1/events?q=Residuum')
  expect(left.data.map(({ eventId }) => eventId)).toEqual(['on-bucket'])
})

it('a record that an import refused is found by what it holds, and erased by its id', async () => {
  const body = JSON.stringify({ nobody: 'Refused Residuum' })
  const imported = await test.call('/v1/imports?format=github', { key: test.keys.acme.writer, body })
  expect(imported.body).toMatchObject({ refused: 1 })
  const found = async () => (await get<EventPage>('/v1/events?q=Refused+Residuum')).data
  await expect.poll(async () => (await found()).length).toBe(1)
  const subject = (await found())[0]?.eventId
  const { id } = await get<ErasureItem>('/v1/erasures', { subject, basis: 'x', request: 'y' })
  await expect
    .poll(async () => (await get<ErasureItem>(`/v1/erasures/${id}`)).status, { timeout: 10_000 })
    .toBe('completed')
  expect(await found()).toEqual([])
  expect(JSON.stringify(await get<EventDetail>(`/v1/events/${subject}`))).not.toContain('Residuum')
})
