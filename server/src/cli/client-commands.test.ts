import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventItem } from '../api/types.ts'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { bootstrapKey, startTestServer } from '../start/fixtures/test-server.ts'
import type { Ended, RunOptions } from './fixtures/keelson-process.ts'
import { runKeelson, startKeelson } from './fixtures/keelson-process.ts'

let test: TestServer
let folder: string
/** All that was ever printed. */
const printed: string[] = []
beforeAll(async () => {
  test = await startTestServer()
  folder = mkdtempSync(join(tmpdir(), 'keelson-client-'))
})
afterAll(async () => {
  await test.stop()
  rmSync(folder, { recursive: true, force: true })
})

const environment = (key: string) => ({ KEELSON_URL: test.url, KEELSON_API_KEY: key })

async function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const ended = await runKeelson(args, { folder, environment: environment(test.keys.acme.admin), ...options })
  printed.push(ended.out, ended.err)
  return ended
}

const event = (name: string, more: object = {}) => ({
  eventId: name,
  eventType: 'SubscriptionActivated',
  occurredAt: '2026-06-11T09:00:01Z',
  payload: { subscriptionId: name, editionCode: 'team' },
  ...more,
})
const lines = (...events: object[]) => `${events.map(one => JSON.stringify(one)).join('\n')}\n`
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content)
  return name
}
const evil = '\u001b[2J\u0007\u009b31m\u202e'

describe('keelson ingest', () => {
  it('takes files, plain and packed, and adds nothing the second time', async () => {
    const plain = file('plain.ndjson', lines(event('plain-1'), event('plain-2')))
    const packed = file('packed.ndjson.gz', gzipSync(lines(event('packed-1'))))
    const first = await run(['ingest', '--format', 'keelson', plain, packed])
    expect([first.code, first.err]).toEqual([0, ''])
    expect(first.out).toMatch(
      /^plain\.ndjson: 2 stored, 0 known before, 0 refused \(2 read, [\d.]+ s\)\npacked/,
    )
    const again = await run(['ingest', '--format', 'keelson', plain, packed, '--json'])
    const answers = again.out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as object)
    expect(answers).toMatchObject([
      { file: plain, stored: 0, duplicates: 2 },
      { file: packed, stored: 0, duplicates: 1 },
    ])
  })

  it.concurrent.each([
    ['plain', lines(event('in-1'))],
    ['packed', gzipSync(lines(event('in-2')))],
  ])('takes standard input, %s', async (_, input) => {
    const { code, out } = await run(['ingest', '--format', 'keelson'], { input })
    expect([code, out]).toEqual([0, expect.stringMatching(/^standard input: 1 stored/)])
  })

  it('exits with 1 where records were refused, and says which', async () => {
    const name = file(
      'mixed.ndjson',
      `${lines(event('mixed-1'))}{"a":\n${lines({ ...event('mixed-2'), [evil]: 1 })}`,
    )
    const { code, out, err } = await run(['ingest', '--format', 'keelson', name])
    expect(code).toBe(1)
    expect(out).toContain('1 stored, 0 known before, 2 refused')
    expect(out).toMatch(/^ {2}line 2: .* \[json_malformed\]$/m)
    expect(out).toMatch(/^ {2}line 3: .* \[envelope_invalid\]$/m)
    expect(err).toBe('keelson: 2 records were refused\n')
  })

  it('says what it cannot read', async () => {
    const [missing, directory, format] = await Promise.all([
      run(['ingest', '--format', 'keelson', 'missing.ndjson']),
      run(['ingest', '--format', 'keelson', '.']),
      run(['ingest', '--format', 'xml'], { input: 'x' }),
    ])
    expect([missing.code, missing.err]).toEqual([3, 'keelson: missing.ndjson cannot be read\n'])
    expect([directory.code, directory.err]).toEqual([2, 'keelson: . is a folder: name its files\n'])
    expect([format.code, format.err]).toEqual([2, expect.stringContaining('[format_unknown]')])
  })

  it('ends with the answer where the key is wrong, whatever is left to send', async () => {
    const large = file('large.ndjson', lines(event('large')).repeat(40_000))
    const { code, err } = await run(['ingest', '--format', 'keelson', large], {
      environment: environment('kl_wrong-key-wrong-key-wrong-key'),
    })
    expect([code, err]).toEqual([4, expect.stringContaining('[authentication_failed]')])
  })
})

