import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallOptions, TestServer } from '../start/fixtures/test-server.ts'
import { bootstrapKey, makeKey, startTestServer } from '../start/fixtures/test-server.ts'
import { deliveryAccess } from './fixtures/delivery-access.ts'
import { subscription } from './fixtures/events.ts'
import { logAccess } from './fixtures/log-access.ts'
import { withEveryRole } from './fixtures/role-access.ts'
import { registryAccess } from './registry/fixtures/registry-access.ts'

let test: TestServer
let revoked: string
let observer: string
let consumer: string
let eventId: string

beforeAll(async () => {
  test = await startTestServer()
  const key = await makeKey(test.url, 'acme', 'admin')
  revoked = key.secret
  await test.call(`/v1/keys/${key.id}`, { method: 'DELETE', key: bootstrapKey, tenant: 'acme' })
  observer = (await makeKey(test.url, 'acme', 'observer')).secret
  consumer = (await makeKey(test.url, 'acme', 'consumer')).secret
  const event = subscription('sub-1', { eventId: 'acme-1' })
  eventId = (await test.call<{ eventId: string }>('/v1/events', { key: test.keys.acme.writer, body: event }))
    .body.eventId
})
afterAll(() => test.stop())

const callers = [
  'no key',
  'wrong key',
  'revoked key',
  'platform',
  'platform for acme',
  'acme admin',
  'acme writer',
  'acme reader',
  'globex reader',
  'acme observer',
  'acme consumer',
] as const
type Caller = (typeof callers)[number]

function as(caller: Caller): CallOptions {
  switch (caller) {
    case 'no key':
      return {}
    case 'wrong key':
      return { key: 'kl_wrong-key-wrong-key-wrong-key-wrong-key' }
    case 'revoked key':
      return { key: revoked }
    case 'platform':
      return { key: bootstrapKey }
    case 'platform for acme':
      return { key: bootstrapKey, tenant: 'acme' }
    case 'acme admin':
      return { key: test.keys.acme.admin }
    case 'acme writer':
      return { key: test.keys.acme.writer }
    case 'acme reader':
      return { key: test.keys.acme.reader }
    case 'globex reader':
      return { key: test.keys.globex.reader }
    case 'acme observer':
      return { key: observer }
    case 'acme consumer':
      return { key: consumer }
  }
}

interface Route {
  /** Path to call, where it is not the route itself. */
  readonly path?: (caller: Caller) => string | Promise<string>
  readonly body?: (caller: Caller) => unknown
  /** Status for callers in the order of `callers`, up to globex's reader: those of the others follow from it. */
  readonly expected: readonly number[]
}

const open = [200, 200, 200, 200, 200, 200, 200, 200, 200]
const readers = [401, 401, 401, 400, 200, 200, 403, 200, 200]
/** A reader of another tenant finds nothing under this name. */
const ownReaders = [401, 401, 401, 400, 200, 200, 403, 200, 404]
const writers = (status: number) => [401, 401, 401, 400, status, status, status, 403, 403]
const keyManagers = (status: number) => [401, 401, 401, status, status, status, 403, 403, 403]
const operators = (status: number) => [401, 401, 401, status, status, 403, 403, 403, 403]
const isPlatform = (caller: Caller) => caller === 'platform'

