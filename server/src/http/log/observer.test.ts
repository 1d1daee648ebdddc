import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../../start/fixtures/test-server.ts'
import { makeKey, startTestServer } from '../../start/fixtures/test-server.ts'
import { DeliverySteps } from '../delivery/fixtures/delivery-steps.ts'
import { auditEvent } from '../fixtures/events.ts'
import { isGranted, permissionOf } from '../fixtures/role-access.ts'

const personal = [
  'Ada Zuckerkandl',
  'ada@mail.example',
  'az@work.example',
  '198.51.100.9',
  'AdasBrowser',
  'adas-login',
  'Ada did',
]
const eventId = 'hidden-1'
const letters = '/v1/dead-letters/hidden-letters'

/** What a route that reads is called with, where its path alone is not enough or not all. */
const calls: Readonly<Record<string, readonly string[]>> = {
  'GET /v1/events': [
    '/v1/events',
    '/v1/events?view=summary',
    '/v1/events?sort=occurred',
    '/v1/events?type=AuditEventReceived&accepts=AuditEventReceived@1.0',
    '/v1/events?resource=octo%2Fhello',
    '/v1/events?source=none',
  ],
  'GET /v1/events/facets': ['/v1/events/facets', '/v1/events/facets?type=AuditEventReceived'],
  'GET /v1/events/tail': ['/v1/events/tail?after=0', '/v1/events/tail?after=0&view=summary'],
  'GET /v1/events/{eventId}': [`/v1/events/${eventId}`, `/v1/events/${eventId}?accepts=AuditEventReceived`],
  'GET /v1/events/{eventId}/proof': [`/v1/events/${eventId}/proof`],
  'GET /v1/events/{eventId}/sealed': [`/v1/events/${eventId}/sealed`],
  'GET /v1/streams/{stream}': [
    '/v1/streams/AuditEvent-repository:octo%2Fhello',
    '/v1/streams/AuditEvent-repository:octo%2Fhello?order=desc&view=summary',
  ],
  'GET /v1/log/bundle': [
    '/v1/log/bundle',
    `/v1/log/bundle?proof=${eventId}`,
    '/v1/log/bundle?personal=shown',
  ],
  'GET /v1/log/tile/{path}': ['/v1/log/tile/entries/000.p/1', '/v1/log/tile/0/000.p/1'],
  'GET /v1/log/proofs/inclusion': ['/v1/log/proofs/inclusion?index=0'],
  'GET /v1/log/proofs/consistency': ['/v1/log/proofs/consistency?from=1'],
  'GET /v1/log/timestamp': ['/v1/log/timestamp?size=1'],
  'GET /v1/log/checks/{id}': ['/v1/log/checks/none'],
  'GET /v1/catalog/export': ['json', 'markdown', 'asyncapi'].map(
    format => `/v1/catalog/export?format=${format}`,
  ),
  'GET /v1/catalog/events/{type}': ['/v1/catalog/events/AuditEventReceived'],
  'GET /v1/catalog/events/{type}/versions/{version}': ['/v1/catalog/events/AuditEventReceived/versions/1.0'],
  'GET /v1/catalog/commands/{type}': ['/v1/catalog/commands/InviteUser'],
  'GET /v1/subscriptions/{name}': ['/v1/subscriptions/hidden-letters'],
  'GET /v1/dead-letters': ['/v1/dead-letters', '/v1/dead-letters?subscription=hidden-letters'],
  'GET /v1/dead-letters/{subscription}/{id}': [`${letters}/1`],
  'GET /v1/replays/{id}': ['/v1/replays/none'],
  'GET /v1/erasures/{id}': ['/v1/erasures/none'],
  'GET /v1/redactions/{id}': ['/v1/redactions/none'],
}
/** Calls whose refusal could tell what they look for. */
const refused: readonly (readonly [string, object?])[] = [
  ['/v1/events?actor=u-1'],
  ['/v1/events?q=ada'],
  ['/v1/events/facets?q=ada'],
  ['/v1/events/tail?actor=u-1'],
  ['/v1/subjects/search', { subject: 'u-1' }],
  ['/v1/subscriptions/hidden-letters/pull', { waitSeconds: 0 }],
  ['/v1/dead-letters/replay', { subscription: 'hidden-letters' }],
]

