import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventDetail, EventPage } from '../api/types.ts'
import { readSse } from '../cli/sse.ts'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { startTestServer } from '../start/fixtures/test-server.ts'
import { auditEvent, subscription } from './fixtures/events.ts'
import { toCursor } from './query.ts'

/** Stands in every event, id, stream and key name of acme, and nowhere else. */
const mark = 'acmesecret'
let test: TestServer
const acme = (path: string) => test.call<EventPage>(path, { key: test.keys.acme.admin })
const globex = (path: string) => test.call<EventPage>(path, { key: test.keys.globex.admin })

beforeAll(async () => {
  test = await startTestServer()
  for (let at = 0; at < 6; at += 1) {
    const own = auditEvent(
      {
        actor: { type: 'user', id: `${mark}-user`, name: mark },
        resource: { type: mark, id: `${mark}-thing` },
        summary: mark,
      },
      { eventId: `${mark}-${at}`, source: mark, correlationId: mark },
    )
    await test.call('/v1/events', { key: test.keys.acme.writer, body: own })
    const other = subscription(`globex-${at}`, { eventId: `globex-${at}` })
    await test.call('/v1/events', { key: test.keys.globex.writer, body: other })
  }
  await test.call('/v1/keys', { key: test.keys.acme.admin, body: { name: mark, role: 'reader' } })
})
afterAll(() => test.stop())

const stream = `AuditEvent-${mark}:${mark}-thing`
const { stringify } = JSON

describe('a tenant', () => {
  it('finds its own events by what it does not find those of others', async () => {
    expect((await acme(`/v1/events?q=${mark}`)).body.data).toHaveLength(6)
    expect((await acme(`/v1/streams/${encodeURIComponent(stream)}`)).body.data).toHaveLength(6)
  })

  it.each([
    '/v1/events?limit=500',
    '/v1/events?limit=500&order=asc',
    `/v1/events?q=${mark}`,
    `/v1/events?q=${mark.slice(0, 4)}*`,
    '/v1/events?q=tenant:acme',
    '/v1/events?q=acme',
    `/v1/events?q=${encodeURIComponent('" OR tenant : "acme')}`,
    `/v1/events?q=${encodeURIComponent(`globex) OR text : (${mark}`)}`,
    `/v1/events?actor=${mark}`,
    `/v1/events?actor=${mark}-user&actor=globex`,
    `/v1/events?resource=${mark}-thing`,
    `/v1/events?source=${mark}`,
    `/v1/events?correlationId=${mark}`,
    `/v1/events?stream=${encodeURIComponent(stream)}`,
    `/v1/events?type=${encodeURIComponent("x' OR 1=1 --")}`,
    '/v1/events/facets',
    `/v1/events/facets?q=${mark}`,
    '/v1/keys',
    '/v1/me',
    '/v1/catalog',
    '/v1/tenants',
  ])('sees nothing of another in %s', async path => {
    const answer = await globex(path)
    // The question may come back in a refusal; the answer has nothing of acme.
    const said = answer.status === 200 ? answer.text : stringify({ ...(answer.body as object), detail: '' })
    expect(said).not.toContain(mark)
    expect(said).not.toContain('"acme"')
  })

  it('sees only its own events in a list, its own counts in the facets, and its own head', async () => {
    const { body } = await globex('/v1/events?limit=500')
    expect(body.data.map(item => item.tenantId)).toEqual(Array(6).fill('globex'))
    expect(body.head).toBe(Math.max(...body.data.map(item => item.position)))
    const facets = (await globex('/v1/events/facets')).body as unknown as { total: number }
    expect(facets.total).toBe(6)
  })

  it('finds no event of another by its id', async () => {
    for (const id of [`${mark}-0`, `${mark}-0%00`, `acme/${mark}-0`, `../acme/${mark}-0`]) {
      const answer = await globex(`/v1/events/${encodeURIComponent(id)}`)
      expect([answer.status, answer.body]).toMatchObject([404, { code: 'event_not_found' }])
    }
    expect((await acme(`/v1/events/${mark}-0`)).status).toBe(200)
  })

  it('finds no stream of another by its name, with a cursor or without', async () => {
    const path = `/v1/streams/${encodeURIComponent(stream)}`
    expect((await globex(path)).status).toBe(404)
    const beyond = await globex(`${path}?cursor=${toCursor(0, 'asc')}`)
    expect(beyond.body.data).toEqual([])
  })

  it('has neighbours of its own alone, also where streams have the same name', async () => {
    for (const tenant of ['acme', 'globex', 'acme', 'globex'] as const)
      await test.call('/v1/events', { key: test.keys[tenant].writer, body: subscription('same-name') })
    const { body } = await globex('/v1/streams/Subscription-same-name')
    expect(body.data.map(item => [item.tenantId, item.version])).toEqual([
      ['globex', 1],
      ['globex', 2],
    ])
    const second = await globex(`/v1/events/${body.data[1]?.eventId}`)
    const { neighbours } = second.body as unknown as EventDetail
    expect(neighbours.previous?.eventId).toBe(body.data[0]?.eventId)
    expect(neighbours.next).toBeNull()
  })

  it("gets only its own from another tenant's cursors", async () => {
    const { page } = (await acme('/v1/events?limit=2&order=asc')).body
    const { body } = await globex(`/v1/events?limit=500&order=asc&cursor=${page.nextCursor}`)
    expect(new Set(body.data.map(item => item.tenantId))).toEqual(new Set(['globex']))
    const back = await globex(`/v1/events?cursor=${toCursor(2 ** 50, 'desc')}&limit=500`)
    expect(new Set(back.body.data.map(item => item.tenantId))).toEqual(new Set(['globex']))
  })

  it('gets only its own from the live tail, from the beginning on', async () => {
    const stop = new AbortController()
    const response = await fetch(`${test.url}/v1/events/tail?after=0`, {
      headers: { authorization: `Bearer ${test.keys.globex.reader}` },
      signal: stop.signal,
    })
    const { head } = (await globex('/v1/events?limit=1')).body
    const tenants = new Set<string>()
    for await (const frame of readSse(response.body as ReadableStream<Uint8Array>)) {
      expect(frame.data).not.toContain(mark)
      const item = JSON.parse(frame.data) as { tenantId?: string; position: number }
      if (item.tenantId !== undefined) tenants.add(item.tenantId)
      if (frame.event === 'event' && item.position === head) break
    }
    stop.abort()
    expect(tenants).toEqual(new Set(['globex']))
  })
})

