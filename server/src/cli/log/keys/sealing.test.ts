import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SealedEventView, SubjectView } from '../../../api/types.ts'
import { runHere } from '../../fixtures/command-here.ts'
import type { Ended } from '../../fixtures/keelson-process.ts'
import { dataFolder } from '../../operations/fixtures/data-folder.ts'
import type { Client } from '../fixtures/client.ts'
import { startClient } from '../fixtures/client.ts'

let client: Client
/** Key of the subject of "three". */
let kid = ''
beforeAll(async () => {
  client = await startClient()
  for (const id of ['one', 'two', 'three']) await client.publish(id, `${id}@example.com`)
  const file = client.file('three', 'three@example.com')
  const [found] = await client.json<SubjectView>('subjects', 'find', '--subject-file', file)
  kid = found?.keys[0] ?? ''
})
afterAll(() => client.stop())

const run = (...words: string[]): Promise<Ended> =>
  client.run('sealing-keys', ...words, '--data-dir', client.test.dataDir)
const keyLines = () => readFileSync(join(client.test.dataDir, 'master.key'), 'utf8').trim().split('\n')

/** What the running server gives of an event to somebody who may see people. */
async function disclosed(eventId: string): Promise<SealedEventView> {
  return (
    await client.test.call<SealedEventView>(`/v1/events/${eventId}/sealed`, {
      key: client.test.keys.acme.admin,
    })
  ).body
}

describe('keelson sealing-keys', () => {
  it('opens every key, beside the server', async () => {
    const { code, out, err } = await run('check', '--json')
    expect([code, err]).toEqual([0, ''])
    const found = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(found.map(({ tenant }) => tenant)).toEqual(expect.arrayContaining(['acme', 'globex']))
    for (const one of found) expect(one).toMatchObject({ isSound: true, code: null })
    expect((await run('check', '--tenant', 'acme')).out).toBe(`${'acme'.padEnd(24)}  sound\n`)
  })

  it("rotates a tenant's key under the server, which goes on reading and writing", async () => {
    const before = await disclosed('one')
    const { code, out, err } = await run('rotate', '--tenant', 'acme', '--json')
    expect([code, err]).toEqual([0, ''])
    expect(JSON.parse(out)).toEqual({ tenant: 'acme', rewrapped: expect.any(Number) })
    expect((JSON.parse(out) as { rewrapped: number }).rewrapped).toBeGreaterThanOrEqual(4)
    await client.publish('four', 'four@example.com')
    expect(await disclosed('one')).toEqual(before)
    expect((await disclosed('four')).disclosures.length).toBeGreaterThan(0)
    expect((await run('check')).code).toBe(0)
  })

  it('adds a root key and rewraps by it; under a server no old key is dropped', async () => {
    const [old] = keyLines()
    const added = await run('add-root')
    expect([added.code, added.out]).toEqual([0, expect.stringContaining('start every server anew')])
    expect(keyLines()).toEqual([expect.not.stringMatching(/^$/), old])
    const rewrapped = await run('rewrap')
    expect([rewrapped.code, rewrapped.out]).toEqual([
      0,
      expect.stringMatching(/root key: [1-9]\d*\. Run it again/),
    ])
    expect((await run('rewrap', '--json')).out).toBe('{"rewrapped":0}\n')
    const dropped = await run('drop-old-roots', '--yes')
    expect([dropped.code, dropped.err]).toEqual([6, expect.stringContaining('A server uses the store')])
    expect(keyLines()).toHaveLength(2)
    expect((await disclosed('two')).disclosures.length).toBeGreaterThan(0)
  })

  it('refuses another root key, and a tenant that nobody has', async () => {
    const other = join(client.folder, 'other.key')
    writeFileSync(other, `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o600 })
    for (const command of ['check', 'add-root'])
      expect(await run(command, '--keys', other)).toMatchObject({
        code: 1,
        err: expect.stringContaining('[key_ring_wrong]'),
      })
    const unknown = await run('rotate', '--tenant', 'initech')
    expect([unknown.code, unknown.err]).toEqual([3, expect.stringContaining('[tenant_unknown]')])
    expect(await run('rotate')).toMatchObject({ code: 2, err: expect.stringContaining("'--tenant <id>'") })
    const vault = await runHere(['sealing-keys', 'add-root', '--data-dir', client.test.dataDir], {
      environment: { KEELSON_MASTER_KEY: keyLines()[0] ?? '' },
    })
    expect([vault.code, vault.err]).toEqual([2, expect.stringContaining('in no file')])
    expect(await run('check', '--keys', 'ftp://x')).toMatchObject({ code: 2 })
  })

  it('makes no keys in a store that has none', async () => {
    await using data = await dataFolder()
    for (const words of [['check'], ['rotate', '--tenant', 'acme'], ['rewrap']])
      expect(await data.run(['sealing-keys', ...words])).toMatchObject({ code: 0 })
    expect(await data.run(['sealing-keys', 'add-root'])).toMatchObject({ code: 1 })
    expect(existsSync(join(data.folder, 'data', 'master.key'))).toBe(false)
    const folder = mkdtempSync(join(tmpdir(), 'keelson-none-'))
    const none = await runHere(['sealing-keys', 'check', '--data-dir', folder])
    rmSync(folder, { recursive: true })
    expect([none.code, none.err]).toEqual([3, expect.stringContaining('There is no database at')])
  })

  it('drops old root keys when no server runs', async () => {
    const [newest, old] = keyLines()
    await client.test.server.stop()
    const unasked = await run('drop-old-roots')
    expect([unasked.code, unasked.err]).toEqual([2, expect.stringContaining('pass --yes')])
    const dropped = await run('drop-old-roots', '--yes')
    expect([dropped.code, dropped.err]).toEqual([0, ''])
    expect(keyLines()).toEqual([newest])
    expect((await run('check')).code).toBe(0)
    for (const key of [old, newest]) expect(client.printed.join('')).not.toContain(key)
  })

  it('finds a key that is gone, which no record of an erasure names', async () => {
    const database = new DatabaseSync(join(client.test.dataDir, 'keelson.db'))
    const [row] = database.prepare('SELECT * FROM document WHERE id = ?').all(kid) as [Record<string, string>]
    database.prepare('DELETE FROM document WHERE id = ?').run(kid)
    const gone = await run('check', '--json')
    const found = gone.out.split('\n').filter(line => line.includes('"acme"'))
    expect([gone.code, ...found.map(line => JSON.parse(line))]).toMatchObject([
      1,
      {
        isSound: false,
        code: 'sealed_damaged',
        message: expect.stringMatching(
          /^Entry \d+: Fields of it cannot be opened, and no record of an erasure/,
        ),
      },
    ])
    const [names, marks] = [Object.keys(row).join(), Object.keys(row).fill('?').join()]
    database.prepare(`INSERT INTO document (${names}) VALUES (${marks})`).run(...Object.values(row))
    database.close()
    expect((await run('check')).code).toBe(0)
  })

  it('finds keys that were damaged, and still looks at the others', async () => {
    const database = new DatabaseSync(join(client.test.dataDir, 'keelson.db'))
    const alter = database.prepare('UPDATE document SET value = replace(value, ?, ?) WHERE id = ?')
    expect(alter.run('"v2:', '"v9:', kid).changes).toBe(1)
    database.close()
    const { code, out, err } = await run('check')
    expect(code).toBe(1)
    expect(out).toMatch(/^acme .*\[key_ring_incomplete\]$/m)
    expect(out).toMatch(/^globex +sound$/m)
    expect(err).toBe('keelson: Keys of 1 tenant cannot be opened\n')
  })
})
