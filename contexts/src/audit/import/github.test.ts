import { createRequire } from 'node:module'
import type { EnvelopeInput, JsonObject, JsonValue } from 'keelson'
import { describe, expect, it } from 'vitest'
import { exampleDeliveries, exampleTime } from './github/examples.ts'
import { inferKind } from './github/kind.ts'
import { github } from './github.ts'
import { admit } from './record/admit.ts'
import { objectAt, textAt } from './record/member.ts'

interface Entry {
  readonly name: string
  readonly examples: readonly JsonObject[]
}
const read = createRequire(import.meta.url)
const index = read('@octokit/webhooks-examples/api.github.com/index.json') as Entry[]

const map = (record: JsonValue): EnvelopeInput => github.map(record, {})
function example(name: string, action?: string): JsonObject {
  const found = index.find(entry => entry.name === name)?.examples
  return found?.find(each => action === undefined || each['action'] === action) as JsonObject
}
const mapped = (event: string, action?: string): JsonObject =>
  map({ event, payload: example(event, action), delivered_at: exampleTime }).payload as JsonObject

describe('the example collection', () => {
  const deliveries = exampleDeliveries(index as unknown as JsonValue) ?? []

  it('maps all 329 examples of all 58 kinds to valid audit events', () => {
    expect(new Set(deliveries.map(each => textAt(each, 'event'))).size).toBe(58)
    expect(deliveries).toHaveLength(329)
    for (const delivery of deliveries) {
      const event = map(delivery)
      expect(() => admit(event)).not.toThrow()
      expect(textAt(event.payload, 'summary')).not.toMatch(/undefined|null|#\?/)
      expect(objectAt(event.payload, 'payload')).toEqual(objectAt(delivery, 'payload'))
    }
  })

  it('gives each content an id of its own, and the same one each time', () => {
    const ids = deliveries.map(each => map(each).eventId)
    expect(deliveries.map(each => map(each).eventId)).toEqual(ids)
    expect(new Set(ids).size).toBe(new Set(deliveries.map(each => JSON.stringify(each))).size)
    expect(ids.every(id => /^gh-[0-9a-f]{40}$/.test(id ?? ''))).toBe(true)
  })

  it('gives a time to the 18 examples that have none', () => {
    const timeless = deliveries.filter(each => textAt(each, 'delivered_at') !== undefined)
    expect(timeless).toHaveLength(18)
    expect(timeless.every(each => map(each).occurredAt === exampleTime)).toBe(true)
  })

  it('infers the kind of all 329 payloads when they stand alone', () => {
    for (const { name, examples } of index)
      for (const payload of examples) expect(inferKind(payload)).toBe(name)
  })

  it('never infers a wrong kind from the examples of GitHub Enterprise Server', () => {
    let inferred = 0
    for (const release of ['31', '32', '33', '34', '35']) {
      for (const { name, examples } of read(
        `@octokit/webhooks-examples/ghes-${release}/index.json`,
      ) as Entry[]) {
        for (const payload of examples) inferred += inferOrRefuse(payload, name)
      }
    }
    expect(inferred).toBe(357)
  })

  it('takes an entry of the index for a collection, and nothing else', () => {
    expect(github.expand?.(index[0] as unknown as JsonValue)).toHaveLength(5)
    for (const other of [{}, { name: 'push' }, [1], 'x']) expect(github.expand?.(other)).toBeUndefined()
  })
})

function inferOrRefuse(payload: JsonObject, name: string): number {
  try {
    expect(inferKind(payload)).toBe(name)
    return 1
  } catch (error) {
    expect(error).toMatchObject({ code: 'record_unmappable' })
    return 0
  }
}

describe('forms of a delivery', () => {
  const payload = example('pull_request', 'opened')
  const guid = '72d3162e-cc78-11e3-81ab-4c9367dc0958'
  const headers = { 'x-gitHub-EVENT': ['pull_request'], 'X-GitHub-Delivery': guid }
  const request = { headers: { 'X-GitHub-Event': 'pull_request' }, payload }
  const time = '2024-05-01T10:00:00+02:00'
  const forms: [string, JsonObject][] = [
    [
      'the REST API',
      { id: 12345, guid, delivered_at: time, event: 'pull_request', action: 'opened', status: 'OK', request },
    ],
    ['headers and payload', { headers, payload, timestamp: time }],
    ['headers and body', { headers, body: JSON.stringify(payload), received_at: time }],
    ['headers and a form', { headers, body: `payload=${encodeURIComponent(JSON.stringify(payload))}`, time }],
    ['event and payload', { event: 'pull_request', delivery: guid, payload, timestamp: time }],
    ['name and payload', { name: 'pull_request.opened', id: guid, payload, timestamp: time }],
  ]

  it.each(forms)('%s', (_, record) => {
    const event = map(record)
    expect(event).toMatchObject({
      eventId: `gh-${guid}`,
      source: 'github',
      occurredAt: '2024-05-01T08:00:00Z',
    })
    expect(event.payload).toEqual({
      eventId: guid,
      tenantId: 'Codertocat',
      timestamp: time,
      actor: { type: 'user', id: '21031067', name: 'Codertocat' },
      action: 'pull_request.opened',
      resource: {
        type: 'pull_request',
        id: 'Codertocat/Hello-World#2',
        name: 'Update the README with new information.',
        url: 'https://github.com/Codertocat/Hello-World/pull/2',
      },
      outcome: 'success',
      summary: 'Codertocat opened pull request Codertocat/Hello-World#2',
      payload,
    })
  })

  it('takes a payload alone, with the time in it', () => {
    expect(map(payload)).toMatchObject({
      occurredAt: '2019-05-15T15:20:33Z',
      payload: { action: 'pull_request.opened' },
    })
    expect(github.map(payload, { source: 'ghes' }).source).toBe('ghes')
  })

  it.each<[JsonValue, RegExp]>([
    ['text', /JSON object/],
    [{}, /fits no GitHub event/],
    [{ pages: [] }, /fits no GitHub event/],
    [{ ...example('issues'), ...example('release') }, /any of the events issues, release/],
    [{ event: 'push' }, /has no payload/],
    [{ event: 'push', payload: 5 }, /payload of a GitHub delivery/],
    [{ event: 'Push It!', payload: {} }, /no name of a GitHub event/],
    [{ event: 'push', payload: {} }, /has no time/],
    [{ event: 'push', payload: {}, delivered_at: 'yesterday' }, /not RFC 3339: yesterday/],
    [{ headers: {}, body: '{"a":' }, /not valid JSON/],
    [index[0] as unknown as JsonValue, /collection of examples/],
  ])('refuses %j', (record, message) => {
    expect(() => map(record)).toThrow(message)
  })
})

describe('what a delivery says', () => {
  it('knows apps, pushers and GitHub itself', () => {
    const sender = { login: 'renovate[bot]', id: 7, type: 'Bot' }
    const byApp = map({ event: 'issues', payload: { ...example('issues'), sender } })
    expect(objectAt(byApp.payload, 'actor')).toEqual({ type: 'service', id: '7', name: 'renovate[bot]' })
    expect(mapped('push')['actor']).toMatchObject({ email: '21031067+Codertocat@users.noreply.github.com' })
    expect(mapped('security_advisory')['actor']).toEqual({ type: 'system', id: 'github', name: 'GitHub' })
  })

  it.each([
    ['create', undefined, 'tag', 'Codertocat/Hello-World@refs/tags/simple-tag'],
    ['push', undefined, 'tag', 'Codertocat/Hello-World@refs/tags/simple-tag'],
    ['issues', 'edited', 'issue', 'Codertocat/Hello-World#1'],
    ['star', 'created', 'repository', 'Codertocat/Hello-World'],
    ['status', undefined, 'commit', 'Codertocat/Hello-World@6113728f27ae82c7b1a177c8d03f9e96e0adf246'],
    ['organization', 'renamed', 'organization', 'Octocoders'],
    ['membership', 'added', 'member', 'Octocoders/team/github/member/21031067'],
    ['team', 'created', 'team', 'Octocoders/team/github'],
    ['check_run', 'completed', 'check_run', 'Codertocat/Hello-World/check_run/128620228'],
    ['repository', 'renamed', 'repository', 'Octocoders/Hello-World'],
  ])('finds what %s %s was done to', (event, action, type, id) => {
    expect(mapped(event, action)['resource']).toMatchObject({ type, id })
  })

  it('reads how it ended', () => {
    expect(mapped('check_run', 'completed')).toMatchObject({ outcome: 'failure', reason: 'failure' })
    expect(mapped('workflow_job', 'queued')).toMatchObject({ outcome: 'unknown' })
    expect(mapped('status')).toMatchObject({ outcome: 'success' })
    expect(mapped('status')['reason']).toBeUndefined()
  })

  it('takes the most telling time', () => {
    const at = (event: string, action?: string) => map({ event, payload: example(event, action) }).occurredAt
    expect(at('star', 'created')).toBe('2019-05-15T15:20:40Z')
    expect(at('pull_request', 'closed')).toBe('2019-05-15T15:21:18Z')
    // In a push the repository has the seconds since 1970.
    const pushed = example('push')
    const seconds = { ...pushed, repository: { ...objectAt(pushed, 'repository'), pushed_at: 1_557_933_657 } }
    expect(map({ event: 'push', payload: seconds }).occurredAt).toBe('2019-05-15T15:20:57Z')
  })

  it('says it in one line', () => {
    const commits = [{}, {}]
    const push = {
      ...example('push'),
      ref: 'refs/heads/main',
      created: false,
      deleted: false,
      forced: true,
      commits,
    }
    const lines = [
      textAt(map({ event: 'push', payload: push }).payload, 'summary'),
      ...[['issue_comment', 'created'], ['check_run', 'completed'], ['fork']].map(([event = '', action]) =>
        textAt(mapped(event, action), 'summary'),
      ),
    ]
    expect(lines).toEqual([
      'Codertocat force-pushed 2 commits to branch main in Codertocat/Hello-World',
      'Codertocat created a comment on issue Codertocat/Hello-World#1',
      'Codertocat completed check run Octocoders-linter in Codertocat/Hello-World: failure',
      'Octocoders forked repository Codertocat/Hello-World',
    ])
  })
})
