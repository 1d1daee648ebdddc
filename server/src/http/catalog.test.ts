import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CatalogDocument, CommandDocument, EventDetailDocument } from '../api/types.ts'
import type { CallOptions, TestServer } from '../start/fixtures/test-server.ts'
import { startTestServer } from '../start/fixtures/test-server.ts'

let test: TestServer
beforeAll(async () => {
  test = await startTestServer()
})
afterAll(() => test.stop())

const get = <Body = CatalogDocument>(path: string, options: CallOptions = {}) =>
  test.call<Body>(path, { key: test.keys.acme.reader, ...options })

interface ProblemBody {
  readonly code: string
  readonly detail: string
  readonly nearest?: readonly string[]
}

describe('the catalogue', () => {
  it('has everything that the platform defines, and says of an event all there is to say', async () => {
    const { status, body } = await get('/v1/catalog')
    const { catalog } = test.server.platform
    expect(status).toBe(200)
    expect(body.events.map(event => event.type)).toEqual(catalog.entries.map(entry => entry.definition.type))
    expect(body.commands.map(command => command.type)).toEqual(catalog.commands.map(command => command.type))
    expect(body.events.find(event => event.type === 'SubscriptionActivated')).toMatchObject({
      version: '1.0',
      kind: 'integration',
      topic: 'subscription-events',
      producer: 'Subscription & Billing',
      consumers: ['Configuration', 'Notification', 'Audit'],
      context: 'saas',
      scope: 'platform',
      orderingKey: '{payload.subscriptionId}',
      schemaHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      schema: { $id: 'urn:keelson:event:SubscriptionActivated:1.0', type: 'object' },
    })
    for (const event of body.events) {
      for (const topic of [event.topic, ...event.alsoOn])
        expect(body.topics.find(one => one.name === topic)?.events).toContain(event.type)
    }
  })

  it.each([
    [
      'kind=integration',
      ({ events }: CatalogDocument) => events.every(event => event.kind === 'integration'),
    ],
    [
      'topic=subscription-events',
      ({ events, topics }: CatalogDocument) =>
        topics.map(topic => topic.name).join() === 'subscription-events' &&
        events.every(event => [event.topic, ...event.alsoOn].includes('subscription-events')),
    ],
    [
      'context=saas',
      ({ events, commands }: CatalogDocument) =>
        [...events, ...commands].every(one => one.context === 'saas') && commands.length > 0,
    ],
    [
      'q=SUBSCRIPTION%20billing',
      ({ events }: CatalogDocument) => events.some(event => event.type === 'SubscriptionActivated'),
    ],
    // A word that stands in a field alone.
    ['q=editionCode', ({ events }: CatalogDocument) => events.length < 10],
  ])('gives a part with %s', async (query, holds) => {
    const whole = await get('/v1/catalog')
    const { status, body } = await get(`/v1/catalog?${query}`)
    expect(status).toBe(200)
    expect(body.events.length).toBeGreaterThan(0)
    expect(body.events.length).toBeLessThan(whole.body.events.length)
    expect(holds(body)).toBe(true)
  })

  it('has nothing of their own for a tenant that registered nothing', async () => {
    expect((await get('/v1/catalog?own=true')).body).toEqual({ events: [], commands: [], topics: [] })
    expect((await get('/v1/catalog?q=no-such-word-anywhere')).body.events).toEqual([])
  })

  it.each(['kind=odd', 'own=maybe', 'colour=red', `q=${'x'.repeat(2_000)}`, 'kind=domain&kind=system'])(
    'refuses ?%s',
    async query => {
      const { status, body } = await get<ProblemBody>(`/v1/catalog?${query}`)
      expect([status, body.code]).toEqual([400, 'query_invalid'])
    },
  )

  it('needs a key that may read', async () => {
    expect((await test.call('/v1/catalog')).status).toBe(401)
    const writer = await get<ProblemBody>('/v1/catalog', { key: test.keys.acme.writer })
    expect([writer.status, writer.body.code]).toEqual([403, 'permission_denied'])
  })
})

describe('an event type', () => {
  it('has its versions, its changelog and how they stand to each other', async () => {
    const { status, body } = await get<EventDetailDocument>('/v1/catalog/events/SubscriptionActivated')
    expect(status).toBe(200)
    expect(body.versions).toMatchObject([
      { version: '1.0', document: { $id: 'urn:keelson:event:SubscriptionActivated:1.0' } },
    ])
    expect(body.changelog).toEqual([{ version: '1.0', hash: body.schemaHash, changes: ['First version.'] }])
    expect(body.comparisons).toEqual([])
  })

  it('has the schema of a version', async () => {
    const path = '/v1/catalog/events/SubscriptionActivated/versions/1.0'
    const { headers, body } = await get<object>(path)
    expect(headers.get('content-type')).toBe('application/schema+json; charset=utf-8')
    expect(body).toMatchObject({ title: 'SubscriptionActivated', additionalProperties: false })
  })

  it('names the nearest where there is none', async () => {
    const event = await get<ProblemBody>('/v1/catalog/events/SubscriptionActivted')
    expect([event.status, event.body.code, event.body.nearest?.[0]]).toEqual([
      404,
      'not_found',
      'SubscriptionActivated',
    ])
    expect(event.body.detail).toContain('did you mean SubscriptionActivated')
    const command = await get<ProblemBody>('/v1/catalog/commands/InviteUsr')
    expect([command.status, command.body.nearest?.[0]]).toEqual([404, 'InviteUser'])
    const version = await get<ProblemBody>('/v1/catalog/events/SubscriptionActivated/versions/9.9')
    expect([version.status, version.body.detail]).toEqual([404, expect.stringContaining('there are 1.0')])
    expect((await get('/v1/catalog/events/constructor')).status).toBe(404)
  })
})

