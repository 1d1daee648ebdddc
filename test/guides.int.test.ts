import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import type { EventStore } from 'keelson'
import { openPostgresStore } from 'keelson/postgres'
import { openSqliteStore } from 'keelson/sqlite'
import { sampleEvent } from 'keelson/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from '../engine/src/store/postgres/fixtures/cluster.ts'
import { startCluster } from '../engine/src/store/postgres/fixtures/cluster.ts'
import { startTestServer } from '../server/src/start/fixtures/test-server.ts'

const root = join(import.meta.dirname, '..')

/** The shell commands of a guide's section, as they stand there. */
function commandsOf(guide: string, heading?: string): string[] {
  const text = readFileSync(join(root, 'docs/how-to', guide), 'utf8')
  const sections = text.split(/^## /m)
  const chosen = heading === undefined ? sections : sections.filter(section => section.startsWith(heading))
  const found = chosen.flatMap(section => [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)])
  expect(found.length, `${guide} ${heading ?? ''}`).toBeGreaterThan(0)
  return found.map(match => match[1] as string)
}

let cluster: Cluster
let folder: string
const pools: pg.Pool[] = []

beforeAll(async () => {
  cluster = await startCluster()
  folder = mkdtempSync(join(tmpdir(), 'keelson-guides-'))
  mkdirSync(join(folder, 'bin'))
  // `npx keelson` of a checkout is this command.
  const keelson = join(root, 'server/bin/keelson.js')
  writeFileSync(join(folder, 'bin/npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${keelson}" "$@"\n`)
  chmodSync(join(folder, 'bin/npx'), 0o755)
})
afterAll(async () => {
  await Promise.all(pools.map(pool => pool.end()))
  await cluster[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs commands one after the other in a folder of its own, and gives what they printed. */
async function run(
  where: string,
  commands: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const path = [join(folder, 'bin'), cluster.binaries.folder, process.env['PATH']].join(delimiter)
  const script = commands.join('\n')
  const { stdout } = await promisify(execFile)('bash', ['--norc', '-eo', 'pipefail', '-c', script], {
    cwd: where,
    // Somebody may have a server on the port that the guides leave unsaid.
    env: { PATH: path, HOME: folder, KEELSON_PORT: '0', ...environment },
  })
  return stdout
}

async function fill(store: EventStore): Promise<void> {
  for (const stream of ['Order-1', 'Order-2'])
    await store.append('acme', [
      { stream, expected: 'none', events: [1, 2, 3].map(() => sampleEvent('acme')) },
    ])
  await store.close()
}

/** A working folder with a store in `.keelson`, which is where commands look when nothing else is said. */
async function workFolder(): Promise<string> {
  const made = mkdtempSync(join(folder, 'work-'))
  await fill(await openSqliteStore({ path: join(made, '.keelson/keelson.db'), durability: 'relaxed' }))
  // As a first start makes it.
  const key = randomBytes(32).toString('base64')
  writeFileSync(join(made, '.keelson/master.key'), key, { mode: 0o600 })
  return made
}

const urlOf = (database: string, user = 'postgres') =>
  `postgres://${user}@127.0.0.1:${cluster.connection.port}/${database}`

async function administer(sql: string, database = 'postgres'): Promise<void> {
  const client = new pg.Client(urlOf(database))
  await client.connect()
  await client.query(sql)
  await client.end()
}

async function openDatabase(url: string): Promise<EventStore> {
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  pools.push(pool)
  return openPostgresStore({ pool })
}

describe('the commands of the guide', () => {
  it('"Check a store" work', async () => {
    expect(await run(await workFolder(), commandsOf('check-a-store.md'))).toContain('Sound')
  })

  it('"Back up and restore" work for a data folder', async () => {
    const work = await workFolder()
    const out = await run(work, commandsOf('back-up-and-restore.md', 'A data folder'))
    expect(out).toMatch(/on disk and checked[\s\S]*Sound[\s\S]*Everything is in order/)
  })

  it('"Back up and restore" work for PostgreSQL', { timeout: 60_000 }, async context => {
    if (!cluster.binaries.hasDump) return context.skip('pg_dump is not installed')
    await administer('CREATE DATABASE saved')
    await administer('CREATE DATABASE restored')
    await fill(await openDatabase(urlOf('saved')))
    const out = await run(await workFolder(), commandsOf('back-up-and-restore.md', 'PostgreSQL'), {
      KEELSON_DATABASE_URL: urlOf('saved'),
      RESTORED_URL: urlOf('restored'),
    })
    expect(out).toMatch(/^Events +6$[\s\S]*Sound[\s\S]*Everything is in order/m)
    const store = await openDatabase(urlOf('restored'))
    const head = await store.head({ tenantId: 'every tenant' })
    const [receipt] = await store.append('acme', [
      { stream: 'Order-1', expected: 3, events: [sampleEvent('acme')] },
    ])
    expect(receipt).toMatchObject({ position: head + 1, version: 4 })
    await store.close()
  })

  it('"Back up and restore" refuse a user who does not see every row', { timeout: 60_000 }, async context => {
    if (!cluster.binaries.hasDump) return context.skip('pg_dump is not installed')
    await administer('CREATE DATABASE any_store')
    await fill(await openDatabase(urlOf('any_store')))
    await administer('CREATE ROLE keeper LOGIN; GRANT keelson_app TO keeper')
    await administer('CREATE DATABASE kept OWNER keeper')
    await fill(await openDatabase(urlOf('kept', 'keeper')))
    const [dump] = commandsOf('back-up-and-restore.md', 'PostgreSQL') as [string]
    const environment = { KEELSON_DATABASE_URL: urlOf('kept', 'keeper') }
    await expect(run(await workFolder(), [dump], environment)).rejects.toThrow('row-level security')
  })

  it('"Move to PostgreSQL, and back" work', { timeout: 60_000 }, async () => {
    await administer('CREATE DATABASE moved')
    const work = await workFolder()
    const out = await run(work, commandsOf('move-to-postgresql.md'), {
      KEELSON_DATABASE_URL: urlOf('moved'),
    })
    expect(out).toMatch(/all equal[\s\S]*Everything is in order[\s\S]*all equal/)
    expect(existsSync(join(work, 'moved-back/keelson.db'))).toBe(true)
  })

  it('"Check compatibility before a release" work', async () => {
    const out = await run(await workFolder(), commandsOf('check-compatibility.md'))
    expect(out).toMatch(/compatible[\s\S]*incompatible[\s\S]*not released/i)
    expect(out).toContain('maximum')
  })

  it('"Register event types of your own" work', async () => {
    const work = await workFolder()
    const server = await startTestServer()
    try {
      const environment = { KEELSON_URL: server.url, KEELSON_API_KEY: server.keys.acme.admin }
      const out = await run(work, commandsOf('register-event-types.md'), environment)
      expect(out).toMatch(/"stream":"Parcel-p-17"[\s\S]*ParcelScanned[\s\S]*"isCompatible":false/)
    } finally {
      await server.stop()
    }
  })

  it('"Seal, archive and delete streams" work', { timeout: 60_000 }, async () => {
    const work = await workFolder()
    const out = await run(work, commandsOf('archive-streams.md'))
    expect(out).toMatch(/finalEventCount +3[\s\S]*eventCount +3[\s\S]*Sound[\s\S]*tombstoned +count 3/)
    expect(out).toContain('Deleted the tenant acme')
    expect(readFileSync(join(work, 'acme.ndjson'), 'utf8')).toMatch(/"kind":"end"}\n$/)
  })
})
