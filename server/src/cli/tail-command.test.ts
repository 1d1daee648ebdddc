import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventItem } from '../api/types.ts'
import { bootstrapKey, call } from '../start/fixtures/test-server.ts'
import type { RunningServer } from '../start/serve.ts'
import { serve } from '../start/serve.ts'
import type { KeelsonProcess } from './fixtures/keelson-process.ts'
import { startKeelson } from './fixtures/keelson-process.ts'

let folder: string
let server: RunningServer
const running: KeelsonProcess[] = []

const start = (port: number): Promise<RunningServer> =>
  serve({ host: '127.0.0.1', port, dataDir: folder, durability: 'relaxed', isEmpty: true, bootstrapKey })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-tail-'))
  server = await start(0)
  await call(server.url, '/v1/tenants', { key: bootstrapKey, body: { id: 'acme' } })
})
afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL')
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

function tail(...args: string[]): KeelsonProcess {
  const environment = { KEELSON_URL: server.url, KEELSON_API_KEY: bootstrapKey, KEELSON_TENANT: 'acme' }
  const started = startKeelson(['tail', ...args], { environment })
  running.push(started)
  return started
}

const publish = (name: string) =>
  call(server.url, '/v1/events', {
    key: bootstrapKey,
    tenant: 'acme',
    body: {
      eventId: name,
      eventType: 'SubscriptionActivated',
      occurredAt: '2026-06-11T09:00:01Z',
      payload: { subscriptionId: name, editionCode: 'team' },
    },
  })

describe('keelson tail', () => {
  it('prints what comes, over a restart of the server, each event once', async () => {
    await publish('before-1')
    const json = tail('--json', '--after', '0')
    const text = tail('--after', '0', 'before*')
    await Promise.all([json.printed(/before-1/), text.printed(/before-1/)])
    await publish('live-1')
    await json.printed(/live-1/)
    const port = Number(new URL(server.url).port)
    await server.stop()
    await json.printed(/trying again/, 'stderr')
    server = await start(port)
    await publish('live-2')
    await publish('live-3')
    await json.printed(/"eventId":"live-3"/)
    json.child.kill('SIGINT')
    const { code, out } = await json.ended
    const ids = out
      .trim()
      .split('\n')
      .map(line => (JSON.parse(line) as EventItem).eventId)
    expect([code, ids]).toEqual([0, ['before-1', 'live-1', 'live-2', 'live-3']])
    text.child.kill('SIGTERM')
    expect(await text.ended).toMatchObject({ code: 0, out: expect.stringMatching(/^[^\n]+before-1\n$/) })
  })

  it('prints lines for people', async () => {
    const lines = tail('--after', '0', '--type', 'SubscriptionActivated')
    const printed = await lines.printed(/live-3\n/)
    expect(printed).toMatch(/^2026-06-11 09:00:01 {2}success {2}\S.{19} +SubscriptionActivated +before-1\n/)
    lines.child.kill('SIGINT')
    expect((await lines.ended).code).toBe(0)
  })

  it('prints storage notifications as JSON, all of each event', async () => {
    const storage = tail('--after', '0', '--topic', 'audit.storage')
    const printed = await storage.printed(/"eventId":"live-3"/)
    const types = printed
      .trim()
      .split('\n')
      .map(line => (JSON.parse(line) as EventItem).eventType)
    expect(types).toEqual(
      ['before-1', 'live-1', 'live-2', 'live-3'].flatMap(() => ['EventStreamCreated', 'EventAddedToStream']),
    )
    storage.child.kill('SIGINT')
    await storage.ended
  })

  it('ends at once where the call is wrong', async () => {
    const url = { KEELSON_URL: server.url }
    const [key, nowhere, after] = await Promise.all([
      startKeelson(['tail'], { environment: { ...url, KEELSON_API_KEY: 'kl_wrong' } }).ended,
      startKeelson(['tail'], { environment: { KEELSON_URL: 'http://127.0.0.1:1', KEELSON_API_KEY: 'kl_x' } })
        .ended,
      tail('--after', 'yesterday').ended,
    ])
    expect([key.code, nowhere.code, after.code]).toEqual([4, 6, 2])
  })
})
