import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { archiveStream, sealStream, setStreamMetadata, tombstoneStream } from 'keelson'
import { createFileBlobStore } from 'keelson/blob/filesystem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventDetail, EventPage } from '../api/types.ts'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { startTestServer } from '../start/fixtures/test-server.ts'
import { auditEvent } from './fixtures/events.ts'
import type { Problem } from './problem.ts'

let folder: string
let test: TestServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-archive-'))
  test = await startTestServer({ archive: folder })
})
afterAll(async () => {
  await test.stop()
  rmSync(folder, { recursive: true, force: true })
})

const read = <Body>(path: string) => test.call<Body>(path, { key: test.keys.acme.reader })

async function startWithoutArchive() {
  const started = await startTestServer()
  return { ...started, [Symbol.asyncDispose]: started.stop }
}

/** Publishes events of a stream of its own, and gives the stream's name. */
async function publish(resource: string, count: number): Promise<string> {
  for (let at = 1; at <= count; at += 1) {
    const event = auditEvent(
      { resource: { type: 'repository', id: resource } },
      { eventId: `${resource}-${at}` },
    )
    const { status } = await test.call('/v1/events', { key: test.keys.acme.writer, body: event })
    expect(status).toBe(201)
  }
  return `AuditEvent-repository:${resource}`
}

describe('a sealed stream', () => {
  it('takes no events, and is read as before, also from the archive', async () => {
    const { store } = test.server.platform
    const stream = await publish('sealed', 3)
    const before = await read<EventDetail>('/v1/events/sealed-2')
    await sealStream(store, 'acme', stream)
    const body = auditEvent({ resource: { type: 'repository', id: 'sealed' } }, { eventId: 'late' })
    const refused = await test.call<Problem>('/v1/events', { key: test.keys.acme.writer, body })
    expect([refused.status, refused.body.code]).toEqual([409, 'stream_closed'])
    await archiveStream(store, createFileBlobStore(folder), 'acme', stream)
    expect((await read<EventDetail>('/v1/events/sealed-2')).body).toEqual(before.body)
    const { body: page } = await read<EventPage>(`/v1/streams/${encodeURIComponent(stream)}`)
    expect(page.data.map(({ eventId }) => eventId)).toEqual(['sealed-1', 'sealed-2', 'sealed-3'])
    expect((await read<EventPage>('/v1/events?resource=sealed')).body.data).toHaveLength(3)
  })
})

describe('an archived event', () => {
  it('is redacted through the API, and is gone from the archive', async () => {
    const stream = await publish('redacted', 2)
    const { store } = test.server.platform
    await sealStream(store, 'acme', stream)
    await archiveStream(store, createFileBlobStore(folder), 'acme', stream)
    const body = { eventId: 'redacted-1', pointers: ['/payload/action'], reason: 'a test' }
    const asked = await test.call<{ id: string }>('/v1/redactions', { key: test.keys.acme.admin, body })
    expect(asked.status).toBe(202)
    await expect
      .poll(async () => {
        const path = `/v1/redactions/${asked.body.id}`
        return (await test.call<{ status: string }>(path, { key: test.keys.acme.admin })).body.status
      })
      .toBe('completed')
    const { body: shown } = await read<EventDetail>('/v1/events/redacted-1')
    expect(shown.seal.body).not.toContain('"action"')
    expect((await read<EventDetail>('/v1/events/redacted-2')).body.seal.body).toContain('"action"')
    expect(await store.collections('acme')).not.toContain('archive-discard')
  })
})

