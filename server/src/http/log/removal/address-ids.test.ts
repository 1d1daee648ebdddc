import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ErasureItem, EventDetail, EventPage, SealedEventView, SubjectView } from '../../../api/types.ts'
import type { TestServer } from '../../../start/fixtures/test-server.ts'
import { startTestServer } from '../../../start/fixtures/test-server.ts'
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
