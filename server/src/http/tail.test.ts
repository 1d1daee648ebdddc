import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { EventItem, EventPage } from '../api/types.ts'
import type { SseFrame } from '../cli/sse.ts'
import { readSse } from '../cli/sse.ts'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { startTestServer } from '../start/fixtures/test-server.ts'
import { auditEvent, subscription } from './fixtures/events.ts'
import type { Problem } from './problem.ts'

let test: TestServer
beforeAll(async () => {
  test = await startTestServer()
})
afterAll(() => test.stop())

interface Tail {
  readonly response: Response
  next(): Promise<SseFrame | undefined>
  /** The next frames that are events. */
  take(count: number): Promise<SseFrame[]>
  close(): void
}

const opened: Tail[] = []
afterEach(() => {
  for (const tail of opened.splice(0)) tail.close()
})

async function openTail(query = '', headers: Record<string, string> = {}, url = test.url): Promise<Tail> {
  const stop = new AbortController()
  const response = await fetch(`${url}/v1/events/tail?${query}`, {
    headers: { authorization: `Bearer ${test.keys.acme.reader}`, ...headers },
    signal: stop.signal,
  })
  const frames = readSse(response.body as ReadableStream<Uint8Array>)
  const next = async () => (await frames.next()).value as SseFrame | undefined
  const tail: Tail = {
    response,
    next,
    async take(count) {
      const taken: SseFrame[] = []
      while (taken.length < count) {
        const frame = await next()
        if (frame === undefined) throw new Error(`the stream ended after ${taken.length} of ${count} events`)
        if (frame.event === 'event') taken.push(frame)
      }
      return taken
    },
    close: () => stop.abort(),
  }
  opened.push(tail)
  return tail
}

const write = (body: unknown, path = '/v1/events') =>
  test.call<{ position: number }>(path, { key: test.keys.acme.writer, body })
const itemOf = (frame: SseFrame | undefined) => JSON.parse(frame?.data ?? 'null') as EventItem
const query = async (parameters: string) =>
  (await test.call<EventPage>(`/v1/events?order=asc&limit=500&${parameters}`, { key: test.keys.acme.reader }))
    .body.data

/** For readers that `fetch` would not be: slow, rude, or all at once. */
async function connected(url: string): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' })
  await once(socket, 'connect')
  return socket
}
const request = (parameters: string) =>
  `GET /v1/events/tail?${parameters} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${test.keys.acme.reader}\r\n\r\n`

