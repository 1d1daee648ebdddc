import { verifyLog } from 'keelson'
import { openPostgresStore } from 'keelson/postgres'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TemporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'
import { temporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'
import { Audit } from './crash/audit.ts'
import { Ledger } from './crash/ledger.ts'
import { adminKey, Load, tenants } from './crash/load.ts'
import { Random } from './crash/random.ts'
import { callApi, KeelsonProcess, removeFolder, scratchFolder } from './process/keelson.ts'

const rounds = 2
const seed = Number(process.env['KEELSON_CRASH_SEED'] ?? Date.now() % 1_000_000)

interface Server {
  readonly keelson: KeelsonProcess
  readonly url: string
}

let folder: string
let database: TemporaryDatabase
const running = new Set<KeelsonProcess>()
beforeAll(async () => {
  folder = await scratchFolder('crash-servers')
  database = await temporaryDatabase()
})
afterAll(async () => {
  for (const keelson of running) await keelson.end('SIGKILL')
  await database?.[Symbol.asyncDispose]()
  await removeFolder(folder)
})

async function start(): Promise<Server> {
  const { host, port, user, password, database: name } = database.connection
  const who = password === undefined ? user : `${user}:${encodeURIComponent(password)}`
  const keelson = new KeelsonProcess(['start', '--empty', '--json', '--port', '0'], {
    folder,
    environment: {
      KEELSON_BOOTSTRAP_KEY: adminKey,
      KEELSON_DATABASE_URL: `postgres://${who}@${host}:${port}/${name}`,
    },
  })
  running.add(keelson)
  return { keelson, url: (await keelson.ready()).url }
}

async function kill({ keelson }: Server, load: Load): Promise<void> {
  load.killing()
  expect(await keelson.end('SIGKILL')).toBe('SIGKILL')
  running.delete(keelson)
}

test('of two servers on one PostgreSQL each may be killed under load; nothing that either acknowledged is lost', {
  timeout: 180_000,
}, async () => {
  const random = new Random(seed)
  const hint = `KEELSON_CRASH_SEED=${seed}`
  const ledger = new Ledger(random)
  const audit = new Audit(ledger)
  let servers = await Promise.all([start(), start()])
  const [{ url }] = servers
  for (const id of tenants) await callApi(url, '/v1/tenants', { key: adminKey, method: 'POST', body: { id } })

  for (let round = 1; round <= rounds; round += 1) {
    // They share the book: what one server did not answer is sent to the other.
    const [first, second] = servers.map(server => new Load({ url: server.url, ledger, random, round })) as [
      Load,
      Load,
    ]
    const clients = [first.run(), second.run()]
    await Promise.race([first.reached(random.integer(1, 600)), ...clients])
    await kill(servers[0] as Server, first)
    // The other one is not held up by what the killed one left behind.
    await Promise.race([second.reached(second.acknowledged + random.integer(100, 600)), clients[1]])
    await kill(servers[1] as Server, second)
    await Promise.all(clients)
    expect(second.acknowledged, hint).toBeGreaterThan(100)
    servers = await Promise.all([start(), start()])
    expect(await audit.check(servers[round % 2]?.url as string), `round ${round}, ${hint}`).toEqual([])
  }

  const last = (servers[1] as Server).url
  await new Load({ url: last, ledger, random, round: 0 }).settle(ledger.takeAllPending())
  expect(ledger.pending).toEqual([])
  const whole = new Audit(ledger)
  expect(await whole.check(last), hint).toEqual([])
  expect([...ledger.entries.values()].filter(entry => !entry.isAcknowledged)).toEqual([])
  expect(whole.position, hint).toBe(ledger.entries.size + whole.aboutImports)
  for (const { keelson } of servers) expect(await keelson.end('SIGTERM'), keelson.errors).toBe(0)
  running.clear()
  await expectSoundLog(whole.position)
  console.log(`crash test of two servers, seed ${seed}: ${2 * rounds} kills, ${whole.position} events`)
})

async function expectSoundLog(events: number): Promise<void> {
  const pool = new pg.Pool({ ...database.connection, max: 4 })
  const store = await openPostgresStore({ pool })
  try {
    expect(await verifyLog(store)).toMatchObject({ faults: [], isSound: true, events })
  } finally {
    await store.close()
    await pool.end()
  }
}