describe('a command type', () => {
  it('has what it leads to and why it may be refused', async () => {
    const { body } = await get<CommandDocument>('/v1/catalog/commands/InviteUser')
    expect(body).toMatchObject({ type: 'InviteUser', emits: ['UserInvited'], context: 'saas' })
    expect(body.rejections.length).toBeGreaterThan(0)
  })
})

describe('ETags', () => {
  it.each([
    '/v1/catalog',
    '/v1/catalog?kind=domain',
    '/v1/catalog/events/UserInvited',
    '/v1/catalog/events/UserInvited/versions/1.0',
    '/v1/catalog/commands/InviteUser',
    '/v1/catalog/export?format=asyncapi',
  ])('of %s are strong, stay, and spare the body', async path => {
    const first = await get(path)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]{43}"$/)
    expect(first.headers.get('cache-control')).toBe('private, no-cache')
    for (const header of [etag, `"other", W/${etag}`, '*']) {
      const again = await get(path, { headers: { 'if-none-match': header } })
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag])
    }
    expect((await get(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
  })

  it('differ from form to form', async () => {
    const tags = await Promise.all(
      ['json', 'asyncapi', 'typescript'].map(async format =>
        (await get(`/v1/catalog/export?format=${format}`)).headers.get('etag'),
      ),
    )
    expect(new Set(tags).size).toBe(3)
  })
})

describe('the export', () => {
  it.each([
    ['json', 'application/json; charset=utf-8', '"events": ['],
    ['asyncapi', 'application/vnd.aai.asyncapi+json; version="3.0.0"; charset=utf-8', '"asyncapi": "3.0.0"'],
    ['typescript', 'text/plain; charset=utf-8', 'export type KeelsonEvent ='],
    ['proto', 'text/plain; charset=utf-8', 'message SubscriptionActivated {'],
  ])('gives %s as one text', async (format, mediaType, part) => {
    const { headers, text } = await get(`/v1/catalog/export?format=${format}`)
    expect(headers.get('content-type')).toBe(mediaType)
    expect(text).toContain(part)
  })

  it.each([
    ['markdown', 'events/UserInvited.md'],
    ['jsonschema', 'commands/InviteUser/1.0.json'],
    ['avro', 'UserInvited.avsc'],
    ['mermaid', 'sequence/InviteUser.mmd'],
  ])('gives %s as files', async (format, path) => {
    const { body } = await get<{ files: Record<string, string> }>(`/v1/catalog/export?format=${format}`)
    expect(body.files[path]).toMatch(/\S/)
  })

  it('names the forms where there is none of that name', async () => {
    const { status, body } = await get<ProblemBody>('/v1/catalog/export?format=pdf')
    expect([status, body.detail]).toEqual([400, expect.stringContaining('json, asyncapi, typescript')])
  })
})

describe('types that a tenant registered', () => {
  const schema = (more: object = {}) => ({
    type: 'object',
    required: ['parcelId'],
    properties: { parcelId: { type: 'string', description: 'Its id.' }, ...more },
    examples: [{ parcelId: 'o-1' }],
  })
  const event = {
    topic: 'parcels',
    summary: 'A parcel was weighed.',
    producer: 'Shop',
    orderingKey: '/parcelId',
  }

  it('stand beside the others for that tenant alone, with what changed from version to version', async () => {
    const before = (await get('/v1/catalog')).headers.get('etag')
    const bodies = [{ schema: schema(), event }, { schema: schema({ note: { type: 'string' } }) }]
    for (const [minor, body] of bodies.entries()) {
      const made = await get('/v1/schemas/ParcelWeighed', { key: test.keys.acme.admin, method: 'POST', body })
      expect([made.status, made.text]).toEqual([201, expect.anything()])
      // What was kept of the version before is not given any more.
      const { body: now } = await get<EventDetailDocument>('/v1/catalog/events/ParcelWeighed')
      expect([now.version, now.versions.length]).toEqual([`1.${minor}`, minor + 1])
    }
    const { body, headers } = await get('/v1/catalog')
    expect(headers.get('etag')).not.toBe(before)
    expect(body.events.at(-1)).toMatchObject({
      type: 'ParcelWeighed',
      version: '1.1',
      scope: 'tenant',
      producer: 'Shop',
    })
    expect(body.topics.find(topic => topic.name === 'parcels')?.events).toEqual(['ParcelWeighed'])
    const own = await get('/v1/catalog?own=true')
    expect(own.body.events.map(one => one.type)).toEqual(['ParcelWeighed'])

    const detail = await get<EventDetailDocument>('/v1/catalog/events/ParcelWeighed')
    expect(detail.body.versions.map(one => one.version)).toEqual(['1.0', '1.1'])
    expect(detail.body.comparisons).toMatchObject([
      {
        from: '1.0',
        to: '1.1',
        verdict: 'compatible',
        differences: [{ instancePath: '/note', change: 'added' }],
      },
    ])
    expect(detail.body.changelog[0]).toMatchObject({ version: '1.1', previous: '1.0' })
    const { text } = await get('/v1/catalog/export?format=typescript')
    expect(text).toContain('export interface ParcelWeighed_1_0 extends EventEnvelope {')

    const other = { key: test.keys.globex.reader }
    expect((await get('/v1/catalog', other)).text).not.toContain('ParcelWeighed')
    expect((await get('/v1/catalog/events/ParcelWeighed', other)).status).toBe(404)
    expect((await get('/v1/catalog?own=true', other)).body.events).toEqual([])
  })
})
