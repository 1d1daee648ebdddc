import { createIdSource, systemClock } from 'keelson'
import { listOwners } from 'keelson/delivery'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventPage } from '../api/types.ts'
import { Directory } from '../directory/index.ts'
import { auditEvent } from '../http/fixtures/events.ts'
import { deleteTenant } from './delete-tenant.ts'
import type { TestServer } from './fixtures/test-server.ts'
import { bootstrapKey, startTestServer } from './fixtures/test-server.ts'

let test: TestServer
let directory: Directory
beforeAll(async () => {
  test = await startTestServer()
  directory = await Directory.open(test.server.platform.store, systemClock, createIdSource())
})
afterAll(() => test.stop())

const publish = async (tenant: string, eventId: string) => {
  const { status } = await test.call('/v1/events', {
    key: bootstrapKey,
    tenant,
    body: auditEvent({}, { eventId }),
  })
  expect(status).toBe(201)
}
const find = async (tenant: string) =>
  (await test.call<EventPage>('/v1/events?q=repository', { key: bootstrapKey, tenant })).body.data

/** Has the tenant pull from a subscription of its own, which ends here before the tenant does. */
async function consume(tenant: 'acme'): Promise<void> {
  const { subscriptions } = test.server
  const key = test.keys[tenant].admin
  await test.call('/v1/subscriptions', { key, body: { name: 'orders' } })
  await test.call('/v1/subscriptions/orders/pull', { key, body: { waitSeconds: 5 } })
  await subscriptions.pulled.stop(await subscriptions.own.get(tenant, 'orders'))
}
const ownersOf = (tenant: string) => Array.fromAsync(listOwners(test.server.platform.store, `t/${tenant}/`))

describe('a tenant that is deleted', () => {
  it('leaves no event, key or row behind, and its id to a new one', async () => {
    const { platform } = test.server
    for (const tenant of ['acme', 'globex'] as const)
      for (const id of ['one', 'two']) await publish(tenant, `${tenant}-${id}`)
    expect(await find('acme')).toHaveLength(2)
    await consume('acme')
    expect(await ownersOf('acme')).toHaveLength(1)
    expect(await deleteTenant(platform, directory, 'acme', { grace: 0 })).toEqual({
      events: 3,
      isLogNoted: true,
    })
    expect(await ownersOf('acme')).toEqual([])
    expect(await directory.authenticate(test.keys.acme.admin)).toBeUndefined()
    expect(await platform.store.readEvent('acme', 'acme-one')).toBeUndefined()
    const scope = { tenantId: 'every tenant' } as const
    const rows = await platform.store.query(scope, 'SELECT DISTINCT tenant FROM audit_event', [])
    expect(rows).toEqual([['globex']])
    await expect(deleteTenant(platform, directory, 'acme', { grace: 0 })).rejects.toMatchObject({
      code: 'tenant_unknown',
    })
    await directory.createTenant('acme', 'Another Acme')
    await publish('acme', 'acme-one')
    expect((await find('acme')).map(({ eventId }) => eventId)).toEqual(['acme-one'])
    expect(await find('globex')).toHaveLength(2)
  })

  it('is closed first, and deleted by a call that goes on where one was cut off', async () => {
    const { platform } = test.server
    const stop = AbortSignal.abort(new Error('cut off'))
    await expect(deleteTenant(platform, directory, 'globex', { signal: stop, grace: 0 })).rejects.toThrow()
    await expect(directory.tenant('globex')).rejects.toMatchObject({ code: 'tenant_deleted', status: 410 })
    expect(await deleteTenant(platform, directory, 'globex', { grace: 0 })).toMatchObject({ events: 2 })
    await expect(directory.tenant('globex')).rejects.toMatchObject({ code: 'tenant_unknown' })
  })

  it('is deleted also where the keys of its log are damaged', async () => {
    const { platform, notary } = test.server
    await directory.createTenant('initech', 'Initech')
    await publish('initech', 'initech-one')
    await notary.notary.checkpointNow('initech')
    const tenantId = 'initech'
    const documents = [{ tenantId, collection: 'log-key', id: 'v1', value: { damaged: true } }]
    await platform.store.commit({ scope: { tenantId }, documents })
    expect(await deleteTenant(platform, directory, tenantId, { grace: 0 })).toMatchObject({ events: 1 })
    expect(await platform.store.readEvent(tenantId, 'initech-one')).toBeUndefined()
    await expect(directory.tenant(tenantId)).rejects.toMatchObject({ code: 'tenant_unknown' })
  })
})
