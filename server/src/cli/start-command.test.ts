import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { archiveStream, sealStream } from 'keelson'
import { createFileBlobStore } from 'keelson/blob/filesystem'
import { openSqliteStore } from 'keelson/sqlite'
import { sampleEvent } from 'keelson/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runKeelson, startKeelson } from './fixtures/keelson-process.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-start-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ready {
  readonly url: string
  readonly platformKey?: string
}

async function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const running = startKeelson(['start', '--json', '--empty', '--port', '0', ...args], {
    environment,
    folder,
  })
  const ready = JSON.parse(await running.printed(/\n/)) as Ready
  return { ...running, ready }
}

describe('keelson start', () => {
  it('says in one line where it is, and stops in order', async () => {
    const server = await start(['--data-dir', 'json'])
    expect(server.ready).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      version: expect.stringMatching(/^\d/),
      dataDir: join(folder, 'json'),
      durability: 'fsync',
      transport: 'embedded',
      platformKey: expect.stringMatching(/^kl_[\w-]{43}$/),
    })
    expect((await fetch(`${server.ready.url}/readyz`)).status).toBe(200)
    server.child.kill('SIGTERM')
    const { code, out, err } = await server.ended
    expect([code, out.split('\n').length, err]).toEqual([0, 2, ''])
    const again = await start(['--data-dir', 'json'])
    expect(again.ready).not.toHaveProperty('platformKey')
    again.child.kill('SIGINT')
    expect((await again.ended).code).toBe(0)
  })

  it('says that its port is in use, and keeps the keys for the start that has one', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const port = String((other.address() as AddressInfo).port)
    const dataDir = ['--data-dir', 'in-use']
    const { code, out, err } = await runKeelson(['start', '--json', ...dataDir, '--port', port], { folder })
    other.close()
    expect([code, out]).toEqual([6, ''])
    expect(err).toBe(
      `keelson: Port ${port} on 127.0.0.1 is in use: stop what listens there, or pass --port\n`,
    )
    const server = await start(dataDir)
    expect(server.ready.platformKey).toMatch(/^kl_/)
    server.child.kill('SIGTERM')
    await server.ended
  })

  it.each(['nohost.invalid', '203.0.113.9'])('says in one line that %s is no address here', async host => {
    const words = ['start', '--empty', '--port', '0', '--data-dir', 'elsewhere', '--host', host]
    expect(await runKeelson(words, { folder })).toMatchObject({
      code: 2,
      err: `keelson: There is no address ${host} on this machine to listen on: pass another --host\n`,
    })
  })

  it("never prints the operator's own key", async () => {
    const secret = 'chosen-by-the-operator'
    const server = await start(['--data-dir', 'own'], { KEELSON_BOOTSTRAP_KEY: secret })
    const headers = { authorization: `Bearer ${secret}` }
    expect((await fetch(`${server.ready.url}/v1/tenants`, { headers })).status).toBe(200)
    server.child.kill('SIGTERM')
    const { out, err } = await server.ended
    expect(out + err).not.toContain(secret)
    const short = await runKeelson(['start', '--empty', '--port', '0', '--data-dir', 'short'], {
      folder,
      environment: { KEELSON_BOOTSTRAP_KEY: 'sHort-secret' },
    })
    expect(short.code).toBe(2)
    expect(short.out + short.err).not.toContain('sHort-secret')
  })

  it('refuses a folder that holds another database, and a settings file that holds a secret', async () => {
    const foreign = mkdtempSync(join(folder, 'foreign-'))
    writeFileSync(
      join(foreign, 'keelson.db'),
      'this is no database, but long enough to be read as one'.repeat(50),
    )
    const [other, secret] = await Promise.all([
      runKeelson(['start', '--port', '0', '--data-dir', foreign]),
      (async () => {
        const own = mkdtempSync(join(folder, 'secret-'))
        writeFileSync(join(own, 'keelson.json'), '{"bootstrapKey":"in-the-settings-file"}')
        return runKeelson(['start', '--port', '0'], { folder: own })
      })(),
    ])
    expect([other.code, other.err]).toEqual([1, expect.stringContaining('[store_foreign]')])
    expect([secret.code, secret.err]).toEqual([2, expect.stringContaining('KEELSON_BOOTSTRAP_KEY')])
    expect(secret.err).not.toContain('in-the-settings-file')
  })
})

describe('keelson start on a store with archived events', () => {
  it('refuses without the archive, also to check, and is in order with it', async () => {
    const path = join(folder, 'archived')
    const store = await openSqliteStore({ path: join(path, 'keelson.db') })
    await store.append('acme', [{ stream: 's', expected: 'none', events: [sampleEvent('acme')] }])
    await sealStream(store, 'acme', 's')
    await archiveStream(store, createFileBlobStore(join(folder, 'blobs')), 'acme', 's')
    await store.close()
    const args = ['start', '--check', '--empty', '--port', '0', '--data-dir', path]
    const run = (...more: string[]) => runKeelson([...args, ...more], { folder })
    const [without, missing, foreign, whole] = await Promise.all([
      run(),
      run('--archive', 'nowhere'),
      run('--archive', 's3://bucket'),
      run('--archive', 'blobs'),
    ])
    expect([without.code, without.err]).toEqual([
      5,
      expect.stringMatching(/no archive is named \[event_archived\]\n.*--archive or KEELSON_ARCHIVE/),
    ])
    expect([missing.code, missing.err]).toEqual([2, expect.stringMatching(/no folder .*nowhere/)])
    expect([foreign.code, foreign.err]).toEqual([2, expect.stringContaining('neither a folder')])
    expect([whole.code, whole.out, whole.err]).toEqual([0, 'Everything is in order.\n', ''])
    mkdirSync(join(folder, 'other-blobs'))
    const wrong = await run('--archive', 'other-blobs')
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('[archive_damaged]')])
  })
})

describe('keelson start --check', () => {
  it('finds a sound store in order, and names what is wrong with a damaged one', async () => {
    const path = join(folder, 'checked')
    const args = ['start', '--check', '--port', '0', '--data-dir', path]
    const sound = await runKeelson(args, { folder })
    expect([sound.code, sound.out]).toEqual([0, 'Everything is in order.\n'])
    const database = new DatabaseSync(join(path, 'keelson.db'))
    database.exec("UPDATE event SET body = replace(body, 'Codertocat', 'Codertodog') WHERE position = 7")
    database.close()
    const damaged = await runKeelson(args, { folder })
    expect(damaged.code).toBe(1)
    expect(damaged.err).toContain('at position 7: the leaf does not commit to the body')
  })

  it('says that a broker is not there', async () => {
    const path = join(folder, 'no-broker')
    const transport = 'nats://me:hunter2@127.0.0.1:1'
    const { code, out, err } = await runKeelson(
      ['start', '--check', '--empty', '--port', '0', '--data-dir', path, '--transport', transport],
      { folder },
    )
    expect([code, out]).toEqual([6, ''])
    expect(err).toContain('transport_unreachable')
    expect(err).not.toContain('hunter2')
  })
})
