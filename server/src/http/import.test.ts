import { once } from 'node:events'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventItem, EventPage } from '../api/types.ts'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { startTestServer } from '../start/fixtures/test-server.ts'
import { subscription } from './fixtures/events.ts'
import type { ImportAnswer } from './import-route.ts'

let test: TestServer
beforeAll(async () => {
  test = await startTestServer()
})
afterAll(() => test.stop())

const send = (format: string, body: string | Uint8Array, more = '') =>
  test.call<ImportAnswer>(`/v1/imports?format=${format}${more}`, {
    key: test.keys.acme.writer,
    body,
    headers: { 'content-type': 'application/octet-stream' },
  })
const find = async (parameters: string): Promise<readonly EventItem[]> =>
  (await test.call<EventPage>(`/v1/events?limit=500&${parameters}`, { key: test.keys.acme.reader })).body.data

const delivery = {
  event: 'push',
  guid: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
  delivered_at: '2026-06-03T14:22:01Z',
  payload: {
    ref: 'refs/heads/main',
    repository: { full_name: 'octo/hello', owner: { login: 'octo' } },
    pusher: { name: 'ada' },
    sender: { id: 1, login: 'ada', type: 'User' },
  },
}
const call = {
  eventVersion: '1.08',
  userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::123456789012:user/Alice', userName: 'Alice' },
  eventTime: '2026-03-01T21:07:01Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'CreateUser',
  requestParameters: { userName: 'Bob' },
  errorCode: 'AccessDenied',
  eventID: 'ba0801a1-87ec-4d26-be87-9a0e5d1b0d5c',
}
const kubernetes = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  auditID: '9f8e',
  stage: 'ResponseComplete',
  verb: 'create',
  user: { username: 'system:serviceaccount:ci:deployer' },
  objectRef: { resource: 'pods', namespace: 'ci', name: 'web' },
  responseStatus: { code: 201 },
  stageTimestamp: '2026-03-01T21:07:01.123456Z',
}
const cloudEvent = {
  specversion: '1.0',
  id: 'A-1',
  source: '/shop',
  type: 'shop.order.placed',
  subject: 'order-1',
  time: '2026-03-01T21:07:01Z',
}
const json = JSON.stringify

describe('an import', () => {
  it.each<[format: string, body: string, count: number, query: string, audit: object]>([
    ['github', json(delivery), 1, 'action=push', { actor: { id: '1', name: 'ada' } }],
    ['cloudtrail', json({ Records: [call] }), 1, 'action=iam.CreateUser', { outcome: 'denied' }],
    ['aws', json({ ...call, eventID: 'alias' }), 1, 'action=iam.CreateUser', { outcome: 'denied' }],
    ['kubernetes', `${json(kubernetes)}\n`, 1, 'action=pods.create', { actor: { type: 'service' } }],
    ['cloudevents', json([cloudEvent]), 1, 'action=shop.order.placed', { resource: { id: 'order-1' } }],
    [
      'keelson',
      `${json(subscription('imp-1'))}\n${json(subscription('imp-2'))}`,
      2,
      'type=SubscriptionActivated',
      { outcome: 'success' },
    ],
  ])('of %s', async (format, body, count, query, audit) => {
    const { status, body: answer } = await send(format, body, '&name=a-file')
    expect(status).toBe(200)
    expect(answer).toMatchObject({ read: count, stored: count, duplicates: 0, refused: 0, problems: [] })
    expect(answer.bytes).toBe(body.length)
    expect(answer).not.toHaveProperty('fault')
    const found = await find(query)
    expect(found.length).toBeGreaterThanOrEqual(count)
    expect(found[0]?.audit).toMatchObject(audit)
    const [started] = await find(`type=BatchIngestionStarted&correlationId=${answer.batchId}`)
    expect(started?.payload).toMatchObject({ fileName: 'a-file', batchId: answer.batchId })
    const [completed] = await find(`type=BatchIngestionCompleted&correlationId=${answer.batchId}`)
    expect(completed?.payload).toMatchObject({ successCount: count, failureCount: 0 })
    expect(completed?.position).toBeGreaterThan(found[0]?.position ?? 0)
  })

  it("of GitHub's own examples stores each once", async () => {
    const examples = json(
      createRequire(import.meta.url)('@octokit/webhooks-examples/api.github.com/index.json'),
    )
    const first = await send('github', gzipSync(examples), '&source=examples')
    expect(first.body).toMatchObject({ read: 329, stored: 324, duplicates: 5, refused: 0, problems: [] })
    expect(first.body.bytes).toBe(Buffer.byteLength(examples))
    const head = await test.head()
    const again = await send('github', examples, '&source=examples')
    expect(again.body).toMatchObject({ read: 329, stored: 0, duplicates: 329, refused: 0 })
    expect(await test.head()).toBe(head)
    expect(await find('source=examples&type=AuditEventReceived')).toHaveLength(324)
  })

  it('reports what it refuses, and keeps it', async () => {
    const lines = [
      json(subscription('ref-1', { eventId: 'ref-1' })),
      '{"eventType": broken',
      '',
      json(subscription('ref-2', { eventType: 'Nope', eventId: 'ref-2' })),
      json(subscription('ref-3', { eventId: 'ref-3' })),
      '{"a":1}',
    ]
    const { status, body } = await send('keelson', lines.join('\n'), '&source=shop')
    expect(status).toBe(200)
    expect(body).toMatchObject({ read: 5, stored: 2, duplicates: 0, refused: 3 })
    const told = body.problems.map(({ line, index, code }) => [line, index, code]).sort()
    expect(told).toEqual([
      [2, 1, 'json_malformed'],
      [4, 2, 'event_type_unknown'],
      [6, 4, 'record_unmappable'],
    ])
    const kept = await find('type=AuditEventValidationFailed')
    const originals = kept.map(item => (item.payload as { originalPayload: string }).originalPayload)
    expect(originals.toSorted()).toEqual([lines[1], lines[3], lines[5]].toSorted())
    for (const item of kept) {
      expect(item.payload).toMatchObject({ source: 'shop', batchId: body.batchId })
      expect(item.audit.outcome).toBe('failure')
    }
    const head = await test.head()
    expect((await send('keelson', lines.join('\n'), '&source=shop')).body).toMatchObject({
      duplicates: 2,
      refused: 3,
    })
    expect(await test.head()).toBe(head)
  })

  it('of a damaged file stores what came before the damage, and says so', async () => {
    const lines = Array.from({ length: 3000 }, (_, at) =>
      json(subscription(`dam-${at}`, { eventId: `dam-${at}`, source: `source ${(at * 7919) % 3001}` })),
    )
    const packed = gzipSync(lines.join('\n'))
    const { status, body } = await send('keelson', packed.subarray(0, packed.length >> 1))
    expect(status).toBe(200)
    expect(body.fault).toMatchObject({ code: 'compression_invalid', status: 400 })
    expect(body.stored).toBeGreaterThan(1000)
    expect(body.stored).toBeLessThan(3000)
    expect(await find('q=dam-0')).toMatchObject([{ eventId: 'dam-0' }])
  })

  it('of nothing stores nothing', async () => {
    const head = await test.head()
    for (const body of ['', '\n\n', '[]'])
      expect((await send('keelson', body)).body).toMatchObject({ read: 0, stored: 0, refused: 0 })
    expect(await test.head()).toBe(head)
  })

  it('has at most so many bytes as the server takes', async () => {
    const { url } = await test.listen({ limits: { importBodyBytes: 10_000 } })
    const response = await fetch(`${url}/v1/imports?format=keelson`, {
      method: 'POST',
      headers: { authorization: `Bearer ${test.keys.acme.writer}`, 'content-type': 'application/x-ndjson' },
      body: `${json(subscription('too-large', { eventId: 'too-large' }))}\n`.repeat(200),
    })
    const answer = (await response.json()) as { code: string }
    expect([response.status, answer.code]).toEqual([413, 'request_too_large'])
  })
})