/** Every route of the server: one that is missing here fails the first test. */
const routes: Readonly<Record<string, Route>> = {
  'GET /healthz': { expected: open },
  'GET /readyz': { expected: open },
  'GET /v1/me': { expected: [401, 401, 401, 200, 200, 200, 200, 200, 200] },
  'GET /v1/catalog': { expected: readers },
  'GET /v1/catalog/commands/{type}': { path: () => '/v1/catalog/commands/InviteUser', expected: readers },
  'GET /v1/catalog/events/{type}': { path: () => '/v1/catalog/events/UserInvited', expected: readers },
  'GET /v1/catalog/events/{type}/versions/{version}': {
    path: () => '/v1/catalog/events/UserInvited/versions/1.0',
    expected: readers,
  },
  'GET /v1/catalog/export': { path: () => '/v1/catalog/export?format=json', expected: readers },
  'GET /v1/events': { expected: readers },
  'GET /v1/events/facets': { expected: readers },
  'GET /v1/events/tail': { expected: readers },
  'GET /v1/events/{eventId}': { path: () => `/v1/events/${eventId}`, expected: ownReaders },
  'GET /v1/streams/{stream}': { path: () => '/v1/streams/Subscription-sub-1', expected: ownReaders },
  'POST /v1/events': { body: () => subscription('sub-2'), expected: writers(201) },
  'POST /v1/events/batch': { body: () => [subscription('sub-3')], expected: writers(200) },
  'POST /v1/imports': {
    path: () => '/v1/imports?format=keelson',
    body: () => subscription('sub-4'),
    expected: writers(200),
  },
  'GET /v1/keys': { expected: keyManagers(200) },
  'POST /v1/keys': {
    body: caller => ({ name: 'another', role: isPlatform(caller) ? 'platform-admin' : 'reader' }),
    expected: keyManagers(201),
  },
  'DELETE /v1/keys/{id}': {
    path: async caller =>
      `/v1/keys/${(await makeKey(test.url, isPlatform(caller) ? undefined : 'acme', isPlatform(caller) ? 'platform-admin' : 'reader')).id}`,
    expected: keyManagers(204),
  },
  'GET /v1/tenants': { expected: operators(200) },
  'POST /v1/tenants': {
    body: caller => ({ id: `made-by-${caller.replaceAll(' ', '-')}` }),
    expected: operators(201),
  },
}

/** The status alone: the live tail has no end. */
async function statusOf(route: string, caller: Caller): Promise<number> {
  const [method, template] = route.split(' ') as [string, string]
  const { path, body } = routes[route] as Route
  const options = { ...as(caller), method, ...(body === undefined ? {} : { body: body(caller) }) }
  const target = (await path?.(caller)) ?? template
  if (!template.endsWith('/tail')) return (await test.call(target, options)).status
  const stop = new AbortController()
  const headers = {
    ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
    ...(options.tenant === undefined ? {} : { 'keelson-tenant': options.tenant }),
  }
  const { status } = await fetch(test.url + target, { headers, signal: stop.signal })
  stop.abort()
  return status
}

describe('who may call what', () => {
  it('is said for every route that there is', () => {
    const described = Object.entries(test.server.app.swagger().paths ?? {}).flatMap(([path, methods]) =>
      Object.keys(methods as object).map(method => `${method.toUpperCase()} ${path}`),
    )
    const known = [routes, registryAccess, deliveryAccess, logAccess].flatMap(Object.keys)
    expect(described.sort()).toEqual(known.sort())
  })

  it.each(Object.keys(routes))('%s', async route => {
    const found = await Promise.all(callers.map(caller => statusOf(route, caller)))
    const expected = withEveryRole(test, route, (routes[route] as Route).expected)
    expect(Object.fromEntries(callers.map((caller, at) => [caller, found[at]]))).toEqual(
      Object.fromEntries(callers.map((caller, at) => [caller, expected[at]])),
    )
  })

  it('is the same for HEAD', async () => {
    for (const route of Object.keys(routes).filter(name => name.startsWith('GET /v1/'))) {
      const path = route.slice(4).replace('{eventId}', eventId).replace('{stream}', 'Subscription-sub-1')
      expect(`${route} ${(await test.call(path, { method: 'HEAD' })).status}`).toBe(`${route} 401`)
    }
  })

  it('has a code for each refusal', async () => {
    const code = async (options: CallOptions, path = '/v1/events') => {
      const { body, headers } = await test.call<{ code: string }>(path, options)
      return `${body.code} ${headers.get('www-authenticate') ?? ''}`.trim()
    }
    expect(await code({})).toBe('authentication_required Bearer')
    expect(await code(as('wrong key'))).toBe('authentication_failed Bearer')
    expect(await code(as('revoked key'))).toBe('authentication_failed Bearer')
    expect(await code({ headers: { authorization: `Basic ${test.keys.acme.reader}` } })).toBe(
      'authentication_failed Bearer',
    )
    expect(await code({ headers: { authorization: `Bearer ${test.keys.acme.reader} x` } })).toBe(
      'authentication_failed Bearer',
    )
    expect(await code({ headers: { authorization: `Bearer ${'x'.repeat(513)}` } })).toBe(
      'authentication_failed Bearer',
    )
    expect(await code(as('acme writer'))).toBe('permission_denied')
    expect(await code(as('platform'))).toBe('tenant_required')
    expect(await code({ key: bootstrapKey, tenant: 'initech' })).toBe('tenant_unknown')
    expect(await code({ key: bootstrapKey, tenant: '' })).toBe('tenant_unknown')
    expect(await code({ key: test.keys.acme.reader, tenant: 'globex' })).toBe('tenant_mismatch')
  })

  it('takes the scheme in any case, as RFC 9110 says', async () => {
    const headers = { authorization: `bearer  ${test.keys.acme.reader}` }
    expect((await test.call('/v1/me', { headers })).status).toBe(200)
  })

  it('tells a key what it is', async () => {
    expect((await test.call('/v1/me', as('acme writer'))).body).toMatchObject({
      role: 'writer',
      permissions: ['events:write', 'schemas:read', 'schemas:write'],
      tenant: { id: 'acme', name: 'acme' },
      key: { name: 'acme writer', prefix: test.keys.acme.writer.slice(0, 9) },
    })
    expect((await test.call('/v1/me', as('platform'))).body).toMatchObject({
      role: 'platform-admin',
      tenant: null,
    })
    expect((await test.call('/v1/me', as('platform for acme'))).body).toMatchObject({
      role: 'platform-admin',
      tenant: { id: 'acme' },
    })
  })
})