describe('keelson query', () => {
  beforeAll(async () => {
    const actor = { type: 'user', id: 'u-evil', name: evil }
    const payload = { actor, action: `open${evil}`, resource: { type: 'door', id: evil }, outcome: 'denied' }
    const audit = { ...event('evil-1'), eventType: 'AuditEventReceived', payload }
    const many = Array.from({ length: 600 }, (_, at) => event(`many-${at}`, { source: 'many' }))
    const body = [audit, ...many]
    await test.call('/v1/events/batch', { key: test.keys.acme.writer, body })
  })

  it('prints a line for each event, newest first', async () => {
    const { code, out, err } = await run(['query', 'many*', '--limit', '2'])
    expect(code).toBe(0)
    expect(out.split('\n').map(line => line.replaceAll(/ +/g, ' '))).toEqual([
      '2026-06-11 09:00:01 success many SubscriptionActivated many-599',
      '2026-06-11 09:00:01 success many SubscriptionActivated many-598',
      '',
    ])
    expect(err).toMatch(/^2 events; there are more/)
  })

  it('prints JSON over as many pages as it takes', async () => {
    const { code, out, err } = await run([
      'query',
      '--source',
      'many',
      '--ascending',
      '--limit',
      '600',
      '--json',
    ])
    const items = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as EventItem)
    expect([code, err]).toEqual([0, ''])
    expect(items.map(item => item.eventId)).toEqual(Array.from({ length: 600 }, (_, at) => `many-${at}`))
    expect(items[0]?.payload).toEqual({ subscriptionId: 'many-0', editionCode: 'team' })
  })

  it('lets no control character of an event through', async () => {
    const [text, json] = await Promise.all([
      run(['query', '--actor', 'u-evil'], {
        environment: { ...environment(test.keys.acme.reader), FORCE_COLOR: '0' },
      }),
      run(['query', '--actor', 'u-evil', '--json']),
    ])
    for (const { out } of [text, json]) expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(text.out).toContain('open�[2J')
    expect((JSON.parse(json.out) as EventItem).audit.actor?.name).toBe(evil)
  })

  it('says that nothing matches', async () => {
    expect(await run(['query', 'nothing-like-it'])).toEqual({ code: 0, out: '', err: 'No event matches.\n' })
  })

  it('ends in peace when nobody reads on', async () => {
    const running = startKeelson(['query', '--source', 'many', '--limit', '600', '--json'], {
      environment: environment(test.keys.acme.reader),
    })
    await running.printed(/\n/)
    running.child.stdout.destroy()
    const { code, err } = await running.ended
    expect([code, err]).toEqual([0, ''])
  })

  it('exits with a code for each failure', async () => {
    const key = test.keys.acme.reader
    const wrong = (more: Readonly<Record<string, string>>) => run(['query'], { environment: more })
    const [none, bad, forbidden, nowhere, tenant, query] = await Promise.all([
      wrong({ KEELSON_URL: test.url }),
      wrong(environment('kl_wrong-key-wrong-key-wrong-key')),
      wrong(environment(test.keys.acme.writer)),
      wrong({ KEELSON_URL: 'http://127.0.0.1:1', KEELSON_API_KEY: key }),
      wrong({ ...environment(bootstrapKey), KEELSON_TENANT: 'initech' }),
      run(['query', '"open']),
    ])
    expect([none.code, none.err]).toEqual([4, expect.stringContaining('KEELSON_API_KEY')])
    expect([bad.code, bad.err]).toEqual([4, expect.stringContaining('[authentication_failed]')])
    expect([forbidden.code, forbidden.err]).toEqual([4, expect.stringContaining('[permission_denied]')])
    expect([nowhere.code, nowhere.err]).toEqual([6, expect.stringContaining('is the server running?')])
    expect([tenant.code, tenant.err]).toEqual([3, expect.stringContaining('[tenant_unknown]')])
    expect([query.code, query.err]).toEqual([2, expect.stringContaining('[query_invalid]')])
  })

  it('takes a flag before the environment, and that before the file', async () => {
    const own = mkdtempSync(join(folder, 'settings-'))
    writeFileSync(join(own, 'keelson.json'), '{"url":"http://127.0.0.1:1","tenant":"acme"}')
    writeFileSync(join(own, 'key'), `${bootstrapKey}\n`)
    const query = ['query', '--limit', '1', '--json', '--api-key-file', 'key']
    const [byFile, byEnvironment, byFlag] = await Promise.all([
      run(query, { folder: own, environment: {} }),
      run(query, { folder: own, environment: { KEELSON_URL: test.url } }),
      run([...query, '--tenant', 'globex'], { folder: own, environment: { KEELSON_URL: test.url } }),
    ])
    expect(byFile.code).toBe(6)
    expect([byEnvironment.code, byEnvironment.out]).toEqual([0, expect.stringContaining('"tenantId":"acme"')])
    expect([byFlag.code, byFlag.out]).toEqual([0, ''])
  })
})

describe('what was printed', () => {
  it('never held a key', () => {
    expect(printed.length).toBeGreaterThan(30)
    const secrets = [...Object.values(test.keys.acme), bootstrapKey, 'kl_wrong-key-wrong-key-wrong-key']
    for (const secret of secrets) expect(printed.join('\n')).not.toContain(secret)
  })
})
