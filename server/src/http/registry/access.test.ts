import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallOptions, TestServer } from '../../start/fixtures/test-server.ts'
import { bootstrapKey, makeKey, startTestServer } from '../../start/fixtures/test-server.ts'
import { withEveryRole } from '../fixtures/role-access.ts'
import type { Made } from './fixtures/registry-access.ts'
import { registryAccess } from './fixtures/registry-access.ts'

let test: TestServer
let callers: readonly CallOptions[]
let count = 0

beforeAll(async () => {
  test = await startTestServer()
  const { acme, globex } = test.keys
  const revoked = await makeKey(test.url, 'acme', 'admin')
  await test.call(`/v1/keys/${revoked.id}`, { method: 'DELETE', key: bootstrapKey, tenant: 'acme' })
  const keys = [acme.admin, acme.writer, acme.reader, globex.reader].map(key => ({ key }))
  const platform = [{ key: bootstrapKey }, { key: bootstrapKey, tenant: 'acme' }]
  const others = ['observer', 'consumer'].map(async role => ({
    key: (await makeKey(test.url, 'acme', role)).secret,
  }))
  callers = [
    {},
    { key: 'kl_wrong' },
    { key: revoked.secret },
    ...platform,
    ...keys,
    ...(await Promise.all(others)),
  ]
})
afterAll(() => test.stop())

async function makeSubject(): Promise<Made> {
  count += 1
  const subject = `made-${count}`
  const { body } = await test.call<Made>(`/v1/schemas/${subject}`, {
    key: test.keys.acme.admin,
    body: { schema: {}, compatibility: 'none' },
  })
  return body
}

describe('who may call what of the registry', () => {
  it('is said for every route that there is', () => {
    const paths = Object.entries(test.server.app.swagger().paths ?? {}) as [string, object][]
    const described = paths
      .filter(([path]) =>
        /^\/(v1\/schemas|subjects|schemas|compatibility|config|mode|associations)/.test(path),
      )
      .flatMap(([path, methods]) => Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`))
    expect(described.sort()).toEqual(Object.keys(registryAccess).sort())
  })

  it.each(Object.entries(registryAccess))('%s', async (route, { path, body, expected }) => {
    const found: number[] = []
    const method = route.split(' ')[0] as string
    // What only reads leaves the subject as it is for the next caller.
    const shared = method === 'GET' ? await makeSubject() : undefined
    for (const caller of callers) {
      const made = shared ?? (await makeSubject())
      const answer = await test.call(path(made), {
        ...caller,
        method,
        ...(body === undefined ? {} : { body }),
      })
      found.push(answer.status)
    }
    expect(found).toEqual(withEveryRole(test, route, expected))
  })
})
