import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { TemporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'
import { temporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'
import { lacksNats, temporaryNats } from '../engine/src/transport/nats/fixtures/nats-server.ts'
import type { KeelsonProcess } from '../server/src/cli/fixtures/keelson-process.ts'
import { startKeelson } from '../server/src/cli/fixtures/keelson-process.ts'
import type { StallingProxy } from './process/stalling-proxy.ts'
import { stallingProxy } from './process/stalling-proxy.ts'

const key = 'kl_bootstrap-key-of-this-test'
const running: KeelsonProcess[] = []
let folder: string
let database: TemporaryDatabase
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-stop-'))
  database = await temporaryDatabase()
})
afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL')
  await Promise.all(running.splice(0).map(({ ended }) => ended))
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

function begin(environment: Readonly<Record<string, string>>): KeelsonProcess {
  const keelson = startKeelson(['start', '--json', '--empty', '--port', '0'], {
    environment: { KEELSON_BOOTSTRAP_KEY: key, ...environment },
    folder,
  })
  running.push(keelson)
  return keelson
}

const onDatabase = (proxy: StallingProxy) => {
  const { user, database: name } = database.connection
  return { KEELSON_DATABASE_URL: `postgres://${user}@127.0.0.1:${proxy.port}/${name}` }
}

const urlOf = async (keelson: KeelsonProcess): Promise<string> =>
  (JSON.parse(await keelson.printed(/\n/)) as { url: string }).url

/** Sends events for as long as the server takes requests. Those that it answers are in its log, or it has said why not. */
async function publish(url: string): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const post = (path: string, body: object, more = {}) =>
    fetch(url + path, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) })
  try {
    await (await post('/v1/tenants', { id: 'acme' })).text()
    for (;;) {
      const payload = { subscriptionId: 'sub-1', editionCode: 'team' }
      const body = { eventType: 'SubscriptionActivated', occurredAt: '2026-06-11T09:00:01Z', payload }
      await (await post('/v1/events', body, { 'keelson-tenant': 'acme' })).text()
    }
  } catch {
    // It takes no more.
  }
}

/** What would stand there if something had been thrown that nobody caught. */
const uncaught = /Node\.js v|unhandled|Uncaught/i

describe('a server whose database goes away', () => {
  it.each([0, 150])('%i ms before it is told to stop ends in order', async before => {
    await using proxy = await stallingProxy(database.connection)
    const keelson = begin(onDatabase(proxy))
    const publishing = publish(await urlOf(keelson))
    await pause(before)
    proxy.shut()
    await pause(before)
    keelson.child.kill('SIGTERM')
    const { code, err } = await keelson.ended
    expect([code, err]).toEqual([0, expect.not.stringMatching(uncaught)])
    await publishing
  })

  it('tells of it, and not again and again', async () => {
    await using proxy = await stallingProxy(database.connection)
    const keelson = begin(onDatabase(proxy))
    await keelson.printed(/\n/)
    proxy.shut()
    await keelson.printed(/"removals"/, 'stderr')
    // It is looked for removals every second.
    await pause(2_500)
    keelson.child.kill('SIGTERM')
    const { code, err } = await keelson.ended
    const lines = err.split('\n').filter(line => line.includes('"removals"'))
    expect([code, lines.length]).toEqual([0, 1])
  })

  it.each([0, 30])('%i ms after it was told to stop ends in order', async after => {
    await using proxy = await stallingProxy(database.connection)
    const keelson = begin(onDatabase(proxy))
    const publishing = publish(await urlOf(keelson))
    keelson.child.kill('SIGTERM')
    await pause(after)
    proxy.shut()
    const { code, err } = await keelson.ended
    expect([code, err]).toEqual([0, expect.not.stringMatching(uncaught)])
    await publishing
  })

  it.each([0, 30, 120])('%i ms after it has begun to start says so, or goes on without', async after => {
    await using proxy = await stallingProxy(database.connection)
    const keelson = begin(onDatabase(proxy))
    await proxy.used
    await pause(after)
    proxy.shut()
    const stop = keelson.printed(/\n/).then(
      () => keelson.child.kill('SIGTERM'),
      () => undefined,
    )
    const { code, err } = await keelson.ended
    await stop
    expect([code, err]).toEqual([
      expect.toBeOneOf([0, 6]),
      code === 6 ? expect.stringContaining('[store_unreachable]') : expect.not.stringMatching(uncaught),
    ])
  })

  it('is told to stop while it starts, and stops when it has', async () => {
    await using proxy = await stallingProxy(database.connection)
    const keelson = begin(onDatabase(proxy))
    await proxy.used
    proxy.stall()
    keelson.child.kill('SIGTERM')
    await pause(50)
    proxy.resume()
    const { code, out, err } = await keelson.ended
    expect([code, JSON.parse(out), err]).toMatchObject([0, { url: expect.any(String) }, ''])
  })
})

describe('a server whose database hangs', () => {
  it('stops without it when the time for that is over', async () => {
    await using proxy = await stallingProxy(database.connection)
    const keelson = begin({ ...onDatabase(proxy), KEELSON_STOP_WITHIN: '1' })
    const publishing = publish(await urlOf(keelson))
    proxy.stall()
    keelson.child.kill('SIGTERM')
    const { code, err } = await keelson.ended
    expect([code, err]).toEqual([0, expect.stringContaining('has not answered within 1 s')])
    await publishing
  })

  it('ends at once where it is told to stop a second time', async () => {
    await using proxy = await stallingProxy(database.connection)
    const keelson = begin(onDatabase(proxy))
    const url = await urlOf(keelson)
    const publishing = publish(url)
    proxy.stall()
    keelson.child.kill('SIGINT')
    // The first one was heard when nothing is listened for any more.
    await expect
      .poll(() =>
        fetch(`${url}/healthz`).then(
          () => 'up',
          () => 'down',
        ),
      )
      .toBe('down')
    keelson.child.kill('SIGTERM')
    expect((await keelson.ended).code).toBe(130)
    await publishing
  })
})

describe.skipIf(lacksNats)('a server whose broker is away', () => {
  it.each(['shut', 'stall'] as const)('(%s) stops in order', async how => {
    await using nats = await temporaryNats()
    await using proxy = await stallingProxy({ host: '127.0.0.1', port: nats.port })
    const environment = { KEELSON_TRANSPORT_URL: `nats://127.0.0.1:${proxy.port}`, KEELSON_DATA_DIR: how }
    const keelson = begin(environment)
    const publishing = publish(await urlOf(keelson))
    await proxy.used
    proxy[how]()
    keelson.child.kill('SIGTERM')
    const { code, err } = await keelson.ended
    expect([code, err]).toEqual([0, expect.not.stringMatching(/Node\.js v|unhandled|has not answered/i)])
    await publishing
  })
})
