import { createHash } from 'node:crypto'
import { canonicalJson } from 'keelson'
import { openBody } from 'keelson/proof'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventDetail, EventItem, EventPage } from '../api/types.ts'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { startTestServer } from '../start/fixtures/test-server.ts'
import { auditEvent, subscription } from './fixtures/events.ts'

let test: TestServer
const count = 1203
const get = <Body = EventPage>(path: string) => test.call<Body>(path, { key: test.keys.acme.reader })
const write = (body: unknown, path = '/v1/events') => test.call(path, { key: test.keys.acme.writer, body })
const ids = (page: EventPage) => page.data.map(item => item.eventId)

/** The event at a place: thirds by outcome, tenths by actor, one a minute. */
function numbered(at: number) {
  const payload = {
    actor: { type: 'user', id: `u-${at % 10}`, name: `User ${at % 10}` },
    action: at % 2 === 0 ? 'door.opened' : 'door.closed',
    resource: { type: 'door', id: `d-${at % 50}`, name: `Door ${at % 50}` },
    outcome: ['success', 'failure', 'denied'][at % 3] ?? '',
    reason: at === 600 ? 'the straße was blocked by an elephant' : `reason ${at}`,
  }
  const occurredAt = new Date(Date.parse('2026-06-01T00:00:00Z') + at * 60_000).toISOString()
  return auditEvent(payload, { eventId: `n-${at}`, occurredAt, source: at < 600 ? 'early' : 'late' })
}

beforeAll(async () => {
  test = await startTestServer()
  await write(
    Array.from({ length: count }, (_, at) => numbered(at)),
    '/v1/events/batch',
  )
})
afterAll(() => test.stop())

