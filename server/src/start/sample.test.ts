import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyLog } from 'keelson'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventPage } from '../api/types.ts'
import { call } from './fixtures/test-server.ts'
import type { StartOptions } from './options.ts'
import type { RunningServer } from './serve.ts'
import { serve } from './serve.ts'

let folder: string
const running: RunningServer[] = []
async function start(name: string, options: Partial<StartOptions> = {}): Promise<RunningServer> {
  const server = await serve({
    host: '127.0.0.1',
    port: 0,
    dataDir: join(folder, name),
    durability: 'relaxed',
    isEmpty: false,
    ...options,
  })
  running.push(server)
  return server
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-sample-'))
})
afterAll(async () => {
  await Promise.all(running.map(server => server.stop()))
  rmSync(folder, { recursive: true, force: true })
})

describe('a first start', () => {
  it('has a sample that is sound and can be found, and the next start makes nothing', async () => {
    const server = await start('first')
    const { sample, adminSecret } = server.firstStart ?? {}
    expect(sample?.events).toBeGreaterThanOrEqual(300)
    const report = await verifyLog(server.platform.store)
    expect(report).toMatchObject({ events: sample?.events, tenants: 1, faults: [], isSound: true })
    const { body } = await call<EventPage>(server.url, '/v1/events?limit=500', { key: sample?.secret ?? '' })
    expect(body.data).toHaveLength(sample?.events ?? 0)
    const newest = Math.max(...body.data.map(item => Date.parse(item.occurredAt)))
    const oldest = Math.min(...body.data.map(item => Date.parse(item.occurredAt)))
    expect(newest).toBeLessThanOrEqual(Date.now())
    expect(Date.now() - newest).toBeLessThan(60_000)
    expect(newest - oldest).toBeGreaterThan(2 * 86_400_000)
    expect(new Set(body.data.map(item => item.audit.outcome)).size).toBeGreaterThan(2)
    const { body: me } = await call<{ role: string }>(server.url, '/v1/me', { key: adminSecret ?? '' })
    expect(me.role).toBe('platform-admin')
    await server.stop()

    const second = await start('first')
    expect(second.firstStart).toBeUndefined()
    expect(await second.platform.store.head({ tenantId: 'every tenant' })).toBe(sample?.events)
    expect((await call(second.url, '/v1/me', { key: sample?.secret ?? '' })).status).toBe(200)
  })

  it('has none where that was asked for', async () => {
    const server = await start('empty', { isEmpty: true })
    expect(server.firstStart).toEqual({ adminSecret: expect.stringMatching(/^kl_/), sample: undefined })
    expect(await server.platform.store.head({ tenantId: 'every tenant' })).toBe(0)
    await server.stop()
    expect((await start('empty')).firstStart).toBeUndefined()
  })

  it("shows no platform key where the operator's own is one", async () => {
    const server = await start('own', { isEmpty: true, bootstrapKey: 'chosen-by-the-operator' })
    expect(server.firstStart).toEqual({ adminSecret: undefined, sample: undefined })
    const { body } = await call<{ role: string }>(server.url, '/v1/me', { key: 'chosen-by-the-operator' })
    expect(body.role).toBe('platform-admin')
  })

  it('whose sample does not fit on the disk fails, and is a first one again', async () => {
    const failure = await start('small', { maxBytes: 1024 * 1024 }).catch(error => error as Error)
    expect(failure).toMatchObject({ code: 'store_full' })
    const server = await start('small')
    expect(server.firstStart?.adminSecret).toMatch(/^kl_/)
    expect(server.firstStart?.sample?.events).toBeGreaterThanOrEqual(300)
    expect(await server.platform.store.head({ tenantId: 'sample' })).toBe(server.firstStart?.sample?.events)
  })
})
