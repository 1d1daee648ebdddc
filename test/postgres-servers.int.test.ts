import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventPage } from '@keelson/server'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Cluster, Connection } from '../engine/src/store/postgres/fixtures/cluster.ts'
import { startCluster } from '../engine/src/store/postgres/fixtures/cluster.ts'
import type { TemporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'
import { temporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'
import type { KeelsonProcess } from '../server/src/cli/fixtures/keelson-process.ts'
import { runKeelson, startKeelson } from '../server/src/cli/fixtures/keelson-process.ts'

const bootstrapKey = 'kl_bootstrap-key-of-this-test'
const password = 'password-of-this-test'

let folder: string
const running: KeelsonProcess[] = []
// Of each database its own: a folder remembers what was signed, and a server says so where it is not there.
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-servers-'))
})
afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL')
  await Promise.all(running.splice(0).map(({ ended }) => ended))
  rmSync(folder, { recursive: true, force: true })
})

const urlOf = ({ host, port, user, database }: Connection): string =>
  `postgres://${user}:${password}@${host}:${port}/${database}`

interface Server extends KeelsonProcess {
  readonly url: string
  readonly ready: Readonly<Record<string, unknown>>
}

async function start(
  connection: Connection,
  environment: Readonly<Record<string, string>> = { KEELSON_BOOTSTRAP_KEY: bootstrapKey },
): Promise<Server> {
  const variables = { KEELSON_DATABASE_URL: urlOf(connection), ...environment }
  const keelson = startKeelson(['start', '--json', '--empty', '--port', '0'], {
    environment: variables,
    folder,
  })
  running.push(keelson)
  const ready = JSON.parse(await keelson.printed(/\n/)) as { url: string }
  return { ...keelson, url: ready.url, ready }
}

