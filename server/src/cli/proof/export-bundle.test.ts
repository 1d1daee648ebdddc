import { hash, randomUUID } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { createTarSink } from 'keelson/notary'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../../start/fixtures/test-server.ts'
import { startTestServer } from '../../start/fixtures/test-server.ts'
import { runHere } from '../fixtures/command-here.ts'
import { startKeelson } from '../fixtures/keelson-process.ts'

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

async function wholeBundle(): Promise<Buffer> {
  const headers = { authorization: `Bearer ${test.keys.acme.admin}` }
  return Buffer.from(await (await fetch(`${test.url}/v1/log/bundle`, { headers })).arrayBuffer())
}

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
    const whole = await wholeBundle()
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

describe('a bundle whose head too few witnesses have signed', () => {
  /** The files of a bundle, with a policy that asks for a witness. */
  async function witnessed(bundle: string): Promise<Buffer> {
    const texts = new Map(
      readdirSync(bundle, { recursive: true, encoding: 'utf8' })
        .filter(name => statSync(join(bundle, name)).isFile())
        .map(name => [name, readFileSync(join(bundle, name))]),
    )
    const witness = 'witness.example.com+aebb5b71+BL5pazE0mtqsGgP/g9BJMbOPtBMlCsuhVWdhL8ykm2VS'
    const policy = Buffer.from(
      String(texts.get('policy')).replace('quorum none', `witness ann ${witness}\nquorum ann`),
    )
    const manifest = JSON.parse(String(texts.get('manifest.json')))
    manifest.files.policy = hash('sha256', policy, 'hex')
    texts.set('policy', policy).set('manifest.json', Buffer.from(JSON.stringify(manifest)))
    const out = new PassThrough()
    const sink = createTarSink(out, { folder })
    const read = buffer(out)
    for (const [name, bytes] of texts) await sink.write(name, [bytes])
    await sink.end()
    out.end()
    return read
  }

  it('is waited for, is made, and is said not to verify', async () => {
    await run('export --output unwitnessed')
    const tar = await witnessed(join(folder, 'unwitnessed'))
    const asked = Promise.withResolvers<void>()
    const server = createServer(async (request, response) => {
      if (request.url === '/v1/log') {
        response.end('{"hasQuorum":false}')
        return asked.resolve()
      }
      await asked.promise
      response.end(tar)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const ended = await run('export --output late --json', undefined, `http://127.0.0.1:${port}`)
    await new Promise(resolve => server.close(resolve))
    expect(ended.code).toBe(0)
    expect(JSON.parse(ended.out)).toMatchObject({ hasQuorum: false })
    expect(ended.err).toContain('they are waited for, up to ten seconds')
    expect(ended.err).toContain('without ann): it does not verify')
    expect(await run('verify late')).toMatchObject({ code: 1 })
  })
})

describe('an export that is killed', () => {
  /** A server that sends the first half of a bundle, and no more. */
  async function halfOf(whole: Buffer) {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-tar' })
      response.write(whole.subarray(0, whole.length / 2))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return { server, url: `http://127.0.0.1:${port}` }
  }
  const partsOf = (name: string) => readdirSync(folder).filter(one => one.startsWith(`${name}.part-`))

  it('leaves a part, which the next one to the same name removes and nothing else', async () => {
    const { server, url } = await halfOf(await wholeBundle())
    const settings = { KEELSON_URL: url, KEELSON_API_KEY: test.keys.acme.admin }
    const { ended } = startKeelson(['export', '--output', 'killed'], { folder, environment: settings })
    const found = () =>
      partsOf('killed').find(name => existsSync(join(folder, name, 'bundle', 'leaves.ndjson')))
    while (found() === undefined) await pause(20)
    const left = found() ?? ''
    const mark = JSON.parse(readFileSync(join(folder, left, 'keelson-export-part.json'), 'utf8'))
    // Not the one that started it, which has a child with the flags of Node.
    process.kill(mark.pid, 'SIGKILL')
    expect((await ended).code).not.toBe(0)
    server.closeAllConnections()
    server.close()
    expect(readFileSync(join(folder, left, 'bundle', 'checkpoint'), 'utf8')).toContain('/t/acme/main')

    /** A folder with the mark of the one that was killed, which is not one that was killed. */
    const other = (change: object, name = 'killed', more?: string) => {
      const id = randomUUID()
      const made = `${name}.part-${id}`
      mkdirSync(join(folder, made))
      const text = JSON.stringify({ ...mark, id, ...change })
      writeFileSync(join(folder, made, 'keelson-export-part.json'), text)
      if (more !== undefined) writeFileSync(join(folder, made, more), '')
      return made
    }
    const kept = [
      other({ pid: process.pid }),
      other({ machine: 'elsewhere' }),
      other({ id: randomUUID() }),
      other({ output: 'another' }),
      other({ format: 'mine' }),
      other({}, 'killed', 'mine.txt'),
      other({ output: 'killed-2' }, 'killed-2'),
      `killed.part-${randomUUID()}`,
    ]
    mkdirSync(join(folder, kept.at(-1) ?? ''))
    const again = await run('export --output killed')
    expect([again.code, again.err]).toEqual([
      0,
      `${left}: removed, it was left by an export that was cut off\n`,
    ])
    expect([...partsOf('killed'), ...partsOf('killed-2')].toSorted()).toEqual(kept.toSorted())
    expect(await run('verify killed')).toMatchObject({ code: 0 })
    expect(readdirSync(join(folder, 'killed'))).not.toContain('keelson-export-part.json')

    // What nobody has signed for longer than ten minutes is written by nobody, wherever that was.
    const [, elsewhere = ''] = kept
    const past = new Date(Date.now() - 11 * 60_000)
    utimesSync(join(folder, elsewhere, 'keelson-export-part.json'), past, past)
    rmSync(join(folder, 'killed'), { recursive: true })
    expect((await run('export --output killed')).err).toContain(`${elsewhere}: removed`)
    expect(existsSync(join(folder, kept[0] ?? ''))).toBe(true)
    for (const name of kept) rmSync(join(folder, name), { recursive: true, force: true })
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