describe('the header Keelson-Tenant', () => {
  it.each(['acme', 'ACME', 'acme,globex', 'globex, acme', '*', 'every tenant', 'platform', ''])(
    '%j gives a key of globex nothing',
    async tenant => {
      for (const path of ['/v1/events', '/v1/events/facets', `/v1/events/${mark}-0`, '/v1/keys', '/v1/me']) {
        const answer = await test.call<{ code: string }>(path, { key: test.keys.globex.admin, tenant })
        expect([answer.status, answer.body.code]).toEqual([403, 'tenant_mismatch'])
      }
      const post = { key: test.keys.globex.admin, tenant, body: subscription('intruder') }
      expect((await test.call('/v1/events', post)).status).toBe(403)
    },
  )
})

describe('writing', () => {
  it('cannot reach another tenant by naming it in the event', async () => {
    const before = (await acme('/v1/events?limit=1')).body.head
    const forms = [
      subscription('sub', { tenantId: 'acme' }),
      {
        id: 'b-1',
        type: 'SubscriptionActivated',
        time: '2026-06-11T09:00:01Z',
        metadata: { tenantId: 'acme' },
      },
      { specversion: '1.0', id: 'c-1', source: '/x', type: 'SubscriptionActivated', tenantid: 'acme' },
    ].map(form => ({
      time: '2026-06-11T09:00:01Z',
      ...form,
      data: { subscriptionId: 's', editionCode: 'e' },
    }))
    const { data: _, time: __, ...canonical } = forms[0] as (typeof forms)[number]
    for (const body of [canonical, ...forms.slice(1)]) {
      const answer = await test.call<{ code: string }>('/v1/events', { key: test.keys.globex.writer, body })
      expect([answer.status, answer.body.code]).toEqual([403, 'tenant_mismatch'])
    }
    const imported = await test.call<{ refused: number; problems: { code: string }[] }>(
      '/v1/imports?format=keelson',
      { key: test.keys.globex.writer, body: canonical },
    )
    expect(imported.body).toMatchObject({ refused: 1, problems: [{ code: 'tenant_mismatch' }] })
    expect((await acme('/v1/events?limit=1')).body.head).toBe(before)
  })

  it('takes an id or an idempotency key that another tenant has, as if there were no other', async () => {
    const send = (tenant: 'acme' | 'globex', body: unknown) =>
      test.call<{ duplicate: boolean }>('/v1/events', {
        key: test.keys[tenant].writer,
        headers: { 'idempotency-key': 'the-same' },
        body,
      })
    expect((await send('acme', subscription('a', { eventId: 'shared-id' }))).status).toBe(201)
    const other = await send('globex', subscription('b', { eventId: 'shared-id' }))
    expect([other.status, other.body.duplicate]).toEqual([201, false])
    const { event } = (await globex('/v1/events/shared-id')).body as unknown as EventDetail
    expect(event).toMatchObject({ tenantId: 'globex', payload: { subscriptionId: 'b' } })
  })

  it('cannot revoke the key of another tenant', async () => {
    const { body } = await acme('/v1/keys')
    const key = (body as unknown as { data: { id: string }[] }).data.at(-1)
    const answer = await test.call(`/v1/keys/${key?.id}`, { method: 'DELETE', key: test.keys.globex.admin })
    expect(answer.status).toBe(404)
    expect((await acme('/v1/keys')).text).not.toMatch(/"revokedAt":"/)
  })
})