function call(server: Server, path: string, body?: unknown): Promise<Response> {
  return fetch(server.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${bootstrapKey}`,
      'content-type': 'application/json',
      ...(path === '/v1/tenants' ? {} : { 'keelson-tenant': 'acme' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  })
}

const thing = (eventId: string, text: string) => ({
  eventId,
  eventType: 'SubscriptionActivated',
  occurredAt: '2026-06-11T09:00:01Z',
  payload: { subscriptionId: text, editionCode: 'team' },
})

async function publish(server: Server, eventId: string, text = eventId): Promise<number> {
  const answer = await call(server, '/v1/events', thing(eventId, text))
  const { position } = (await answer.json()) as { position: number }
  expect([eventId, answer.status]).toEqual([eventId, 201])
  return position
}

async function idsOf(server: Server, query: string): Promise<string[]> {
  const answer = await call(server, `/v1/events?order=asc&limit=500${query}`)
  expect(answer.status).toBe(200)
  return ((await answer.json()) as EventPage).data.map(({ eventId }) => eventId)
}

/** Follows the live tail and gathers the ids that come. */
async function follow(server: Server, ids: string[], signal: AbortSignal): Promise<void> {
  const response = await fetch(`${server.url}/v1/events/tail?after=0`, {
    headers: { authorization: `Bearer ${bootstrapKey}`, 'keelson-tenant': 'acme' },
    signal,
  })
  for await (const text of (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()))
    for (const [, id] of text.matchAll(/"eventId":"([^"]+)"/g)) ids.push(id as string)
}

describe('two servers on one database', () => {
  let database: TemporaryDatabase
  beforeAll(async () => {
    database = await temporaryDatabase()
  })
  afterAll(() => database[Symbol.asyncDispose]())

  it('see what the other writes, find it, follow it; when one is killed the other goes on', async () => {
    const first = await start(database.connection)
    const second = await start(database.connection)
    expect(first.ready).toEqual({
      url: first.url,
      version: expect.any(String),
      database: expect.stringMatching(/^postgres:\/\/postgres@127\.0\.0\.1:\d+\/keelson_test_\w+$/),
      shards: 1,
      durability: 'fsync',
      transport: 'embedded',
    })
    expect((await call(first, '/v1/tenants', { id: 'acme' })).status).toBe(201)
    const followed: string[] = []
    const stop = new AbortController()
    const following = follow(second, followed, stop.signal).catch(() => undefined)
    const positions: number[] = []
    for (let at = 0; at < 10; at += 1)
      positions.push(await publish(at % 2 === 0 ? first : second, `both-${at}`))
    expect(positions).toEqual(Array.from({ length: 10 }, (_, at) => at + 1))
    const all = positions.map((_, at) => `both-${at}`)
    // Read at once, on either: an answer has what was acknowledged before.
    expect(await idsOf(first, '')).toEqual(all)
    expect(await idsOf(second, '&q=both')).toEqual(all)
    await expect.poll(() => followed).toEqual(all)
    // At the same moment, on both.
    const many = Array.from({ length: 40 }, (_, at) => `many-${at}`)
    await Promise.all(many.map((id, at) => publish(at % 2 === 0 ? first : second, id)))
    expect((await idsOf(first, '&q=many')).toSorted()).toEqual(many.toSorted())

    first.child.kill('SIGKILL')
    await first.ended
    await publish(second, 'alone')
    expect(await idsOf(second, '&q=alone')).toEqual(['alone'])
    const third = await start(database.connection)
    expect(await idsOf(third, '')).toHaveLength(51)
    await publish(third, 'third')
    expect((await idsOf(second, '')).at(-1)).toBe('third')
    await expect.poll(() => followed).toHaveLength(52)
    expect(new Set(followed).size).toBe(52)
    stop.abort()
    await following
    third.child.kill('SIGTERM')
    const { code, out, err } = await third.ended
    expect([code, err]).toEqual([0, ''])
    expect(out).not.toContain(password)
  })
})

describe('a first start', () => {
  it('of several servers at once makes one pair of keys', async () => {
    await using database = await temporaryDatabase()
    const servers = await Promise.all([1, 2, 3].map(() => start(database.connection, {})))
    const keys = servers.flatMap(({ ready }) => ('platformKey' in ready ? [ready['platformKey']] : []))
    expect(keys).toHaveLength(1)
    for (const { url } of servers) {
      const answer = await fetch(`${url}/v1/keys`, { headers: { authorization: `Bearer ${keys[0]}` } })
      const { data } = (await answer.json()) as { data: { name: string }[] }
      expect(data.map(({ name }) => name)).toEqual(['first administrator'])
    }
  })

  it('fixes the number of shards, which a later one may not differ from', async () => {
    await using database = await temporaryDatabase()
    const server = await start(database.connection, { KEELSON_SHARDS: '3' })
    expect(server.ready).toMatchObject({ shards: 3 })
    server.child.kill('SIGTERM')
    await server.ended
    const environment = { KEELSON_DATABASE_URL: urlOf(database.connection), KEELSON_SHARDS: '2' }
    const other = await runKeelson(['start', '--port', '0'], { environment, folder })
    expect([other.code, other.err]).toEqual([2, expect.stringContaining('[store_shards_differ]')])
    const same = { KEELSON_DATABASE_URL: environment.KEELSON_DATABASE_URL }
    const check = await runKeelson(['start', '--check', '--port', '0'], { environment: same, folder })
    expect([check.code, check.out, check.err]).toEqual([0, 'Everything is in order.\n', ''])
  })

  it('that finds no server says so, without the password', async () => {
    for (const url of [
      `postgres://me:${password}@127.0.0.1:1/none`,
      `postgres://me:${password}@127.0.0.1:5432x/none`,
      `mysql://me:${password}@127.0.0.1/none`,
    ]) {
      const environment = { KEELSON_DATABASE_URL: url }
      const { code, out, err } = await runKeelson(['start', '--port', '0'], { environment, folder })
      expect(code).toBe(url.includes(':1/') ? 6 : 2)
      expect(err).toContain(url.includes(':1/') ? '[store_unreachable]' : 'postgres://')
      expect(out + err).not.toContain(password)
    }
  })
})

describe('a database that goes away', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster()
  })
  afterAll(() => cluster[Symbol.asyncDispose]())

  it('is said to each caller, and the server works on by itself when it is back', {
    timeout: 60_000,
  }, async () => {
    const server = await start(cluster.connection)
    await call(server, '/v1/tenants', { id: 'acme' })
    await publish(server, 'before')
    expect((await call(server, '/readyz')).status).toBe(200)
    await cluster.kill('SIGKILL')
    for (const [path, body] of [
      ['/v1/events', thing('lost', 'lost')],
      ['/v1/events', undefined],
      ['/v1/events?q=before', undefined],
      ['/v1/events/before', undefined],
      ['/v1/tenants', { id: 'globex' }],
    ] as const) {
      const answer = await call(server, path, body)
      const problem = await answer.json()
      expect([path, answer.status, problem]).toMatchObject([
        path,
        503,
        { code: 'store_unreachable', retryable: true },
      ])
      expect(answer.headers.get('retry-after')).toBe('1')
    }
    const ready = await call(server, '/readyz')
    expect([ready.status, await ready.json()]).toMatchObject([503, { store: { error: 'store_unreachable' } }])
    expect((await call(server, '/healthz')).status).toBe(200)
    await cluster.start()
    await expect.poll(async () => (await call(server, '/readyz')).status).toBe(200)
    expect(await publish(server, 'after')).toBeGreaterThan(1)
    expect((await idsOf(server, '')).filter(id => id !== 'lost')).toEqual(['before', 'after'])
    // A stop does not wait for a database that is away.
    await cluster.kill('SIGKILL')
    server.child.kill('SIGTERM')
    const { code, err } = await server.ended
    expect(code).toBe(0)
    expect(err).not.toContain(password)
  })
})
