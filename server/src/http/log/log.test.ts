import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import type { BundleSink } from 'keelson/notary'
import { unpackBundle } from 'keelson/notary'
import {
  commitBody,
  disclosureDigest,
  hashText,
  isSignedBy,
  leafNode,
  parseCheckpoint,
  parseHash,
  parseNote,
  parsePolicy,
  parseTlogProof,
  verifyBundle,
  verifyConsistency,
  verifyInclusion,
  verifyTlogProof,
} from 'keelson/proof'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  CheckpointPage,
  ConsistencyView,
  InclusionView,
  LogCheckItem,
  LogKeyRotation,
  LogStatusView,
  SealedEventView,
} from '../../api/types.ts'
import type { TestServer } from '../../start/fixtures/test-server.ts'
import { makeKey, startTestServer } from '../../start/fixtures/test-server.ts'
import { subscription } from '../fixtures/events.ts'

const person = 'ada@example.com'
let test: TestServer
let admin: string
let reader: string
/** A key that does not see personal fields. */
let observer: string

const as = async <Body>(key: string, path: string, method?: string) =>
  test.call<Body>(path, { key, ...(method === undefined ? {} : { method }) })
const get = async <Body>(path: string): Promise<Body> => {
  const answer = await as<Body>(admin, path)
  expect([path, answer.status, answer.text]).toEqual([path, 200, answer.text])
  return answer.body
}
const text = async (path: string): Promise<string> => (await as(admin, path)).text
const sign = async () =>
  parseCheckpoint(parseNote((await as(admin, '/v1/log/checkpoints', 'POST')).text).text)
const publish = (eventId: string, more: object = {}) =>
  test.call('/v1/events', {
    key: test.keys.acme.writer,
    body: subscription(eventId, { eventId, ...more }),
  })

beforeAll(async () => {
  test = await startTestServer()
  admin = test.keys.acme.admin
  reader = test.keys.acme.reader
  observer = (await makeKey(test.url, 'acme', 'observer')).secret
  for (const at of [0, 1, 2, 3, 4])
    await publish(`evt-${at}`, { metadata: at % 2 === 0 ? { user: person, ip: '192.0.2.7' } : {} })
})
afterAll(() => test.stop())

describe('heads of the log', () => {
  it('are told with how the log stands', async () => {
    const head = await sign()
    const status = await get<LogStatusView>('/v1/log')
    expect(status).toMatchObject({
      origin: 'keelson.local/t/acme/main',
      state: 'following',
      reason: null,
      pending: 0,
      size: head.size,
      hasQuorum: true,
      witnesses: [],
    })
    expect(status.checkpoint?.root).toBe(hashText(head.root, 'base64'))
    const other = await test.call<LogStatusView>('/v1/log', { key: test.keys.globex.admin })
    expect(other.body.origin).toBe('keelson.local/t/globex/main')
  })

  it('are signed notes, which the policy has the key of', async () => {
    const head = await sign()
    const answer = await as(reader, '/v1/log/checkpoint')
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const note = parseNote(answer.text)
    expect(parseCheckpoint(note.text)).toEqual(head)
    const [key] = parsePolicy(await text('/v1/log/policy')).logs
    expect(key && isSignedBy(note, key)).toBe(true)
    const headers = { 'if-none-match': answer.headers.get('etag') ?? '' }
    expect((await test.call('/v1/log/checkpoint', { key: reader, headers })).status).toBe(304)
    expect(await text(`/v1/log/checkpoint?size=${head.size}`)).toBe(answer.text)
    for (const [query, status] of [
      ['size=99999', 404],
      ['size=-1', 400],
      ['size=x', 400],
      ['sizes=1', 400],
    ])
      expect([query, (await as(admin, `/v1/log/checkpoint?${query}`)).status]).toEqual([query, status])
  })

  it('are listed, the newest first, in pages', async () => {
    for (const id of ['more-1', 'more-2']) {
      await publish(id)
      await sign()
    }
    const all = await get<CheckpointPage>('/v1/log/checkpoints')
    const sizes = all.data.map(({ size }) => size)
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
    const found: number[] = []
    for (let path = '/v1/log/checkpoints?limit=1'; ; ) {
      const { data, page } = await get<CheckpointPage>(path)
      found.push(...data.map(({ size }) => size))
      if (page.nextCursor === null) break
      path = `/v1/log/checkpoints?limit=1&cursor=${page.nextCursor}`
    }
    expect(found).toEqual(sizes)
    expect((await as(admin, '/v1/log/checkpoints?cursor=x')).body).toMatchObject({ code: 'cursor_invalid' })
  })
})

