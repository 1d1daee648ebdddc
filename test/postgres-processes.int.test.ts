import type { EventStore, Receipt, RecordedEvent } from 'keelson'
import { verifyLog } from 'keelson'
import { openPostgresStore } from 'keelson/postgres'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TemporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'
import { temporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'
import { WorkerProcess } from './postgres/worker-process.ts'

const everyTenant = { tenantId: 'every tenant' } as const

let database: TemporaryDatabase
let pool: pg.Pool
let store: EventStore
const started: WorkerProcess[] = []
beforeAll(async () => {
  database = await temporaryDatabase()
  // They also meet where the schema is made: none is there yet.
  await startWorkers(3)
  pool = new pg.Pool({ ...database.connection, max: 4 })
  store = await openPostgresStore({ pool })
})
afterAll(async () => {
  for (const worker of started) worker.kill()
  await store?.close()
  await pool?.end()
  await database?.[Symbol.asyncDispose]()
})

async function startWorkers(count: number): Promise<void> {
  const fresh = Array.from({ length: count }, (_, at) => {
    return new WorkerProcess(started.length + at, database.connection)
  })
  started.push(...fresh)
  await Promise.all(fresh.map(worker => worker.told('ready')))
}

const acknowledged = (): Receipt[] => started.flatMap(worker => worker.acknowledged)

/** Everything that any process was told of is in the log, where it was told; gives what none was told of. */
async function expectAllToBeThere(): Promise<readonly RecordedEvent[]> {
  const found = new Map<string, RecordedEvent>()
  for await (const event of store.readAll(everyTenant)) found.set(event.eventId, event)
  const events = found.size
  for (const { eventId, position, leafHash } of acknowledged()) {
    const event = found.get(eventId)
    expect([event?.position, event?.leafHash], eventId).toEqual([position, leafHash])
    found.delete(eventId)
  }
  expect(await verifyLog(store)).toMatchObject({ faults: [], events })
  return [...found.values()]
}

test.each(['version', 'query'] as const)('of contenders in three processes one wins, by %s', async by => {
  const rounds = 30
  const code = by === 'version' ? 'version_conflict' : 'append_condition_failed'
  for (let round = 1; round <= rounds; round += 1) {
    const at = by === 'version' ? round : 1_000 + round
    const answers = await Promise.all(started.map(worker => worker.contend(at, by)))
    expect(answers.flatMap(({ won }) => won)).toHaveLength(1)
    expect(answers.flatMap(({ refused }) => refused)).toEqual(Array(11).fill(code))
  }
  expect(await expectAllToBeThere()).toEqual([])
})

test('processes append side by side, and go on when one of them is killed', { timeout: 60_000 }, async () => {
  const before = acknowledged().length
  const [victim, ...others] = started.slice(0, 3) as [WorkerProcess, WorkerProcess, WorkerProcess]
  for (const worker of [victim, ...others]) worker.send({ kind: 'load', callers: 8 })
  await expect.poll(() => victim.acknowledged.length).toBeGreaterThan(300)
  expect(await victim.end('SIGKILL')).toBe('SIGKILL')
  const atKill = others.map(worker => worker.acknowledged.length)
  for (const [at, worker] of others.entries())
    await expect.poll(() => worker.acknowledged.length).toBeGreaterThan((atKill[at] as number) + 200)
  for (const worker of others) {
    const stopped = worker.told('stopped')
    worker.send({ kind: 'stop' })
    await stopped
  }
  expect(acknowledged().length).toBeGreaterThan(before + 700)
  const untold = await expectAllToBeThere()
  // Only the killed one can have missed an answer.
  expect(new Set(untold.map(({ envelope }) => (envelope.payload as { number: string }).number))).toEqual(
    new Set(untold.length > 0 ? [victim.number] : []),
  )
  expect(started.reduce((sum, worker) => sum + worker.lost, 0)).toBeGreaterThan(0)
  for (const worker of others) expect(await worker.end('close')).toBe(0)
})
