import { setTimeout as pause } from 'node:timers/promises'
import { jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TemporaryNats } from '../engine/src/transport/nats/fixtures/nats-server.ts'
import { lacksNats, temporaryNats } from '../engine/src/transport/nats/fixtures/nats-server.ts'
import { runHere } from '../server/src/cli/fixtures/command-here.ts'
import type { TestServer } from '../server/src/start/fixtures/test-server.ts'
import { startTestServer } from '../server/src/start/fixtures/test-server.ts'

let nats: TemporaryNats
let test: TestServer
const secret = 'hunter2'
beforeAll(async () => {
  nats = await temporaryNats({ config: `authorization { user: me, password: ${secret} }` })
  test = await startTestServer({ transport: addressOf(secret) })
})
afterAll(async () => {
  await test.stop()
  await nats[Symbol.asyncDispose]()
})

const addressOf = (password: string) => nats.url.replace('://', `://me:${password}@`)

interface Ready {
  readonly status: string
  readonly transport: {
    readonly name: string
    readonly relay: { readonly backlog: number; readonly error?: string }
  }
}

const ready = async () => (await test.call<Ready>('/readyz')).body

async function publish(eventId: string): Promise<void> {
  const body = {
    eventId,
    eventType: 'SubscriptionActivated',
    occurredAt: '2026-06-11T09:00:01Z',
    payload: { subscriptionId: eventId, editionCode: 'team' },
  }
  expect((await test.call('/v1/events', { key: test.keys.acme.writer, body })).status).toBe(201)
}

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await pause(50)
}

describe.skipIf(lacksNats)('a server with a NATS broker', () => {
  it('takes its log there, and brings it to handlers and to those who pull', async () => {
    const handled: string[] = []
    test.server.platform.deliver({
      name: 'mail',
      types: ['SubscriptionActivated'],
      handle: event => void handled.push(event.eventId),
    })
    await publish('n-1')
    await until(() => handled.includes('n-1'))
    const key = test.keys.acme.admin
    const body = { name: 'pulled', types: ['SubscriptionActivated'] }
    expect((await test.call('/v1/subscriptions', { key, body })).status).toBe(201)
    const pulled = await test.call<{ data: { event: { eventId: string } }[] }>(
      '/v1/subscriptions/pulled/pull',
      {
        key,
        body: { waitSeconds: 10 },
      },
    )
    expect(pulled.body.data.map(({ event }) => event.eventId)).toEqual(['n-1'])
    await until(async () => (await ready()).transport.relay.backlog === 0)
    expect((await ready()).transport).toMatchObject({ name: 'nats', relay: { isLeader: true } })
    expect((await test.call('/metrics')).text).toContain('keelson_relay_backlog_events{partition="0"} 0')
  })

  it('publishes by the topic of the catalogue, for consumers outside', async () => {
    const connection = await connect({ servers: `127.0.0.1:${nats.port}`, user: 'me', pass: secret })
    try {
      const consumer = await jetstream(connection).consumers.get('KEELSON_0', {
        filter_subjects: 'keelson.0.subscription-events.acme.SubscriptionActivated',
      })
      const message = await consumer.next({ expires: 5_000 })
      expect(message?.string()).toContain('n-1')
    } finally {
      await connection.close()
    }
  })

  it('is refused the streams of another store, and has its own by a name', async () => {
    const transport = addressOf(secret)
    await expect(startTestServer({ transport })).rejects.toMatchObject({
      code: 'transport_taken',
      details: { stream: 'KEELSON_0' },
    })
    const other = await startTestServer({ transport, transportName: 'second' })
    const connection = await connect({ servers: `127.0.0.1:${nats.port}`, user: 'me', pass: secret })
    try {
      const body = { eventType: 'SubscriptionActivated', occurredAt: '2026-06-11T09:00:01Z' }
      const payload = { subscriptionId: 'o-1', editionCode: 'team' }
      const key = other.keys.acme.writer
      expect((await other.call('/v1/events', { key, body: { ...body, payload } })).status).toBe(201)
      const consumer = await jetstream(connection).consumers.get('second_0', {
        filter_subjects: 'second.0.subscription-events.acme.SubscriptionActivated',
      })
      expect((await consumer.next({ expires: 5_000 }))?.string()).toContain('o-1')
    } finally {
      await connection.close()
      await other.stop()
    }
  })

  it('keeps taking events while the broker is away, and catches up', async () => {
    await nats.kill()
    await publish('n-2')
    await until(async () => (await ready()).transport.relay.error !== undefined)
    expect((await ready()).status).toBe('ready')
    await nats.start()
    await until(async () => (await ready()).transport.relay.backlog === 0)
    expect(test.log.join('\n')).not.toContain(secret)
  })
})

describe.skipIf(lacksNats)('keelson topology', () => {
  const run = (verb: string, password = secret) =>
    runHere(['topology', verb], { environment: { KEELSON_TRANSPORT_URL: addressOf(password) } })

  it('finds nothing to do where a server has begun, and says what it may not', async () => {
    expect(await run('diff')).toMatchObject({ code: 0, err: '' })
    const denied = await run('diff', 'wrong-password')
    expect([denied.code, denied.err]).toEqual([4, expect.stringContaining('transport_denied')])
    expect(denied.err).not.toContain('wrong-password')
  })

  it('makes what a new broker lacks', async () => {
    await using fresh = await temporaryNats()
    const apply = (verb: string) =>
      runHere(['topology', verb], { environment: { KEELSON_TRANSPORT_URL: fresh.url } })
    expect((await apply('diff')).code).toBe(5)
    expect((await apply('apply')).code).toBe(0)
    expect((await apply('diff')).code).toBe(0)
  })
})
