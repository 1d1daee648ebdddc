import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../start/fixtures/test-server.ts'
import { bootstrapKey, startTestServer } from '../start/fixtures/test-server.ts'
import { runHere } from './fixtures/command-here.ts'

const wrongKey = 'kl_wrong-key-wrong-key-wrong-key'
let test: TestServer
let folder: string
beforeAll(async () => {
  test = await startTestServer()
  folder = mkdtempSync(join(tmpdir(), 'keelson-words-'))
  const files = {
    'wrong-key': wrongKey,
    'two-words': 'kl_one kl_two',
    'no-key': '',
    'odd-key': 'kl_schlüssel',
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
})
afterAll(async () => {
  await test.stop()
  rmSync(folder, { recursive: true, force: true })
})

const query = (environment: Readonly<Record<string, string>>, ...flags: string[]) =>
  runHere(['query', ...flags], { folder, environment: { KEELSON_URL: test.url, ...environment } })

describe('what the server refuses', () => {
  it('is said in the words of the command line', async () => {
    const platform = { KEELSON_API_KEY: bootstrapKey }
    const [none, unknown, other, environment, file] = await Promise.all([
      query(platform),
      query(platform, '--tenant', 'initech'),
      query({ KEELSON_API_KEY: test.keys.acme.reader }, '--tenant', 'globex'),
      query({ KEELSON_API_KEY: wrongKey }),
      query({}, '--api-key-file', 'wrong-key'),
    ])
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('--tenant ID or KEELSON_TENANT')])
    expect([unknown.code, unknown.err]).toEqual([
      3,
      expect.stringContaining('Correct --tenant or KEELSON_TENANT'),
    ])
    expect([other.code, other.err]).toEqual([4, expect.stringContaining('not one of the tenant "globex"')])
    expect([environment.code, environment.err]).toEqual([4, expect.stringContaining('in KEELSON_API_KEY')])
    expect([file.code, file.err]).toEqual([4, expect.stringContaining('the file wrong-key (--api-key-file)')])
    for (const { err } of [none, unknown, other, environment, file])
      expect(err).not.toMatch(/header|Keelson-Tenant|Authorization|Bearer|POST|\/v1/)
  })

  it('is said once, each fault on a line of its own', async () => {
    const environment = { KEELSON_API_KEY: test.keys.acme.reader }
    const [one, two] = await Promise.all([
      query(environment, '--from', 'yesterday'),
      query(environment, '--from', 'yesterday', '--to', 'soon'),
    ])
    const wrong = 'must be an RFC 3339 time with a zone, such as 2026-06-11T09:00:01Z'
    expect([one.code, one.err.split('\n')]).toEqual([
      2,
      [`keelson: The parameter from ${wrong} [query_invalid]`, expect.stringMatching(/^Correct what/), ''],
    ])
    expect(two.err.split('\n')).toEqual([
      `keelson: The parameter from ${wrong} [query_invalid]`,
      `  /to ${wrong}`,
      expect.stringMatching(/^Correct what/),
      '',
    ])
  })

  it('names commands in the place of paths', async () => {
    const event = { eventId: 'odd-1', eventType: 'qqqqqq', occurredAt: '2026-06-11T09:00:01Z', payload: {} }
    writeFileSync(join(folder, 'odd.ndjson'), `${JSON.stringify(event)}\n`)
    const environment = { KEELSON_URL: test.url, KEELSON_API_KEY: test.keys.acme.writer }
    const { code, out } = await runHere(['ingest', '--format', 'keelson', 'odd.ndjson'], {
      folder,
      environment,
    })
    expect([code, out]).toEqual([1, expect.stringContaining('"keelson catalog list --live" shows')])
    expect(out).not.toContain('/v1')
  })

  it('still names its code', async () => {
    expect((await query({ KEELSON_API_KEY: bootstrapKey })).err).toContain('[tenant_required]')
  })
})

describe('what is no key', () => {
  it.each(['two-words', 'no-key', 'odd-key', 'missing'])('in the file %s is not sent', async name => {
    const { code, err } = await query({}, '--api-key-file', name)
    expect([code, err]).toEqual([2, expect.stringContaining(`The key file ${name} (--api-key-file)`)])
    expect(err).not.toMatch(/kl_|is the server running/)
  })

  it('in the environment is not sent either', async () => {
    const { code, err } = await query({ KEELSON_API_KEY: 'kl_schlüssel' })
    expect([code, err]).toEqual([2, expect.stringContaining('KEELSON_API_KEY holds no API key')])
    expect(err).not.toContain('kl_')
  })
})
