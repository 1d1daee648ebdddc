import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { LogReport } from 'keelson'
import { verifyLog } from 'keelson'
import { openSqliteStore } from 'keelson/sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Audit } from './crash/audit.ts'
import type { Entry } from './crash/ledger.ts'
import { Ledger } from './crash/ledger.ts'
import { adminKey, Load, tenants } from './crash/load.ts'
import { Random } from './crash/random.ts'
import { callApi, KeelsonProcess, removeFolder, scratchFolder } from './process/keelson.ts'

/** Kills under load; more of them in a long run. */
const rounds = Number(process.env['KEELSON_CRASH_KILLS'] ?? 10)
/** Give the seed of a failed run to choose the same events, sizes and moments. */
const seed = Number(process.env['KEELSON_CRASH_SEED'] ?? Date.now() % 1_000_000)

let folder: string
let latest: KeelsonProcess | undefined
beforeAll(async () => {
  folder = await scratchFolder('crash')
})
afterAll(async () => {
  await latest?.end('SIGKILL')
  await removeFolder(folder)
})

function launch(): KeelsonProcess {
  const args = ['start', '--empty', '--json', '--port', '0', '--data-dir', join(folder, 'data')]
  latest = new KeelsonProcess(args, { folder, environment: { KEELSON_BOOTSTRAP_KEY: adminKey } })
  return latest
}

/** Starts the server; now and then it is killed first while it opens what the last one left. */
async function restart(random: Random): Promise<{ keelson: KeelsonProcess; url: string; early: number }> {
  let early = 0
  while (random.chance(0.3)) {
    const halfOpen = launch()
    await wait(random.integer(20, 600))
    await halfOpen.end('SIGKILL')
    early += 1
  }
  const keelson = launch()
  const { url } = await keelson.ready()
  return { keelson, url, early }
}

/** Opens the files as they lie there, copied so that the server has to recover them by itself, and checks the log. */
async function verifyCopy(round: number): Promise<LogReport> {
  const copy = join(folder, `copy-${round}`)
  await mkdir(copy)
  for (const name of ['keelson.db', 'keelson.db-wal'])
    await copyFile(join(folder, 'data', name), join(copy, name))
  const report = await verify(join(copy, 'keelson.db'))
  await removeFolder(copy)
  return report
}

async function verify(path: string): Promise<LogReport> {
  const store = await openSqliteStore({ path })
  try {
    return await verifyLog(store)
  } finally {
    await store.close()
  }
}

async function makeTenants(url: string): Promise<void> {
  for (const id of tenants) await callApi(url, '/v1/tenants', { key: adminKey, method: 'POST', body: { id } })
}

/**
 * Runs the clients, and kills the server: half of the times in the moment of an answer, when what it tells of was
 * written just now, else at any moment.
 */
async function killUnderLoad(keelson: KeelsonProcess, load: Load, random: Random): Promise<void> {
  const clients = load.run()
  const delay = random.chance(0.5) ? 0 : random.integer(1, 60)
  const moment = load.reached(random.integer(1, 600)).then(() => (delay === 0 ? undefined : wait(delay)))
  await Promise.race([moment, clients])
  load.killing()
  expect(await keelson.end('SIGKILL')).toBe('SIGKILL')
  await clients
}

test(`a server killed ${rounds} times under load loses nothing that it acknowledged`, {
  timeout: 60_000 + rounds * 12_000,
}, async () => {
  const random = new Random(seed)
  const ledger = new Ledger(random)
  const audit = new Audit(ledger)
  const hint = `KEELSON_CRASH_SEED=${seed}`
  let { keelson, url, early } = await restart(random)
  let kills = early
  const unanswered = new Set<Entry>()
  const kept = new Set<Entry>()
  await makeTenants(url)

  for (let round = 1; round <= rounds; round += 1) {
    const load = new Load({ url, ledger, random, round })
    await killUnderLoad(keelson, load, random)
    expect(load.acknowledged, `no load in round ${round}, ${hint}`).toBeGreaterThan(0)
    expect(load.broken, `nothing under way in round ${round}, ${hint}`).toBeGreaterThan(0)
    const left = await verifyCopy(round)
    expect(left.faults, `round ${round}, ${hint}`).toEqual([])
    ;({ keelson, url, early } = await restart(random))
    kills += early + 1
    expect(await audit.check(url), `round ${round}, ${hint}`).toEqual([])
    expect(left.events, `round ${round}, ${hint}`).toBe(audit.position)
    for (const entry of ledger.pending) {
      unanswered.add(entry)
      if (entry.place) kept.add(entry)
    }
  }

  // What no answer came for is sent once more; then the log has every event that was ever sent, once.
  await new Load({ url, ledger, random, round: rounds + 1 }).settle(ledger.takeAllPending())
  expect(ledger.pending).toEqual([])
  const whole = new Audit(ledger)
  expect(await whole.check(url), hint).toEqual([])
  const entries = [...ledger.entries.values()]
  expect(entries.filter(entry => !entry.isAcknowledged)).toEqual([])
  expect(whole.position, hint).toBe(entries.length + whole.aboutImports)
  await expectRepeatsToBeKnown(url, ledger, random)
  await expectReadModelToAgree(url, ledger, whole.position)
  expect(await keelson.end('SIGTERM'), keelson.errors).toBe(0)

  const path = join(folder, 'data', 'keelson.db')
  const report = await verify(path)
  expect(report).toMatchObject({ faults: [], isSound: true, events: whole.position, tenants: tenants.length })
  expect(await projectedRows(path)).toEqual([[whole.position, 1, whole.position, whole.position]])
  console.log(
    `crash test, seed ${seed}: ${kills} kills, ${kills - rounds} of them while starting; ${whole.position} events, ` +
      `${unanswered.size} of them unanswered at a kill, of which ${kept.size} were stored all the same`,
  )
})

/** Sending again what was acknowledged long ago gives the first receipt and adds nothing. */
async function expectRepeatsToBeKnown(url: string, ledger: Ledger, random: Random): Promise<void> {
  const some = [...ledger.entries.values()].filter(() => random.chance(0.05))
  await new Load({ url, ledger, random, round: 0 }).settle(some)
  expect(some.length).toBeGreaterThan(0)
  expect(ledger.faults).toEqual([])
}

/** The words of a round find the events of that round, and the read model stands at the head of the log. */
async function expectReadModelToAgree(url: string, ledger: Ledger, head: number): Promise<void> {
  const entries = [...ledger.entries.values()]
  for (let round = 1; round <= rounds; round += 1) {
    for (const tenant of tenants) {
      const path = `/v1/events/facets?q=round${round}`
      const { body } = await callApi(url, path, { key: adminKey, tenant })
      const written = entries.filter(
        entry =>
          entry.round === round && entry.tenantId === tenant && 'actor' in (entry.event['payload'] as object),
      )
      expect((body as { total: number }).total, `${tenant}, round ${round}`).toBe(written.length)
    }
  }
  const { body } = await callApi(url, '/readyz', { key: adminKey })
  expect(body).toMatchObject({ status: 'ready', projections: [{ position: head }] })
}

async function projectedRows(path: string): Promise<unknown> {
  const store = await openSqliteStore({ path })
  const sql = 'SELECT count(*), min(position), max(position), count(DISTINCT event_id) FROM audit_event'
  try {
    return await store.query({ tenantId: 'every tenant' }, sql, [])
  } finally {
    await store.close()
  }
}