describe('what was archived beside a server without the archive', () => {
  it('is a row without content in every list, and says what to do where it is asked for', async () => {
    await using other = await startWithoutArchive()
    const { acme } = other.keys
    for (const resource of ['gone', 'stays']) {
      const options = { eventId: `${resource}-1`, correlationId: 'both' }
      const body = auditEvent({ resource: { type: 'repository', id: resource } }, options)
      await other.call('/v1/events', { key: acme.writer, body })
    }
    const get = <Body>(path: string) => other.call<Body>(path, { key: acme.reader })
    expect((await get<EventPage>('/v1/events')).body.data).toHaveLength(2)
    const { store } = other.server.platform
    const stream = 'AuditEvent-repository:gone'
    await sealStream(store, 'acme', stream)
    await archiveStream(store, createFileBlobStore(other.dataDir), 'acme', stream)
    const pages = [`/v1/streams/${encodeURIComponent(stream)}`, '/v1/events?resource=gone&view=summary']
    for (const path of pages) {
      const { status, body } = await get<EventPage>(path)
      expect([status, body.data]).toEqual([
        200,
        [
          expect.objectContaining({
            eventId: 'gone-1',
            content: 'archived',
            stream,
            version: 1,
            audit: expect.objectContaining({
              summary: expect.stringContaining('the time is of its recording'),
            }),
          }),
        ],
      ])
      expect(body.data[0]).not.toHaveProperty('payload')
    }
    const { body: all } = await get<EventPage>('/v1/events?resource=gone&resource=stays&order=asc')
    expect(all.data.map(({ eventId, content }) => [eventId, content])).toEqual([
      ['gone-1', 'archived'],
      ['stays-1', undefined],
    ])
    const asked = await get<Problem>('/v1/events/gone-1')
    expect([asked.status, asked.body.code, asked.body.remedy]).toEqual([
      409,
      'event_archived',
      expect.stringContaining('KEELSON_ARCHIVE'),
    ])
    const bundle = await other.call<Problem>('/v1/log/bundle', { key: acme.admin })
    expect([bundle.status, bundle.body.code, bundle.body.detail]).toEqual([
      409,
      'event_archived',
      expect.stringContaining('--archive'),
    ])
    // Nothing is broken in the server.
    expect(other.log).toEqual([])
    const tail = await get('/v1/events/tail?after=0')
    expect(tail.text).toMatch(/event: error\ndata: \{"code":"event_archived",.*"retryable":false\}/)
  })
})

describe('a tombstoned stream', () => {
  it('is gone, and its events are found no more', async () => {
    const stream = await publish('doomed', 2)
    expect((await read<EventPage>('/v1/events?resource=doomed')).body.data).toHaveLength(2)
    await tombstoneStream(test.server.platform.store, 'acme', stream, { reason: 'a test' })
    const gone = await read<Problem>(`/v1/streams/${encodeURIComponent(stream)}`)
    expect([gone.status, gone.body.code]).toEqual([410, 'stream_tombstoned'])
    expect((await read<EventPage>('/v1/events?resource=doomed')).body.data).toEqual([])
  })
})

describe('what was removed', () => {
  it('is passed over by a page, which goes on behind it, and is said to be removed where it is asked for', async () => {
    await publish('holey', 12)
    const { store } = test.server.platform
    const all = await Array.fromAsync(store.readStream('acme', 'AuditEvent-repository:holey'))
    const positions = all.filter(({ version }) => version % 3 !== 0).map(({ position }) => position)
    const scope = { tenantId: 'acme' }
    await store.commit({ scope, bodies: [{ ...scope, positions, becomes: 'removed' }] })
    const ids: string[] = []
    for (let cursor = ''; ; ) {
      const { body } = await read<EventPage>(`/v1/events?resource=holey&order=asc&limit=2${cursor}`)
      ids.push(...body.data.map(({ eventId }) => eventId))
      if (!body.page.hasMore) break
      cursor = `&cursor=${body.page.nextCursor}`
    }
    expect(ids).toEqual(['holey-3', 'holey-6', 'holey-9', 'holey-12'])
    const removed = await read<Problem>('/v1/events/holey-1')
    expect([removed.status, removed.body.code]).toEqual([410, 'event_removed'])
  })

  it('is hidden before that by what the metadata of a stream says', async () => {
    const stream = await publish('short', 4)
    await setStreamMetadata(test.server.platform.store, 'acme', stream, { maxCount: 1 })
    const { body } = await read<EventPage>(`/v1/streams/${encodeURIComponent(stream)}`)
    expect(body.data.map(({ eventId }) => eventId)).toEqual(['short-4'])
  })
})

describe('a position that the log has not come to', () => {
  it('is refused by the live tail', async () => {
    for (const path of ['/v1/events/tail?after=99999', '/v1/events/tail']) {
      const headers = path.includes('after') ? {} : { 'last-event-id': '99999' }
      const answer = await test.call<Problem>(path, { key: test.keys.acme.reader, headers })
      expect([answer.status, answer.body.code]).toEqual([400, 'position_unknown'])
    }
  })
})
