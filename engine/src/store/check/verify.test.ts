import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleEvent } from '../../testing/index.ts'
import { portOf } from '../fixtures/port-of.ts'
import { createMemoryStore } from '../memory/index.ts'
import type { EventStore } from '../port.ts'
import { temporaryFolder } from '../sqlite/fixtures/temporary-store.ts'
import type { RecordedEvent, Scope } from '../types.ts'
import type { LogReport } from './verify.ts'
import { verifyLog } from './verify.ts'

const append = (store: EventStore, tenantId: string, stream: string, index: number) =>
  store.append(tenantId, [
    {
      stream,
      expected: 'any',
      events: [sampleEvent(tenantId, { eventId: `evt-${tenantId}-${index}`, payload: { index } })],
    },
  ])

/** Positions 1 to 7: of acme 1, 2, 3, 5 and 7 (the streams a a b a a), of globex 4 and 6. */
async function fill(store: EventStore): Promise<void> {
  const events = [
    ['acme', 'a'],
    ['acme', 'a'],
    ['acme', 'b'],
    ['globex', 'a'],
    ['acme', 'a'],
    ['globex', 'a'],
    ['acme', 'a'],
  ] as const
  for (const [index, [tenantId, stream]] of events.entries()) await append(store, tenantId, stream, index)
}

const run =
  (sql: string, ...params: (string | number | Uint8Array)[]) =>
  (database: DatabaseSync): void => {
    expect(database.prepare(sql).run(...params).changes).toBeGreaterThan(0)
  }

const problems = (report: LogReport): string[] =>
  report.faults.map(fault => `${fault.position}: ${fault.problem}`)

