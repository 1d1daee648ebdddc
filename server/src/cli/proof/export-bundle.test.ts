import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../../start/fixtures/test-server.ts'
import { startTestServer } from '../../start/fixtures/test-server.ts'
import { runHere } from '../fixtures/command-here.ts'

let test: TestServer
let folder: string

beforeAll(async () => {
  test = await startTestServer()
  folder = mkdtempSync(join(tmpdir(), 'keelson-export-'))
  for (const at of [0, 1, 2, 3])
    await test.call('/v1/events', {
      key: test.keys.acme.writer,
      body: {
        eventId: `evt-${at}`,
        eventType: 'SubscriptionActivated',
        occurredAt: '2026-06-11T09:00:01Z',
        payload: { subscriptionId: `s-${at}`, editionCode: 'team' },
        metadata: { user: 'ada@example.com' },
      },
    })
})
afterAll(async () => {
  await test.stop()
  rmSync(folder, { recursive: true, force: true })
})

const run = (words: string, key: string = test.keys.acme.admin, url = test.url) =>
  runHere(words.split(' '), { folder, environment: { KEELSON_URL: url, KEELSON_API_KEY: key } })

describe('keelson export', () => {
  it('makes a folder that verifies, and that nobody else can read', async () => {
    const ended = await run('export --output whole --proof evt-1')
    expect([ended.code, ended.err]).toEqual([0, ''])
    expect(ended.out).toMatch(/whole: \d+ leaves of keelson\.local\/t\/acme\/main, in \d+ files\./)
    const files = readdirSync(join(folder, 'whole'))
    for (const name of [
      'checkpoint',
      'policy',
      'leaves.ndjson',
      'bodies.ndjson',
      '1.tlog-proof',
      'VERIFY.md',
    ])
      expect(files).toContain(name)
    expect(statSync(join(folder, 'whole')).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'whole', 'bodies.ndjson')).mode & 0o777).toBe(0o600)
    expect(await run('verify whole')).toMatchObject({ code: 0 })
  })

  it('takes a range, and leaves personal fields out', async () => {
    mkdirSync(join(folder, 'range'))
    const ended = await run('export --format bundle --output range --from 1 --to 3 --no-personal --json')
    expect(ended).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(ended.out)).toMatchObject({ from: 1, to: 3 })
    expect(readFileSync(join(folder, 'range', 'bodies.ndjson'), 'utf8')).not.toContain('disclosures')
    expect(await run('verify range')).toMatchObject({ code: 0 })
  })

  it('leaves nothing behind where it fails', async () => {
    mkdirSync(join(folder, 'taken'))
    writeFileSync(join(folder, 'taken', 'mine'), '')
    const reader = test.keys.acme.reader
    for (const [words, code, says, key] of [
      ['export --output taken', 5, 'is not empty', undefined],
      ['export --output none/deep', 2, 'There is no folder', undefined],
      ['export --output x --from a', 2, '--from takes a whole number', undefined],
      ['export --output x --from 5 --to 2', 2, 'bundle_range_invalid', undefined],
      ['export --output x --prev 9999', 3, 'There is no checkpoint', undefined],
      ['export --output x', 4, 'permission_denied', test.keys.acme.writer],
      ['export', 2, '--output', undefined],
    ] as const) {
      const ended = await run(words, key)
      expect([words, ended.code, ended.err]).toEqual([words, code, expect.stringContaining(says)])
    }
    expect(await run('export --output y', reader)).toMatchObject({ code: 0 })
    expect(await run('export --output x', reader, 'http://127.0.0.1:1')).toMatchObject({ code: 6 })
    expect(readdirSync(join(folder, 'taken'))).toEqual(['mine'])
    expect(existsSync(join(folder, 'x'))).toBe(false)
    expect(readdirSync(folder).filter(name => name.includes('.part-'))).toEqual([])
  })
})

describe('a download that breaks off', () => {
  it.each([
    ['with the connection', 6, 'broke off', (response: ServerResponse) => response.destroy()],
    ['in silence', 1, 'bundle_damaged', (response: ServerResponse) => response.end()],
  ])('%s is no bundle', async (_, code, says, stop) => {
    const whole = Buffer.from(
      await (
        await fetch(`${test.url}/v1/log/bundle`, {
          headers: { authorization: `Bearer ${test.keys.acme.admin}` },
        })
      ).arrayBuffer(),
    )
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-tar' })
      response.write(whole.subarray(0, whole.length / 2), () => stop(response))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const ended = await run('export --output broken', undefined, `http://127.0.0.1:${port}`)
    await new Promise(resolve => server.close(resolve))
    expect([ended.code, ended.err]).toEqual([code, expect.stringContaining(says)])
    expect(readdirSync(folder).filter(name => name.startsWith('broken'))).toEqual([])
  })
})

describe('keelson verify --live', () => {
  it('has the server check its log', async () => {
    expect(await run('verify --live')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^verified: \d+ leaves as they were signed\n$/),
    })
    const ended = await run('verify --live --json')
    expect(JSON.parse(ended.out)).toMatchObject({ state: 'done', isSound: true })
    expect(await run('verify --live', test.keys.acme.reader)).toMatchObject({ code: 4 })
  })
})