describe('an import that breaks off', () => {
  const lines = Array.from({ length: 1000 }, (_, at) =>
    json(subscription(`off-${at}`, { eventId: `off-${at}` })),
  )
  const whole = `${lines.join('\n')}\n`

  it('leaves whole events, and is completed by running it again', async () => {
    const before = await test.head()
    const socket = connect({ port: Number(new URL(test.url).port), host: '127.0.0.1' })
    await once(socket, 'connect')
    const part = whole.slice(0, Math.floor(whole.length * 0.6))
    socket.write(
      `POST /v1/imports?format=keelson HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${test.keys.acme.writer}\r\ncontent-length: ${whole.length}\r\n\r\n${part}`,
    )
    await expect.poll(() => test.head()).toBeGreaterThan(before + 100)
    socket.resetAndDestroy()
    await expect.poll(openConnections).toBe(0)
    const stored = await Array.fromAsync(
      test.server.platform.store.readAll({ tenantId: 'acme' }, { after: before }),
    )
    const ids = stored
      .filter(event => event.eventType === 'SubscriptionActivated')
      .map(event => event.eventId)
    expect(ids.length).toBeGreaterThan(100)
    expect(ids.length).toBeLessThanOrEqual(600)
    for (const event of stored) expect(event.envelope.payload).toBeTypeOf('object')
    const again = await send('keelson', whole)
    expect(again.body).toMatchObject({ read: 1000, refused: 0, problems: [] })
    expect(again.body.stored + again.body.duplicates).toBe(1000)
    expect(again.body.duplicates).toBeGreaterThanOrEqual(ids.length)
    expect(await find('q=off*&type=SubscriptionActivated')).toHaveLength(500)
    expect(test.log).toEqual([])
  })

  /** Connections with a request under way: those that only keep alive are let go first. */
  function openConnections(): Promise<number> {
    const { server } = test.server.app
    server.closeIdleConnections()
    return new Promise((resolve, reject) =>
      server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    )
  }

  it('is refused before its file is read where the key is wrong', async () => {
    const socket = connect({ port: Number(new URL(test.url).port), host: '127.0.0.1' })
    socket.write(
      'POST /v1/imports?format=keelson HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 99999999\r\n\r\n{"a"',
    )
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 Unauthorized/)
  })
})