describe('keys through the API', () => {
  it('work until they are revoked, and at once no more', async () => {
    const key = await makeKey(test.url, 'acme', 'reader')
    const use = async () => (await test.call('/v1/events', { key: key.secret })).status
    expect(await use()).toBe(200)
    const remove = { method: 'DELETE', key: test.keys.acme.admin }
    expect((await test.call(`/v1/keys/${key.id}`, remove)).status).toBe(204)
    expect(await use()).toBe(401)
    // Again is no fault: the key is as revoked as it was meant to be.
    expect((await test.call(`/v1/keys/${key.id}`, remove)).status).toBe(204)
  })

  it('show their secret once', async () => {
    const made = await test.call<{ id: string; secret: string }>('/v1/keys', {
      key: test.keys.acme.admin,
      body: { name: 'shown once', role: 'reader' },
    })
    expect(made.headers.get('cache-control')).toBe('no-store')
    expect(made.body.secret).toMatch(/^kl_[\w-]{43}$/)
    const list = await test.call('/v1/keys', { key: test.keys.acme.admin })
    expect(list.text).toContain(made.body.id)
    expect(list.text).not.toContain(made.body.secret.slice(10))
    expect(list.text).not.toContain('hash')
  })

  it('cannot revoke themselves, nor give more than they are', async () => {
    const key = test.keys.acme.admin
    const { body: me } = await test.call<{ key: { id: string } }>('/v1/me', { key })
    const itself = await test.call(`/v1/keys/${me.key.id}`, { method: 'DELETE', key })
    expect([itself.status, itself.body]).toMatchObject([400, { code: 'request_invalid' }])
    const more = await test.call('/v1/keys', { key, body: { name: 'more', role: 'platform-admin' } })
    expect([more.status, more.body]).toMatchObject([
      400,
      { code: 'request_invalid', errors: [{ pointer: '/role' }] },
    ])
  })

  it('name every fault of what is sent', async () => {
    const { status, body } = await test.call('/v1/keys', {
      key: test.keys.acme.admin,
      body: { name: '', role: 'owner', tenant: 'globex' },
    })
    expect(status).toBe(400)
    const pointers = (body as { errors: { pointer: string }[] }).errors.map(fault => fault.pointer)
    expect(pointers.sort()).toEqual(['/name', '/role', '/tenant'])
  })
})

describe('tenants through the API', () => {
  const make = (body: unknown) => test.call<{ code?: string }>('/v1/tenants', { key: bootstrapKey, body })

  it('are made once, also by several at a time', async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => make({ id: 'at-once' })))
    expect(made.map(answer => answer.status).sort()).toEqual([201, 409, 409, 409])
    expect((await make({ id: 'at-once' })).body.code).toBe('tenant_exists')
  })

  it.each(['', 'Acme', 'a b', '-a', 'a-', 'a'.repeat(65), 'platform', 'every tenant', '../x', 1])(
    'refuse the id %j',
    async id => {
      const { status, body } = await make({ id })
      expect([status, body]).toMatchObject([400, { code: 'request_invalid', errors: [{ pointer: '/id' }] }])
    },
  )
})