let test: TestServer
let admin: string
let observer: string
beforeAll(async () => {
  test = await startTestServer()
  admin = test.keys.acme.admin
  observer = (await makeKey(test.url, 'acme', 'observer')).secret
  const body = auditEvent(
    {
      actor: { type: 'user', id: 'az@work.example', name: 'Ada Zuckerkandl', email: 'ada@mail.example' },
      summary: 'Ada did something',
      origin: { address: '198.51.100.9', userAgent: 'AdasBrowser' },
    },
    { eventId, metadata: { user: 'adas-login', ip: '198.51.100.9', userAgent: 'AdasBrowser' } },
  )
  await test.call('/v1/events', { key: test.keys.acme.writer, body })
  const steps = DeliverySteps.of(test)
  await steps.make('hidden-letters', { types: ['AuditEventReceived'], filter: "eventId = 'hidden-1'" })
  await steps.fail('hidden-letters', [eventId], 'Ada Zuckerkandl has no address but ada@mail.example')
  await test.call('/v1/log/checkpoints', { key: admin, method: 'POST' })
})
afterAll(() => test.stop())

/** All that an answer says: its headers, its text, and what of it is base64. */
async function heard(key: string, path: string, body?: object): Promise<{ status: number; said: string }> {
  if (path.startsWith('/v1/events/tail') && !path.includes('actor')) return heardLive(key, path)
  const { status, headers, text } = await test.call(path, { key, ...(body && { body }) })
  return { status, said: opened([...headers].join('\n') + text) }
}

/** The tail up to the event that is looked for. */
async function heardLive(key: string, path: string): Promise<{ status: number; said: string }> {
  const stop = new AbortController()
  const { status, headers, body } = await fetch(test.url + path, {
    headers: { authorization: `Bearer ${key}` },
    signal: stop.signal,
  })
  let said = [...headers].join('\n')
  for await (const part of (body as ReadableStream<Uint8Array>).values()) {
    said += Buffer.from(part).toString()
    if (said.includes(eventId) && said.endsWith('\n\n')) break
  }
  stop.abort()
  return { status, said: opened(said) }
}

const opened = (said: string): string =>
  [said, ...(said.match(/[\w+/-]{16,}/g) ?? []).map(word => Buffer.from(word, 'base64').toString())].join(
    '\n',
  )

const found = (said: string): readonly string[] => personal.filter(value => said.includes(value))

/** Every route that reads. */
const readRoutes = (): readonly string[] =>
  Object.entries(test.server.app.swagger().paths ?? {}).flatMap(([path, methods]) =>
    'get' in (methods as object) ? [`GET ${path}`] : [],
  )

describe('a key that does not see personal fields', () => {
  it('gets none from any route, in no field, header or error', async () => {
    const told: unknown[] = []
    for (const route of readRoutes())
      for (const path of calls[route] ?? [route.slice(4)]) {
        const { status, said } = await heard(observer, path)
        const mayRead = isGranted('observer', permissionOf(test, route)) && !path.includes('personal=shown')
        if (found(said).length > 0 || (status === 403) === mayRead) told.push([path, status, found(said)])
      }
    expect(told).toEqual([])
  })

  it('gets none from what is refused to it', async () => {
    for (const [path, body] of refused) {
      const { status, said } = await heard(observer, path, body)
      expect([path, status, found(said)]).toEqual([path, 403, []])
    }
  })

  it.each([
    '/v1/events',
    '/v1/events?view=summary',
    '/v1/events/facets',
    '/v1/events/tail?after=0',
    `/v1/events/${eventId}`,
    `/v1/events/${eventId}/sealed`,
    '/v1/streams/AuditEvent-repository:octo%2Fhello',
    '/v1/log/bundle',
    `${letters}/1`,
    '/v1/dead-letters/groups',
    '/v1/subscriptions/hidden-letters',
  ])('gets none where another key gets some: %s', async path => {
    const { status, said } = await heard(admin, path)
    expect([status, found(said).length > 0]).toEqual([200, true])
  })

  it('has all facets but that of who it was', async () => {
    const facets = async (key: string) =>
      (await test.call<{ facets: Record<string, unknown[]> }>('/v1/events/facets', { key })).body.facets
    const [whole, masked] = [await facets(admin), await facets(observer)]
    expect(whole['actor']).not.toEqual([])
    expect(masked['actor']).toEqual([])
    expect(Object.keys(masked)).toEqual(Object.keys(whole))
    expect(masked['type']).not.toEqual([])
  })
})