describe('a query', () => {
  it('gives the newest 50 first', async () => {
    const { body, headers } = await get('/v1/events')
    expect(body.data).toHaveLength(50)
    expect(body.data[0]?.eventId).toBe(`n-${count - 1}`)
    expect(body.head).toBe(count)
    expect(body.page).toEqual({ hasMore: true, nextCursor: expect.any(String) })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each<[query: string, wanted: (at: number) => boolean]>([
    ['type=AuditEventReceived', () => true],
    ['type=SubscriptionActivated', () => false],
    ['actor=u-3', at => at % 10 === 3],
    ['actor=User%203&actor=u-4', at => at % 10 === 3 || at % 10 === 4],
    ['action=door.opened', at => at % 2 === 0],
    ['resource=d-7', at => at % 50 === 7],
    ['resource=Door%207&outcome=denied', at => at % 50 === 7 && at % 3 === 2],
    ['resource=door&outcome=failure&outcome=denied', at => at % 3 !== 0],
    ['source=late', at => at >= 600],
    ['stream=AuditEvent-door:d-7', at => at % 50 === 7],
    ['correlationId=n-9', at => at === 9],
    ['from=2026-06-01T01:00:00Z', at => at >= 60],
    ['to=2026-06-01T01:00:00Z', at => at < 60],
    ['from=2026-06-01T03:00:00%2B02:00&to=2026-06-01T01:00:00.001Z', at => at === 60],
    ['q=elephant', at => at === 600],
    ['q=stra%C3%9Fe', at => at === 600],
    ['q=eleph*%20blocked', at => at === 600],
    ['q=%22blocked%20by%22', at => at === 600],
    ['q=%22by%20blocked%22', () => false],
    ['q=reason%20-denied&actor=u-1', at => at % 10 === 1 && at % 3 !== 2],
    ['actor=', () => true],
  ])('%s', async (query, wanted) => {
    const expected = Array.from({ length: count }, (_, at) => at).filter(wanted)
    const { status, body } = await get(`/v1/events?${query}&order=asc&limit=500`)
    expect(status).toBe(200)
    expect(ids(body)).toEqual(expected.slice(0, 500).map(at => `n-${at}`))
    const facets = await get<{ total: number }>(`/v1/events/facets?${query}`)
    expect(facets.body.total).toBe(expected.length)
  })

  it.each(['asc', 'desc'] as const)('goes through all pages %s without gap or repeat', async order => {
    const seen: EventItem[] = []
    let cursor = ''
    do {
      const { body } = await get(`/v1/events?order=${order}&limit=97${cursor}`)
      seen.push(...body.data)
      expect(body.page.hasMore).toBe(body.page.nextCursor !== null)
      cursor = body.page.nextCursor === null ? '' : `&cursor=${body.page.nextCursor}`
    } while (cursor !== '')
    const expected = Array.from({ length: count }, (_, at) => at + 1)
    expect(seen.map(item => item.position)).toEqual(order === 'asc' ? expected : expected.reverse())
  })

  it('has no next page where the last is full', async () => {
    const { body } = await get('/v1/events?actor=u-3&outcome=success&limit=40')
    expect(body.data).toHaveLength(40)
    expect(body.page).toEqual({ hasMore: false, nextCursor: null })
  })

  it('leaves payloads out of the summary', async () => {
    const [full, summary] = await Promise.all([
      get('/v1/events?limit=1'),
      get('/v1/events?limit=1&view=summary'),
    ])
    const { payload, ...rest } = full.body.data[0] as EventItem
    expect(payload).toMatchObject({ action: 'door.opened' })
    expect(summary.body.data).toEqual([rest])
    expect(rest.audit).toEqual({
      actor: { type: 'user', id: 'u-2', name: 'User 2' },
      action: 'door.opened',
      resource: { type: 'door', id: 'd-2', name: 'Door 2' },
      outcome: 'denied',
      address: null,
      summary: 'User 2 · door.opened · Door 2',
    })
  })

  it('counts facets', async () => {
    interface FacetValue {
      readonly value: string
      readonly count: number
    }
    const { body } = await get<{ capped: boolean; facets: Record<string, FacetValue[]> }>('/v1/events/facets')
    expect(body.capped).toBe(false)
    expect(body.facets['outcome']).toEqual(
      ['denied', 'failure', 'success'].map(value => ({ value, count: 401 })),
    )
    expect(body.facets['actor']?.[0]).toEqual({ value: 'u-0', label: 'User 0', count: 121 })
    expect(body.facets['resource']).toHaveLength(12)
  })
})

describe('one event', () => {
  it('can be found by the very next query, 200 times in a row', async () => {
    const other = (path: string) => test.call<EventPage>(path, { key: test.keys.globex.reader })
    for (let at = 0; at < 200; at += 1) {
      const body = subscription(`fresh-${at}`, { eventId: `fresh-${at}` })
      await test.call('/v1/events', { key: test.keys.globex.writer, body })
      const { body: page } = await other(at % 2 === 0 ? '/v1/events?limit=1' : `/v1/events?q=fresh-${at}`)
      expect(ids(page)).toEqual([`fresh-${at}`])
    }
  })

  it('has a seal that anybody can recompute', async () => {
    const { status, body } = await get<EventDetail>('/v1/events/n-600')
    expect(status).toBe(200)
    const { seal, event } = body
    // As PROOFS.md has it, by hand: body commitment, then the leaf in canonical form, then the RFC 6962 leaf hash.
    const commitment = createHash('sha256')
      .update('keelson/v1 body\n', 'ascii')
      .update(Buffer.from(seal.blind, 'base64url'))
      .update(Buffer.from(seal.body, 'utf8'))
      .digest('base64url')
    expect(Buffer.from(seal.blind, 'base64url')).toHaveLength(32)
    expect(seal.leaf).toBe(
      `{"body":"${commitment}","id":"n-600","kind":"event","n":600,"prev":"${seal.previousHash}","t":"${event.recordedAt}","v":1}`,
    )
    const leafHash = createHash('sha256')
      .update(Buffer.from([0]))
      .update(seal.leaf)
      .digest('base64url')
    expect(leafHash).toBe(seal.leafHash)
    expect([event.leafHash, event.previousHash]).toEqual([seal.leafHash, seal.previousHash])
    expect(seal.body).toBe(canonicalJson(JSON.parse(seal.body)))
    const {
      position,
      sequence,
      stream,
      version,
      recordedAt,
      audit,
      leafHash: _,
      previousHash: __,
      ...envelope
    } = event
    expect(openBody(JSON.parse(seal.body), seal.disclosures)).toEqual({ envelope, hidden: 0 })
    const hidden = seal.disclosures.map(one => createHash('sha256').update(one).digest('base64url'))
    expect(hidden).not.toHaveLength(0)
    for (const digest of hidden) expect(seal.body).toContain(digest)
    expect([position, sequence, stream, version]).toEqual([601, 600, 'AuditEvent-door:d-0', 13])
    expect(audit.summary).toContain('door.opened')
    expect(recordedAt).toMatch(/Z$/)
  })

  it('is chained to the one before in the log', async () => {
    const chain = await Promise.all([0, 1, 2].map(at => get<EventDetail>(`/v1/events/n-${at}`)))
    expect(chain[0]?.body.seal.previousHash).toBe('A'.repeat(43))
    expect(chain[1]?.body.seal.previousHash).toBe(chain[0]?.body.seal.leafHash)
    expect(chain[2]?.body.seal.previousHash).toBe(chain[1]?.body.seal.leafHash)
  })

  it('comes with its definition and its neighbours in the stream', async () => {
    const { body } = await get<EventDetail>('/v1/events/n-57')
    expect(body.definition).toMatchObject({
      type: 'AuditEventReceived',
      topic: 'audit.ingestion',
      kind: 'domain',
    })
    expect([body.neighbours.previous?.eventId, body.neighbours.next?.eventId]).toEqual(['n-7', 'n-107'])
    expect(body.neighbours.next).not.toHaveProperty('payload')
    const first = (await get<EventDetail>('/v1/events/n-7')).body
    expect(first.neighbours.previous).toBeNull()
    const last = (await get<EventDetail>('/v1/events/n-1157')).body
    expect(last.neighbours.next).toBeNull()
  })
})

describe('a stream', () => {
  const path = '/v1/streams/AuditEvent-door:d-7'

  it.each(['asc', 'desc'])('is read %s by version over pages', async order => {
    const versions: number[] = []
    let cursor = ''
    do {
      const { body } = await get(`${path}?order=${order}&limit=10${cursor}`)
      versions.push(...body.data.map(item => item.version))
      cursor = body.page.nextCursor === null ? '' : `&cursor=${body.page.nextCursor}`
    } while (cursor !== '')
    const expected = Array.from({ length: 24 }, (_, at) => at + 1)
    expect(versions).toEqual(order === 'asc' ? expected : expected.reverse())
  })

  it('that is none is not found', async () => {
    const { status, body } = await get('/v1/streams/AuditEvent-door:d-99')
    expect([status, body]).toMatchObject([404, { code: 'not_found' }])
  })

  it('is found by whatever name it has', async () => {
    const names = ['a/b?c#d%e', 'x y\n', '漢'.repeat(400), "';--", '..', '.']
    for (const name of names) {
      const made = await write(subscription('ignored', { aggregateId: name, aggregateType: 'T' }))
      const { stream } = made.body as { stream: string }
      const found = await get(`/v1/streams/${encodeURIComponent(stream)}`)
      expect([found.status, found.body.data[0]?.stream]).toEqual([200, stream])
    }
  })
})

describe('large events', () => {
  it('come all, over pages and at once', async () => {
    const key = test.keys.globex.writer
    for (let at = 0; at < 20; at += 1) {
      const event = auditEvent({ payload: `${at}`.padEnd(200_000, 'x') }, { eventId: `large-${at}` })
      expect((await test.call('/v1/events', { key, body: event })).status).toBe(201)
    }
    const other = (query: string) =>
      test.call<EventPage>(`/v1/events?${query}`, { key: test.keys.globex.reader })
    const wanted = Array.from({ length: 20 }, (_, at) => `large-${19 - at}`)
    const whole = await other('type=AuditEventReceived&limit=500')
    expect(ids(whole.body)).toEqual(wanted)
    expect(whole.text.length).toBeGreaterThan(4_000_000)
    const pages: string[] = []
    let cursor = ''
    do {
      const { body } = await other(`type=AuditEventReceived&limit=6${cursor}`)
      pages.push(...ids(body))
      cursor = body.page.nextCursor === null ? '' : `&cursor=${body.page.nextCursor}`
    } while (cursor !== '')
    expect(pages).toEqual(wanted)
    const stream = await test.call<EventPage>(
      `/v1/streams/${encodeURIComponent('AuditEvent-repository:octo/hello')}?limit=500`,
      { key: test.keys.globex.reader },
    )
    expect(ids(stream.body)).toEqual([...wanted].reverse())
  })
})
