import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { call, startTestServer } from '../start/fixtures/test-server.ts'
import { subscription } from './fixtures/events.ts'

let test: TestServer
let url: string
let app: FastifyInstance
beforeAll(async () => {
  test = await startTestServer()
  ;({ url, app } = await test.listen({ requestTimeout: 150 }))
})
afterAll(() => test.stop())

/** Whatever a client did, the others are served, and nothing of it was stored. */
afterEach(async () => {
  expect(await test.head()).toBe(0)
  expect((await call<{ role: string }>(url, '/v1/me', { key: test.keys.acme.reader })).body.role).toBe(
    'reader',
  )
  expect(test.log).toEqual([])
})

async function open(): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' })
  await once(socket, 'connect')
  return socket
}

/** All that the server says until it closes the connection. */
async function converse(said: string | Buffer): Promise<string> {
  const socket = await open()
  socket.write(said)
  return text(socket).catch(error => String(error))
}

const event = JSON.stringify(subscription('half'))
function head(path: string, headers: readonly string[]): string {
  const all = [
    `POST ${path} HTTP/1.1`,
    'host: x',
    `authorization: Bearer ${test.keys.acme.writer}`,
    ...headers,
  ]
  return `${all.join('\r\n')}\r\n\r\n`
}
const typed = 'content-type: application/json'

describe('a client that does not speak HTTP', () => {
  it.each([
    ['text', 'hello\r\n\r\n'],
    ['TLS', Buffer.from('160301020001000200010001fc0303', 'hex')],
    ['noise', Buffer.from(Array.from({ length: 512 }, (_, at) => (at * 151 + 7) % 256))],
    ['an unknown method', 'BREW /pot HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a bad header', 'GET / HTTP/1.1\r\nhost x\r\n\r\n'],
    [
      'two lengths',
      'POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}',
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('%s', async (_, said) => {
    const answer = await converse(said)
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(answer).toContain('content-type: application/problem+json')
    expect(answer).toContain('"code":"request_invalid"')
    expect(answer).not.toMatch(/HPE_|\bat \w+/)
  })

  it('has headers of 100 KB', async () => {
    const answer = await converse(`GET /v1/me HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
  })
})

describe('a client that leaves', () => {
  it.each([
    ['in the request line', () => 'POST /v1/ev'],
    ['in the headers', () => head('/v1/events', [typed]).slice(0, 40)],
    ['before the body', () => head('/v1/events', [typed, 'content-length: 500'])],
    [
      'half way through the body',
      () => `${head('/v1/events', [typed, 'content-length: 500'])}${event.slice(0, 50)}`,
    ],
    [
      'within a chunk',
      () => `${head('/v1/events', [typed, 'transfer-encoding: chunked'])}40\r\n${event.slice(0, 30)}`,
    ],
    [
      'after the whole event, but before the last chunk',
      () =>
        `${head('/v1/events', [typed, 'transfer-encoding: chunked'])}${event.length.toString(16)}\r\n${event}\r\n`,
    ],
    [
      'after whole events of a batch',
      () => `${head('/v1/events/batch', [typed, 'content-length: 9999'])}${`${event}\n`.repeat(5)}`,
    ],
  ])('%s', async (_, said) => {
    const before = await connections()
    const socket = await open()
    await new Promise<void>(resolve => socket.write(said(), () => resolve()))
    await expect.poll(connections).toBe(before + 1)
    socket.resetAndDestroy()
    await expect.poll(connections).toBe(before)
  })
})

/** Connections that the server has open. */
function connections(): Promise<number> {
  return new Promise((resolve, reject) =>
    app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
}

describe('a client that falls silent', () => {
  it.each([
    ['before the body', '/v1/events', ''],
    ['half way through the body', '/v1/events', event.slice(0, 50)],
    ['half way through a batch', '/v1/events/batch', `${event}\n${event.slice(0, 20)}`],
    ['half way through a new key', '/v1/keys', '{"na'],
  ])('%s', async (_, path, body) => {
    const answer = await converse(`${head(path, [typed, 'content-length: 9999'])}${body}`)
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
    expect(answer).toContain('content-type: application/problem+json')
    expect(answer.toLowerCase()).toContain('connection: close')
    expect(answer).toContain('"code":"request_timeout"')
  })

  it('but had sent all is answered, however long the connection stays', async () => {
    const socket = await open()
    socket.write(`GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n`)
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 OK/)
    socket.write(`GET /v1/me HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 Unauthorized/)
  })
})