describe('verifyLog', () => {
  const folder = temporaryFolder()
  let store: EventStore
  let database: DatabaseSync

  beforeAll(async () => {
    store = await folder.open()
    await fill(store)
    database = new DatabaseSync(folder.path)
    // Another type must be there to be named.
    database.exec(
      "INSERT INTO event_type (name) VALUES ('Other'); CREATE TEMP TABLE untouched AS SELECT * FROM event",
    )
  })

  afterAll(async () => {
    database.close()
    await folder[Symbol.asyncDispose]()
  })

  /** The report on a log that someone changed past the store; all is put right again afterwards. */
  async function reportAfter(tamper: (database: DatabaseSync) => void): Promise<LogReport> {
    try {
      tamper(database)
      return await verifyLog(store)
    } finally {
      database.exec('BEGIN; DELETE FROM event; INSERT INTO event SELECT * FROM untouched; COMMIT')
    }
  }

  it('finds nothing in a log that nobody touched, and counts it', async () => {
    expect(await reportAfter(() => undefined)).toEqual({
      events: 7,
      tenants: 2,
      streams: 3,
      faults: [],
      isSound: true,
    })
  })

  it('finds nothing in an empty store', async () => {
    expect(await verifyLog(createMemoryStore())).toMatchObject({ events: 0, isSound: true })
  })

  it.each<[what: string, tamper: (database: DatabaseSync) => void, problem: string]>([
    [
      'a body',
      run(`UPDATE event SET body = replace(body, '"index":2', '"index":9') WHERE position = 3`),
      '3: the leaf does not commit to the body',
    ],
    [
      'a body that is no JSON any more',
      run(`UPDATE event SET body = '{' WHERE position = 3`),
      '3: the body is another event',
    ],
    [
      'a body that is no object',
      run(`UPDATE event SET body = 'null' WHERE position = 3`),
      '3: the body is another event',
    ],
    [
      'a leaf',
      run(`UPDATE event SET leaf = replace(leaf, '"kind":"event"', '"kind":"seal"') WHERE position = 3`),
      '3: the leaf hash is not that of the leaf',
    ],
    [
      'a leaf that is none',
      run(`UPDATE event SET leaf = 'x' WHERE position = 3`),
      '3: the leaf hash is not that of the leaf',
    ],
    [
      'a leaf hash',
      run('UPDATE event SET leaf_hash = ? WHERE position = 3', 'A'.repeat(43)),
      '3: the leaf hash is not that of the leaf',
    ],
    [
      'the leaf hash of the newest',
      run('UPDATE event SET leaf_hash = ? WHERE position = 7', 'A'.repeat(43)),
      '7: the leaf hash is not that of the leaf',
    ],
    [
      'a blind',
      run('UPDATE event SET blind = ? WHERE position = 3', new Uint8Array(32)),
      '3: the leaf does not commit to the body',
    ],
    [
      'a longer blind',
      run("UPDATE event SET blind = CAST(blind || x'00' AS BLOB) WHERE position = 3"),
      '3: the leaf does not commit to the body',
    ],
    [
      'an empty blind',
      run("UPDATE event SET blind = x'' WHERE position = 3"),
      '3: the leaf does not commit to the body',
    ],
    ['a sequence', run('UPDATE event SET sequence = 9 WHERE position = 3'), '3: sequence 9 follows 1'],
    ['a version', run('UPDATE event SET version = 9 WHERE position = 5'), '5: version 9 follows 2'],
    [
      'a stream',
      run(
        `UPDATE event SET stream = (SELECT id FROM stream WHERE name = 'b'), version = 2 WHERE position = 5`,
      ),
      '7: version 4 follows 2',
    ],
    [
      'a type',
      run(`UPDATE event SET type = (SELECT id FROM event_type WHERE name = 'Other') WHERE position = 3`),
      '3: the body is an event of another type',
    ],
    [
      'a tenant',
      run(`UPDATE event SET tenant = (SELECT id FROM tenant WHERE name = 'globex') WHERE position = 7`),
      '7: the body belongs to another tenant',
    ],
    ['a position', run('UPDATE event SET position = 12 WHERE position = 7'), '12: position 12 follows 6'],
    ['an event from the middle', run('DELETE FROM event WHERE position = 3'), '4: position 4 follows 2'],
    ['the first event', run('DELETE FROM event WHERE position = 1'), '2: position 2 follows 0'],
    [
      'the newest event',
      run('DELETE FROM event WHERE position = 7'),
      '7: the log of acme ends at 5, before its head',
    ],
    [
      'the newest events of all',
      run('DELETE FROM event WHERE position >= 6'),
      '6: the log of globex ends at 4, before its head',
    ],
  ])('sees that someone changed %s', async (_, tamper, problem) => {
    const report = await reportAfter(tamper)
    expect(report.isSound).toBe(false)
    expect(problems(report)).toContain(problem)
  })

  it('sees events that stand in each other’s place', async () => {
    const report = await reportAfter(database => {
      const columns = 'leaf, leaf_hash, blind, body'
      const rows = database
        .prepare(`SELECT ${columns} FROM event WHERE position IN (1, 2) ORDER BY position`)
        .all()
      const put = database.prepare(
        'UPDATE event SET leaf = ?, leaf_hash = ?, blind = ?, body = ? WHERE position = ?',
      )
      for (const [at, row] of rows.entries()) put.run(...(Object.values(row) as string[]), 2 - at)
    })
    expect(problems(report)).toContain('1: the previous hash is not that of the leaf before')
    expect(problems(report)).toContain('1: the leaf does not commit to the body')
  })

  it('sees a body that someone sealed anew with a leaf of its own', async () => {
    const report = await reportAfter(database => {
      const { leaf, leaf_hash, blind, body } = database
        .prepare('SELECT * FROM event WHERE position = 2')
        .get() as Record<string, string>
      const put = database.prepare(
        'UPDATE event SET leaf = ?, leaf_hash = ?, blind = ?, body = ? WHERE position = 3',
      )
      put.run(leaf as string, leaf_hash as string, blind as string, body as string)
    })
    expect(problems(report)).toContain('3: the previous hash is not that of the leaf before')
  })

  it('sees a time before the one before', async () => {
    const report = await reportAfter(
      run(`UPDATE event SET leaf = replace(leaf, '"t":"2', '"t":"1') WHERE position = 3`),
    )
    expect(problems(report)).toContain('3: the time recorded is before that of the leaf before')
  })

  it('lists at most a hundred faults', async () => {
    const many = Array.from({ length: 150 }, () => sampleEvent('acme'))
    const memory = createMemoryStore()
    await memory.append('acme', [{ stream: 's', expected: 'any', events: many }])
    async function* withoutBodies(): AsyncGenerator<RecordedEvent> {
      for await (const event of memory.readAll({ tenantId: 'acme' }))
        yield { ...event, envelope: event.envelope, body: '{}' }
    }
    const changed = { ...portOf(memory), readAll: withoutBodies }
    expect((await verifyLog(changed)).faults).toHaveLength(100)
  })

  it('ends by an abort', async () => {
    await expect(verifyLog(store, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })

  it('takes an event that comes while it reads for no fault', async () => {
    const memory = createMemoryStore()
    await fill(memory)
    const head = async (scope: Scope) => {
      await append(memory, 'acme', 'late', (await memory.head(scope)) + 100)
      return memory.head(scope)
    }
    expect((await verifyLog({ ...portOf(memory), head })).faults).toEqual([])
    expect(await memory.head({ tenantId: 'acme' })).toBeGreaterThan(7)
  })
})