describe('tiles', () => {
  it('are the hashes of the leaves, and the leaves', async () => {
    const { size } = await sign()
    const fetchTile = async (path: string) => {
      const response = await fetch(`${test.url}/v1/log/tile/${path}`, {
        headers: { authorization: `Bearer ${reader}` },
      })
      return { response, bytes: Buffer.from(await response.arrayBuffer()) }
    }
    const { response, bytes } = await fetchTile(`0/000.p/${size}`)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    expect(bytes).toHaveLength(size * 32)
    const entries = (await fetchTile(`entries/000.p/${size}`)).bytes
    let at = 0
    for (let n = 0; n < size; n += 1) {
      const length = entries.readUInt16BE(at)
      const leaf = entries.toString('utf8', at + 2, at + 2 + length)
      expect(hashText(leafNode(leaf), 'hex')).toBe(bytes.toString('hex', n * 32, n * 32 + 32))
      at += 2 + length
    }
    expect(at).toBe(entries.length)
    const etag = response.headers.get('etag') ?? ''
    expect(etag).toBe(`"${createHash('sha256').update(bytes).digest('base64url')}"`)
    const headers = { 'if-none-match': etag }
    expect((await test.call(`/v1/log/tile/0/000.p/${size}`, { key: admin, headers })).status).toBe(304)
  })

  it.each([
    '0/000',
    '0/001',
    '1/000',
    '0/000.p/0',
    '0/000.p/256',
    '0/000.p/255',
    '0/0',
    '00/000.p/1',
    '%2e%2e/%2e%2e/etc/passwd',
    '0/000.p/1/2',
    '',
  ])('are not there at %s', async path => {
    const answer = await as(admin, `/v1/log/tile/${path}`)
    expect([answer.status, answer.body]).toMatchObject([404, { code: 'not_found' }])
  })
})

describe('proofs', () => {
  it('lead from leaves to the head, and from head to head', async () => {
    const before = await sign()
    await publish('proofs-1')
    const { size, root } = await sign()
    const { leaf, n, leafHash } = await get<SealedEventView>('/v1/events/evt-3/sealed')
    const { path } = await get<InclusionView>(`/v1/log/proofs/inclusion?index=${n}&size=${size}`)
    const claim = { leaf: leafNode(leaf), index: n, size, root }
    const nodes = (hashes: readonly string[]) => hashes.map(hash => parseHash(hash, 'base64'))
    expect(verifyInclusion(claim, nodes(path))).toBe(true)
    expect(hashText(claim.leaf, 'base64url')).toBe(leafHash)
    const going = await get<ConsistencyView>(`/v1/log/proofs/consistency?from=${before.size}&to=${size}`)
    expect(verifyConsistency(before, { size, root }, nodes(going.path))).toBe(true)
    const newest = await get<InclusionView>(`/v1/log/proofs/inclusion?index=${n}`)
    expect(newest).toMatchObject({ index: n, size })
  })

  it.each([
    ['inclusion', 400],
    ['inclusion?index=-1', 400],
    ['inclusion?index=1&size=1', 400],
    ['inclusion?index=99998&size=99999', 409],
    ['inclusion?index=0&size=2&more=1', 400],
    ['consistency', 400],
    ['consistency?from=3&to=2', 400],
    ['consistency?from=1&to=99999', 409],
  ])('are refused for %s', async (path, status) => {
    const answer = await as(admin, `/v1/log/proofs/${path}`)
    expect([path, answer.status]).toEqual([path, status])
  })

  it('of an event are a file to keep', async () => {
    const answer = await as(reader, '/v1/events/evt-2/proof')
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="evt-2.tlog-proof"')
    const proof = parseTlogProof(answer.text)
    const leaf = Buffer.from(proof.extra ?? []).toString()
    expect(JSON.parse(leaf).id).toBe('evt-2')
    const policy = parsePolicy(await text('/v1/log/policy'))
    expect(verifyTlogProof(proof, leafNode(leaf), policy)).toMatchObject({ ok: true })
    // Nobody waits for one.
    await publish('just-now')
    expect((await as(reader, '/v1/events/just-now/proof')).status).toBe(200)
    expect((await as(reader, '/v1/events/none/proof')).body).toMatchObject({ code: 'event_not_found' })
  })
})

describe('an event as it was sealed', () => {
  it('can be held to its leaf, and opened by who may', async () => {
    const sealed = await get<SealedEventView>('/v1/events/evt-0/sealed')
    const { leaf, body, blind, disclosures, hidden, kids } = sealed
    expect(commitBody(body ?? '', Buffer.from(blind ?? '', 'base64url'))).toBe(JSON.parse(leaf).body)
    expect(disclosures).toHaveLength(2)
    for (const disclosure of disclosures) expect(body).toContain(disclosureDigest(disclosure))
    expect([hidden, kids.length]).toEqual([0, 1])
    expect(body).not.toContain(person)
    const masked = (await as<SealedEventView>(observer, '/v1/events/evt-0/sealed')).body
    expect(masked).toEqual({ ...sealed, disclosures: [], hidden: 2 })
    const other = await test.call('/v1/events/evt-0/sealed', { key: test.keys.globex.admin })
    expect(other.body).toMatchObject({ code: 'event_not_found' })
  })
})