describe('the live tail', () => {
  it('begins at the head and gives what comes, as a query gives it', async () => {
    await write(subscription('before'))
    const tail = await openTail()
    expect(tail.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(tail.response.headers.get('cache-control')).toBe('no-store')
    const head = (await query('')).at(-1)?.position
    expect(await tail.next()).toEqual({ id: undefined, event: 'ready', data: `{"position":${head}}` })
    const { body } = await write(subscription('live', { eventId: 'live-1' }))
    const frame = await tail.next()
    expect([frame?.event, frame?.id]).toEqual(['event', String(body.position)])
    expect(itemOf(frame)).toEqual((await query('q=live'))[0])
  })

  it('tells the client when to come again', async () => {
    const stop = new AbortController()
    const response = await fetch(`${test.url}/v1/events/tail`, {
      headers: { authorization: `Bearer ${test.keys.acme.reader}` },
      signal: stop.signal,
    })
    const { value } = await (response.body as ReadableStream<Uint8Array>).getReader().read()
    expect(Buffer.from(value ?? []).toString()).toMatch(/^retry: 2000\nevent: ready\n/)
    stop.abort()
  })

  it('leaves the payload out of the summary', async () => {
    const tail = await openTail('view=summary')
    await tail.next()
    await write(subscription('summed'))
    const item = itemOf(await tail.next())
    expect(item).not.toHaveProperty('payload')
    expect(item.audit.summary).toBe('Subscription activated: summed')
  })

  it('gives only events of a topic', async () => {
    const tail = await openTail('topic=subscription-events')
    await write(auditEvent())
    await write(subscription('of-the-topic'))
    const [frame] = await tail.take(1)
    expect(itemOf(frame).eventType).toBe('SubscriptionActivated')
  })

  it('gives what was written while a client is away, without loss or repeat', async () => {
    const total = 2000
    const start = await test.head()
    const writing = (async () => {
      for (let at = 0; at < total; at += 100) {
        const events = Array.from({ length: 100 }, (_, one) => subscription(`cut-${at + one}`))
        await write(events, '/v1/events/batch')
      }
    })()
    const seen: number[] = []
    let last = String(start)
    for (let cut = 0; cut <= 5; cut += 1) {
      const tail = await openTail('', { 'last-event-id': last })
      const frames = await tail.take(cut < 5 ? 300 + cut : total - seen.length)
      for (const frame of frames) seen.push(Number(frame.id))
      last = frames.at(-1)?.id ?? last
      tail.close()
    }
    await writing
    expect(seen).toEqual(Array.from({ length: total }, (_, at) => start + at + 1))
  })

  it('takes the header before the parameter, and the beginning for 0', async () => {
    const both = await openTail('after=0', { 'last-event-id': '5' })
    expect((await both.take(1))[0]?.id).toBe('6')
    const first = await openTail('after=0')
    expect((await first.take(1))[0]?.id).toBe('1')
  })

  it.each([
    'type=AuditEventReceived',
    'actor=u-1&actor=nobody',
    'actor=Ada',
    'action=repository.created',
    'resource=repository',
    'resource=octo/hello&outcome=success',
    'outcome=denied&outcome=success',
    'source=filtered',
    'stream=AuditEvent-repository:octo/hello',
    'correlationId=c-filtered',
    'q=hello',
    'q=octo%20hel*',
    'q=%22octo%20hello%22%20-denied',
  ])('agrees with the query %s', async parameters => {
    const envelope = { source: 'filtered', correlationId: 'c-filtered' }
    await write([auditEvent({ outcome: 'denied' }), auditEvent({ outcome: 'failure' })], '/v1/events/batch')
    // The last one passes every filter, so that the stream can be read up to it.
    await write(auditEvent({}, envelope))
    const expected = (await query(`${parameters}&from=2026-01-01T00:00:00Z`)).map(item => item.eventId)
    expect(expected.length).toBeGreaterThan(0)
    const tail = await openTail(`after=0&${parameters}`)
    const frames = await tail.take(expected.length)
    expect(frames.map(frame => itemOf(frame).eventId)).toEqual(expected)
  })
})

describe('the topic audit.storage', () => {
  it('tells of streams that begin and events that are added', async () => {
    const tail = await openTail('topic=audit.storage')
    await tail.next()
    const { body: first } = await write(subscription('stored', { eventId: 'stored-1' }))
    const { body: second } = await write(subscription('stored', { eventId: 'stored-2' }))
    const frames = await tail.take(3)
    const told = frames.map(frame => JSON.parse(frame.data) as { eventType: string; payload: object })
    expect(told.map(one => one.eventType)).toEqual([
      'EventStreamCreated',
      'EventAddedToStream',
      'EventAddedToStream',
    ])
    expect(told[0]?.payload).toEqual({
      streamId: 'Subscription-stored',
      tenantId: 'acme',
      subjectId: 'stored',
      streamType: 'Subscription',
    })
    expect(told[2]?.payload).toMatchObject({ eventId: 'stored-2', sequenceNumber: 2 })
    // A client that is cut off after the first notification of an event must get it again, with the second.
    expect(frames.map(frame => frame.id)).toEqual([
      undefined,
      String(first.position),
      String(second.position),
    ])
  })
})

describe('a slow reader', () => {
  it('is waited for: the server holds a page or two for it, and sends all in the end', async () => {
    const responses: ServerResponse[] = []
    const { app, url } = await test.listen({})
    app.server.on('request', (_, response) => responses.push(response))
    const start = await test.head()
    const events = Array.from({ length: 100 }, (_, at) =>
      auditEvent({ payload: `${at}`.padEnd(100_000, 'x') }),
    )
    await write(events, '/v1/events/batch')
    await write(events, '/v1/events/batch')
    const socket = await connected(url)
    socket.pause()
    socket.write(request(`after=${start}`))
    await expect.poll(() => responses[0]?.writableNeedDrain).toBe(true)
    const held = () => responses[0]?.writableLength ?? Number.POSITIVE_INFINITY
    expect(held()).toBeLessThan(3 * 1024 * 1024)
    await write(events, '/v1/events/batch')
    expect(responses[0]?.writableNeedDrain).toBe(true)
    expect(held()).toBeLessThan(3 * 1024 * 1024)
    const total = 300
    const found = new Set<string>()
    const last = `id: ${start + total}\n`
    let rest = ''
    for await (const chunk of socket) {
      rest += String(chunk)
      for (const [, id] of rest.matchAll(/^id: (\d+)\n/gm)) found.add(id as string)
      if (rest.includes(last)) break
      rest = rest.slice(-1000)
    }
    socket.destroy()
    expect(found.size).toBe(total)
  })
})

describe('the number of open streams', () => {
  const limits = { openStreams: 2 }

  it('is limited', async () => {
    const { url } = await test.listen({ limits })
    const tails = [await openTail('', {}, url), await openTail('', {}, url)]
    expect(tails.map(tail => tail.response.status)).toEqual([200, 200])
    const { response } = await openTail('', {}, url)
    expect([
      response.status,
      response.headers.get('content-type'),
      response.headers.get('retry-after'),
    ]).toEqual([429, 'application/problem+json; charset=utf-8', '1'])
    tails[0]?.close()
    await expect.poll(async () => (await openTail('', {}, url)).response.status).toBe(200)
  })

  it('is limited for each tenant, so that one cannot take all', async () => {
    const { url } = await test.listen({ limits: { openStreamsPerTenant: 1 } })
    const open = (key: string) =>
      fetch(`${url}/v1/events/tail`, { headers: { authorization: `Bearer ${key}` } }).then(async response => {
        await response.body?.getReader().read()
        return response.status
      })
    expect(await open(test.keys.acme.reader)).toBe(200)
    expect(await open(test.keys.acme.reader)).toBe(429)
    expect(await open(test.keys.globex.reader)).toBe(200)
  })

  it('is limited for those that come at once', async () => {
    const { url, app } = await test.listen({ limits })
    const { store } = test.server.platform
    const head = store.head.bind(store)
    const allTaken = Promise.withResolvers<void>()
    // Nobody learns where to start before all have asked.
    const slow = vi.spyOn(store, 'head').mockImplementation(scope => allTaken.promise.then(() => head(scope)))
    let taken = 0
    app.server.on('request', () => {
      taken += 1
      if (taken === 8) setImmediate(() => allTaken.resolve())
    })
    const sockets = await Promise.all(Array.from({ length: 8 }, () => connected(url)))
    const answers = sockets.map(socket => once(socket, 'data'))
    for (const socket of sockets) socket.write(request(''))
    const said = (await Promise.all(answers)).map(([data]) => String(data).slice(9, 12))
    slow.mockRestore()
    expect(said.toSorted()).toEqual(['200', '200', '429', '429', '429', '429', '429', '429'])
    for (const socket of sockets) socket.destroy()
  })

  it('counts no client that left before its stream began', async () => {
    const { url, app } = await test.listen({ limits })
    for (let at = 0; at < 10; at += 1) {
      const socket = await connected(url)
      const taken = once(app.server, 'request')
      socket.write(request(''))
      await taken
      socket.resetAndDestroy()
    }
    await expect.poll(async () => (await openTail('', {}, url)).response.status).toBe(200)
  })

  it('is not asked of a HEAD, which has no stream', async () => {
    const answer = await test.call('/v1/events/tail', { method: 'HEAD', key: test.keys.acme.reader })
    expect(answer.status).toBe(404)
  })
})

describe('a server that stops', () => {
  // It would end in half a minute too, when the idle connection times out.
  it('ends its streams whole, and soon', { timeout: 20_000 }, async () => {
    const other = await startTestServer()
    const response = await fetch(`${other.url}/v1/events/tail`, {
      headers: { authorization: `Bearer ${other.keys.acme.reader}` },
    })
    const frames = readSse(response.body as ReadableStream<Uint8Array>)
    expect((await frames.next()).value).toMatchObject({ event: 'ready' })
    await Promise.all([other.stop(), expect(frames.next()).resolves.toMatchObject({ done: true })])
    expect(other.log).toEqual([])
  })

  it('takes no more', async () => {
    const stopping = AbortSignal.abort()
    const { url } = await test.listen({ stopping })
    const answer = await fetch(`${url}/v1/events/tail`)
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([503, 'not_ready'])
    expect(answer.headers.get('retry-after')).toBe('1')
  })
})

describe('a wrong filter', () => {
  it('is refused before the stream begins', async () => {
    const answer = await test.call<Problem>('/v1/events/tail?colour=red', { key: test.keys.acme.reader })
    expect([answer.status, answer.body.code]).toEqual([400, 'query_invalid'])
  })

  it.each(['"open', '-without', `${'word '.repeat(21)}`])(
    'is refused as the search refuses it: %s',
    async text => {
      const query = `q=${encodeURIComponent(text)}`
      const found = await test.call<Problem>(`/v1/events?${query}`, { key: test.keys.acme.reader })
      const tailed = await test.call<Problem>(`/v1/events/tail?${query}`, { key: test.keys.acme.reader })
      expect([tailed.status, tailed.body.code]).toEqual([400, 'query_invalid'])
      expect([found.status, found.body.detail]).toEqual([400, tailed.body.detail])
    },
  )
})
