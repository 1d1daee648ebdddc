import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallOptions, TestServer } from '../../start/fixtures/test-server.ts'
import { bootstrapKey, makeKey, startTestServer } from '../../start/fixtures/test-server.ts'
import { logAccess, prepareLogs } from '../fixtures/log-access.ts'
import { withEveryRole } from '../fixtures/role-access.ts'

let test: TestServer
let callers: readonly CallOptions[]

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
  await prepareLogs(test)
})
afterAll(() => test.stop())

describe('who may call what of the log', () => {
  it.each(Object.entries(logAccess))('%s', async (route, { path, body, expected }) => {
    const [method = '', template = ''] = route.split(' ')
    const found: number[] = []
    for (const caller of callers) {
      const options = { ...caller, method, ...(body === undefined ? {} : { body }) }
      found.push((await test.call(path ?? template, options)).status)
    }
    expect(found).toEqual(withEveryRole(test, route, expected))
  })

  it('lets a consumer see personal fields, and remove nothing', async () => {
    const key = (await makeKey(test.url, 'acme', 'consumer')).secret
    const status = async (path: string, body?: object) =>
      (await test.call(path, { key, ...(body === undefined ? {} : { body }) })).status
    expect(await status('/v1/log')).toBe(200)
    expect(await status('/v1/log/bundle?personal=shown')).toBe(200)
    expect(await status('/v1/holds', { scope: { all: true }, reason: 'x' })).toBe(403)
    expect(await status('/v1/log/checks', {})).toBe(403)
  })
})
