import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallOptions, TestServer } from '../../start/fixtures/test-server.ts'
import { bootstrapKey, makeKey, startTestServer } from '../../start/fixtures/test-server.ts'
import { deliveryAccess, makeDelivery } from '../fixtures/delivery-access.ts'
import { withEveryRole } from '../fixtures/role-access.ts'

let test: TestServer
let callers: readonly CallOptions[]
let consumer: string

beforeAll(async () => {
  test = await startTestServer()
  const { acme, globex } = test.keys
  const revoked = await makeKey(test.url, 'acme', 'admin')
  await test.call(`/v1/keys/${revoked.id}`, { method: 'DELETE', key: bootstrapKey, tenant: 'acme' })
  consumer = (await makeKey(test.url, 'acme', 'consumer')).secret
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

describe('who may call what of deliveries', () => {
  it.each(Object.entries(deliveryAccess))('%s', async (route, { isUsedUp, path, body, expected }) => {
    const [method = '', template = ''] = route.split(' ')
    const found: number[] = []
    let made = await makeDelivery(test)
    for (const caller of callers) {
      if (isUsedUp) made = await makeDelivery(test)
      const target = path?.(made) ?? template
      const options = { ...caller, method, ...(body === undefined ? {} : { body: body(made) }) }
      found.push((await test.call(target, options)).status)
    }
    expect(found).toEqual(withEveryRole(test, route, expected))
  })

  it('lets a consumer pull and settle, and change nothing', async () => {
    const { name } = await makeDelivery(test)
    const path = `/v1/subscriptions/${name}`
    const status = async (target: string, body?: object, method?: string) =>
      (
        await test.call(target, {
          key: consumer,
          ...(body === undefined ? {} : { body }),
          ...(method === undefined ? {} : { method }),
        })
      ).status
    expect(await status(path)).toBe(200)
    expect(await status(`${path}/pull`, { waitSeconds: 0 })).toBe(200)
    expect(await status(`${path}/settle`, { done: ['t'] })).toBe(200)
    expect(await status('/v1/subscriptions', { name: 'one-more' })).toBe(403)
    expect(await status(`${path}/pause`, {})).toBe(403)
    expect(await status(path, undefined, 'DELETE')).toBe(403)
    expect(await status('/v1/dead-letters')).toBe(403)
    expect(await status('/v1/events', {})).toBe(403)
  })
})
