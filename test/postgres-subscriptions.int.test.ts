import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TemporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'
import { temporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'
import type { KeelsonProcess } from '../server/src/cli/fixtures/keelson-process.ts'
import { startKeelson } from '../server/src/cli/fixtures/keelson-process.ts'

const bootstrapKey = 'kl_bootstrap-key-of-this-test'
const keys = 10
const eventsOfKey = 9

interface Server extends KeelsonProcess {
  readonly url: string
}

interface Pulled {
  readonly token: string
  readonly attempt: number
  readonly orderingKey: string
  readonly event: { readonly eventId: string }
}

let folder: string
let database: TemporaryDatabase
const servers: Server[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-pulling-'))
  database = await temporaryDatabase()
  servers.push(await start(), await start())
})
afterAll(async () => {
  for (const { child } of servers) child.kill('SIGKILL')
  await Promise.all(servers.map(({ ended }) => ended))
  await database[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

async function start(): Promise<Server> {
  const { host, port, user, database: name } = database.connection
  const environment = {
    KEELSON_BOOTSTRAP_KEY: bootstrapKey,
    KEELSON_DATABASE_URL: `postgres://${user}@${host}:${port}/${name}`,
  }
  const keelson = startKeelson(['start', '--json', '--empty', '--port', '0'], { environment, folder })
  const { url } = JSON.parse(await keelson.printed(/\n/)) as { url: string }
  return { ...keelson, url }
}

async function call<Body>({ url }: Server, path: string, body?: unknown): Promise<Body> {
  const answer = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${bootstrapKey}`,
      'content-type': 'application/json',
      ...(path === '/v1/tenants' ? {} : { 'keelson-tenant': 'acme' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  expect([path, answer.ok, text]).toEqual([path, true, text])
  return JSON.parse(text) as Body
}

const at = (index: number): Server => servers[index % servers.length] as Server
const idOf = (key: number, index: number) => `key-${key}.${String(index).padStart(3, '0')}`

async function publish(server: Server): Promise<void> {
  for (let index = 0; index < eventsOfKey; index += 1)
    for (let key = 0; key < keys; key += 1)
      await call(server, '/v1/events', {
        eventId: idOf(key, index),
        eventType: 'SubscriptionActivated',
        occurredAt: '2026-06-11T09:00:01Z',
        payload: { subscriptionId: `key-${key}`, editionCode: 'team' },
      })
}

/**
 * A consumer behind an address that sends each of its requests to the other server: what one gave, the other is told of.
 * It fails every seventh event at its first try.
 */
async function consume(first: number, seen: Pulled[], isOver: () => boolean): Promise<void> {
  for (let turn = first; !isOver(); turn += 1) {
    const { data } = await call<{ data: Pulled[] }>(at(turn), '/v1/subscriptions/orders/pull', {
      max: 20,
      waitSeconds: 1,
    })
    if (data.length === 0) continue
    seen.push(...data)
    const fails = ({ event, attempt }: Pulled) => event.eventId.endsWith('7') && attempt === 1
    const result = await call<{ unknown: string[] }>(at(turn + 1), '/v1/subscriptions/orders/settle', {
      done: data.filter(one => !fails(one)).map(({ token }) => token),
      failed: data.filter(fails).map(({ token }) => ({ token, error: 'try again' })),
    })
    expect(result.unknown).toEqual([])
  }
}

describe('two servers on one database', () => {
  it('share a subscription: nothing is lost, and the order of each key is kept', async () => {
    await call(at(0), '/v1/tenants', { id: 'acme' })
    await call(at(0), '/v1/subscriptions', {
      name: 'orders',
      types: ['SubscriptionActivated'],
      retry: { attempts: 5, backoff: 'fixed', initialSeconds: 0 },
      timeoutSeconds: 60,
    })
    await publish(at(1))
    const seen: Pulled[] = []
    const isDone = async () => {
      const { lag, retriesWaiting } = await call<{ lag: { events: number }; retriesWaiting: number }>(
        at(1),
        '/v1/subscriptions/orders',
      )
      return lag.events === 0 && retriesWaiting === 0
    }
    let isOver = false
    const consumers = [0, 1, 2].map(first => consume(first, seen, () => isOver))
    while (!(await isDone())) await call(at(0), '/v1/subscriptions')
    isOver = true
    await Promise.all(consumers)
    for (let key = 0; key < keys; key += 1) {
      const own = seen.filter(({ event }) => event.eventId.startsWith(`key-${key}.`))
      // A try that failed comes again before anything behind it.
      const once = own.map(({ event }) => event.eventId).filter((id, index, all) => all[index - 1] !== id)
      expect(once).toEqual(Array.from({ length: eventsOfKey }, (_, index) => idOf(key, index)))
    }
    expect(seen.filter(({ attempt }) => attempt === 2)).toHaveLength(keys)
  }, 60_000)

  it('let one take over what the other had in hand when it was stopped', async () => {
    await call(at(0), '/v1/subscriptions', { name: 'taken-over', start: { position: 0 } })
    const first = await call<{ data: Pulled[] }>(at(0), '/v1/subscriptions/taken-over/pull', { max: 3 })
    expect(first.data).toHaveLength(3)
    const [stopped] = servers.splice(0, 1)
    stopped?.child.kill('SIGTERM')
    expect((await stopped?.ended)?.code).toBe(0)
    let again: Pulled[] = []
    while (again.length === 0)
      again = (
        await call<{ data: Pulled[] }>(at(0), '/v1/subscriptions/taken-over/pull', {
          max: 3,
          waitSeconds: 10,
        })
      ).data
    expect(again.map(({ event }) => event.eventId)).toEqual(first.data.map(({ event }) => event.eventId))
    const tokens = first.data.map(({ token }) => token)
    const late = await call<{ unknown: string[] }>(at(0), '/v1/subscriptions/taken-over/settle', {
      done: tokens,
    })
    expect(late.unknown).toEqual(tokens)
  }, 60_000)
})