describe('a bundle', () => {
  const download = async (key: string, query = '') => {
    const response = await fetch(`${test.url}/v1/log/bundle${query}`, {
      headers: { authorization: `Bearer ${key}` },
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/x-tar')
    const files = new Map<string, Buffer>()
    const sink: BundleSink = {
      async write(name, chunks) {
        files.set(name, await buffer(Readable.from(chunks)))
      },
      end: async () => undefined,
    }
    const bundle = await unpackBundle(response.body as unknown as AsyncIterable<Uint8Array>, sink)
    const verdict = await verifyBundle({
      async *files() {
        yield* files.keys()
      },
      async *read(name) {
        yield files.get(name) ?? new Uint8Array()
      },
      size: async name => files.get(name)?.byteLength,
    })
    return { bundle, files, verdict }
  }

  it('is sent as a tar that verifies, whole or of a range', async () => {
    const whole = await download(admin)
    expect(whole.verdict.failures).toEqual([])
    expect(whole.verdict.isVerified).toBe(true)
    const shown = [
      ...(whole.files
        .get('bodies.ndjson')
        ?.toString()
        .matchAll(/"disclosures":\["([\w-]+)"/g) ?? []),
    ]
    expect(shown.map(([, found = '']) => Buffer.from(found, 'base64url').toString()).join()).toContain(person)
    const range = await download(admin, '?from=1&to=3&proof=evt-4')
    expect(range.verdict.isVerified).toBe(true)
    expect(range.bundle).toMatchObject({ from: 1, to: 3 })
    expect(range.files.has('4.tlog-proof')).toBe(true)
  })

  it('shows personal fields to who may see them, and only if asked', async () => {
    for (const [key, query] of [
      [observer, ''],
      [admin, '?personal=hidden'],
    ] as const) {
      const { verdict, files } = await download(key, query)
      expect([verdict.isVerified, verdict.log.personal]).toEqual([true, 'hidden'])
      expect(files.get('bodies.ndjson')?.toString()).not.toContain('disclosures')
    }
    const refused = await as(observer, '/v1/log/bundle?personal=shown')
    expect([refused.status, refused.body]).toMatchObject([403, { code: 'permission_denied' }])
  })

  it.each([
    ['from=5&to=1', 400, 'bundle_range_invalid'],
    ['to=99999', 400, 'bundle_range_invalid'],
    ['prev=99999', 404, 'not_found'],
    ['proof=none', 404, 'event_not_found'],
    ['from=x', 400, 'query_invalid'],
    ['all=1', 400, 'query_invalid'],
    [`proof=${Array(51).fill('e').join('&proof=')}`, 400, 'query_invalid'],
  ])('is refused for %s', async (query, status, code) => {
    const answer = await as(admin, `/v1/log/bundle?${query}`)
    expect([answer.status, answer.body]).toMatchObject([status, { code }])
    // The place is free again.
    expect((await as(admin, '/v1/log/bundle?from=1&to=1')).status).toBe(200)
  })

  it('is written down in the log', async () => {
    await download(admin, '?from=0&to=2')
    const page = await get<{ data: { payload: unknown }[] }>('/v1/events?action=log.bundle_exported&limit=1')
    expect(page.data[0]?.payload).toMatchObject({
      action: 'log.bundle_exported',
      payload: { from: 0, to: 2, withPersonal: true },
    })
  })
})

describe('a check of the log', () => {
  it('goes through all of it, and tells how far it is', async () => {
    const { size } = await sign()
    const begun = await test.call<LogCheckItem>('/v1/log/checks', { method: 'POST', key: admin })
    expect([begun.status, begun.headers.get('location')]).toEqual([202, `/v1/log/checks/${begun.body.id}`])
    let now = begun.body
    while (now.state === 'running') {
      await pause(20)
      now = await get<LogCheckItem>(`/v1/log/checks/${begun.body.id}`)
    }
    expect(now).toMatchObject({ state: 'done', isSound: true, reason: null, index: null })
    expect(now.size).toBeGreaterThanOrEqual(size)
    const other = await test.call(`/v1/log/checks/${begun.body.id}`, { key: test.keys.globex.admin })
    expect(other.status).toBe(404)
  })
})

describe('the key of the log', () => {
  it('is changed for another, and what the old one signed stays verified', async () => {
    const old = await text('/v1/log/checkpoint')
    const rotation = await test.call<LogKeyRotation>('/v1/log/keys/rotation', { method: 'POST', key: admin })
    const { before, after } = rotation.body
    const head = (await as(admin, '/v1/log/checkpoints', 'POST')).text
    const policy = parsePolicy(await text('/v1/log/policy'))
    expect(policy.logs.map(({ id }) => id)).toEqual([after, before].map(key => key.split('+')[1]))
    const [newer, older] = policy.logs
    expect(newer && isSignedBy(parseNote(head), newer)).toBe(true)
    expect(older && isSignedBy(parseNote(old), older)).toBe(true)
    const { leaf } = await get<SealedEventView>(`/v1/events/${await newestRecord()}/sealed`)
    expect(JSON.parse(leaf).kind).toBe('key')
  })

  async function newestRecord(): Promise<string> {
    const page = await get<{ data: { eventId: string; payload: unknown }[] }>(
      '/v1/events?type=LogKeyRecorded&limit=1',
    )
    expect(page.data[0]?.payload).toMatchObject({ action: 'register', role: 'log' })
    return page.data[0]?.eventId ?? ''
  }
})
