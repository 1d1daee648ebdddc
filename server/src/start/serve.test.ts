import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { openSqliteStore } from 'keelson/sqlite'
import { describe, expect, it } from 'vitest'
import { startTestServer } from './fixtures/test-server.ts'
import { serve } from './serve.ts'

describe('a server that stops', () => {
  it('finishes the request in hand, whose event is stored', { timeout: 10_000 }, async () => {
    const test = await startTestServer()
    const body = JSON.stringify({
      eventId: 'in-hand',
      eventType: 'SubscriptionActivated',
      occurredAt: '2026-06-11T09:00:01Z',
      payload: { subscriptionId: 's', editionCode: 'e' },
    })
    const socket = connect({ port: Number(new URL(test.url).port), host: '127.0.0.1' })
    const taken = once(test.server.app.server, 'request')
    socket.write(
      `POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${test.keys.acme.writer}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 20)}`,
    )
    await taken
    const stopped = test.server.stop()
    socket.write(body.slice(20))
    const answer = await text(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 201 Created\r\n/)
    expect(answer.toLowerCase()).toContain('connection: close')
    await stopped
    // Stopping again is no fault.
    await test.server.stop()
    const store = await openSqliteStore({ path: `${test.dataDir}/keelson.db` })
    expect((await store.readEvent('acme', 'in-hand'))?.position).toBe(1)
    await store.close()
    await test.stop()
    expect(test.log).toEqual([])
  })
})

describe('an import that stands still', () => {
  it('holds up no stop, and is told to come again', { timeout: 10_000 }, async () => {
    const test = await startTestServer()
    const socket = connect({ port: Number(new URL(test.url).port), host: '127.0.0.1' })
    const taken = once(test.server.app.server, 'request')
    socket.write(
      `POST /v1/imports?format=keelson HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${test.keys.acme.writer}\r\ncontent-type: application/x-ndjson\r\ncontent-length: 1000\r\n\r\n{"eve`,
    )
    await taken
    const answered = text(socket)
    await test.stop()
    const answer = await answered
    expect(answer).toMatch(/^HTTP\/1\.1 503 /)
    expect(answer).toContain('"code":"not_ready"')
  })
})

describe('a connection on which nothing was asked', () => {
  it.each([
    ['nothing', ''],
    ['half a request', 'GET /healthz HT'],
    ['a request and no more', 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'],
  ])('holds up no stop: %s', { timeout: 10_000 }, async (_, said) => {
    const test = await startTestServer()
    const taken = once(test.server.app.server, 'connection')
    const socket = connect({ port: Number(new URL(test.url).port), host: '127.0.0.1' })
    socket.write(said)
    await taken
    if (said.endsWith('\n')) await once(socket, 'data')
    const closed = once(socket, 'close')
    await test.stop()
    await closed
  })
})

describe('a server whose port is taken', () => {
  it('fails, and leaves its first start for the next', async () => {
    const test = await startTestServer()
    const port = Number(new URL(test.url).port)
    const options = {
      host: '127.0.0.1',
      dataDir: `${test.dataDir}/other`,
      durability: 'relaxed',
      isEmpty: true,
    } as const
    const failure = await serve({ ...options, port }).catch(error => error as Error)
    expect(failure).toMatchObject({ code: 'EADDRINUSE' })
    const server = await serve({ ...options, port: 0 })
    expect(server.firstStart?.adminSecret).toMatch(/^kl_/)
    await server.stop()
    await test.stop()
  })
})
