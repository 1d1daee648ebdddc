import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../../start/fixtures/test-server.ts'
import { makeKey, startTestServer } from '../../start/fixtures/test-server.ts'
import { auditEvent } from '../fixtures/events.ts'

const personal = [
  'Ada Zuckerkandl',
  'ada@mail.example',
  '198.51.100.9',
  'AdasBrowser',
  'adas-login',
  'Ada did',
]
const paths = [
  '/v1/events',
  '/v1/events?view=summary',
  '/v1/events?sort=occurred',
  '/v1/events/facets',
  '/v1/events/hidden-1',
  '/v1/events/hidden-1/sealed',
  '/v1/events/hidden-1/proof',
  '/v1/streams/AuditEvent-repository:octo%2Fhello',
  '/v1/log/bundle',
  '/v1/log/tile/entries/000.p/1',
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
      actor: { type: 'user', id: 'u-1', name: 'Ada Zuckerkandl', email: 'ada@mail.example' },
      summary: 'Ada did something',
      origin: { address: '198.51.100.9', userAgent: 'AdasBrowser' },
    },
    {
      eventId: 'hidden-1',
      metadata: { user: 'adas-login', ip: '198.51.100.9', userAgent: 'AdasBrowser' },
    },
  )
  await test.call('/v1/events', { key: test.keys.acme.writer, body })
  await test.call('/v1/log/checkpoints', { key: admin, method: 'POST' })
})
afterAll(() => test.stop())

describe('a key that does not see personal fields', () => {
  it.each(paths)('gets none from %s', async path => {
    const { status, text } = await test.call(path, { key: observer })
    expect([status, personal.filter(value => text.includes(value))]).toEqual([200, []])
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
