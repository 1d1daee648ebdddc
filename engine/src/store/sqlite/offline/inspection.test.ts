import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../core/index.ts'
import { canonicalJson } from '../../../core/index.ts'
import { commitBody } from '../../../proof/index.ts'
import { sampleEvent } from '../../../testing/index.ts'
import type { DoctorReport } from '../../check/doctor.ts'
import { examineStore } from '../../check/doctor.ts'
import { faultTable } from '../../check/fault.ts'
import { damages, seedStore } from '../../check/fixtures/damage.ts'
import type { TemporaryFolder } from '../fixtures/temporary-store.ts'
import { temporaryFolder } from '../fixtures/temporary-store.ts'
import { inspectSqliteStore } from './inspection.ts'

let folder: TemporaryFolder
beforeAll(async () => {
  folder = temporaryFolder()
  const store = await folder.open()
  await seedStore(store)
  await store.close()
})
afterAll(() => folder[Symbol.asyncDispose]())

/** A copy of the seeded store, damaged by SQL. */
function damagedStore(sql: readonly string[] = []): string {
  const path = join(folder.path, '..', `damaged-${crypto.randomUUID()}.db`)
  copyFileSync(folder.path, path)
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false })
  for (const statement of sql) expect(database.prepare(statement).run().changes, statement).toBeGreaterThan(0)
  database.close()
  return path
}

async function examine(path: string): Promise<DoctorReport> {
  const inspection = inspectSqliteStore({ path })
  try {
    return await examineStore(inspection, { tenants: [] })
  } finally {
    await inspection.close()
  }
}

const namesOf = ({ faults }: DoctorReport): string[] => faults.map(({ name }) => name).sort()

describe('the doctor on SQLite', () => {
  it('finds a sound store sound, and counts what is there', async () => {
    expect(await examine(folder.path)).toEqual({
      store: folder.path,
      schema: 4,
      shards: 1,
      events: 14,
      tenants: 2,
      streams: 6,
      documents: 4,
      faults: [],
      isSound: true,
    })
  })

  it.each(damages)('finds that $what', async ({ sql, finds }) => {
    expect(namesOf(await examine(damagedStore(sql)))).toEqual([...finds].sort())
  })

  it('is tried with every fault that it has a name for', () => {
    const elsewhere = ['database-damaged', 'schema-old', 'move-unfinished', 'log-head']
    const ofArchive = ['archive-missing', 'archive-damaged', 'archive-incomplete']
    const tried = new Set([...damages.flatMap(({ finds }) => finds), ...elsewhere, ...ofArchive])
    expect([...tried].sort()).toEqual(Object.keys(faultTable).sort())
  })

  it('tells where a fault is, and what to do', async () => {
    const { faults, isSound } = await examine(damagedStore(['DELETE FROM event_id WHERE position IN (8, 9)']))
    expect(isSound).toBe(false)
    expect(faults).toEqual([
      {
        name: 'event-id-missing',
        meaning: expect.stringContaining('not found by its id'),
        remedy: expect.stringContaining('backup'),
        count: 2,
        findings: [8, 9].map(position => ({
          shard: 0,
          position,
          tenant: 'acme',
          problem: expect.stringMatching(/^the event evt-\w+ is not found by its id$/),
        })),
      },
    ])
  })

  it('finds a damaged file, and says where reading ends', async () => {
    const path = damagedStore()
    const database = new DatabaseSync(path)
    const page = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'event_link'").get()
    database.close()
    const bytes = readFileSync(path)
    bytes.fill(0xff, (Number(page?.['rootpage']) - 1) * 4096, Number(page?.['rootpage']) * 4096)
    writeFileSync(path, bytes)
    const { faults } = await examine(path)
    expect(faults.map(({ name }) => name)).toEqual(['database-damaged'])
    expect(faults[0]?.findings.at(-1)?.problem).toContain('reading ends here')
  })

  it('looks at a store while it is being written to', async () => {
    await using running = temporaryFolder()
    const store = await running.open()
    await seedStore(store)
    const inspection = inspectSqliteStore({ path: running.path })
    const write = { stream: 'late', expected: 'any', events: [sampleEvent('acme')] } as const
    await store.append('acme', [write])
    const report = await examineStore(inspection, { tenants: [] })
    await inspection.close()
    expect([report.isSound, report.events]).toEqual([true, 14])
    expect((await examine(running.path)).events).toBe(15)
  })

  it('takes a redacted body for sound where a later leaf records it', async () => {
    await using redacted = temporaryFolder()
    const store = await redacted.open()
    await store.append('acme', [{ stream: 's', expected: 'none', events: [sampleEvent('acme')] }])
    const [event] = await store.readPositions('acme', [1])
    if (!event) throw new Error('the event is not there')
    const blind = Buffer.alloc(32, 7)
    const body = canonicalJson({ ...event.envelope, payload: {} } as unknown as JsonObject)
    const redactions = [{ tenantId: 'acme', position: 1, body, blind: blind.toString('base64url') }]
    await store.commit({ scope: { tenantId: 'acme' }, redactions })
    expect(namesOf(await examine(redacted.path))).toEqual(['body-damaged'])
    const payload = { n: 0, leaf: event.leafHash, body: commitBody(body, blind) }
    const record = { ...sampleEvent('acme', { payload }), kind: 'redaction' } as const
    await store.append('acme', [{ stream: '$log', expected: 'any', events: [record] }])
    expect(namesOf(await examine(redacted.path))).toEqual([])
  })

  it('says that a schema is old, and refuses a newer one, a foreign file and none at all', async () => {
    expect(namesOf(await examine(damagedStore([])))).toEqual([])
    const withPragma = (pragma: string) => {
      const path = damagedStore()
      const database = new DatabaseSync(path)
      database.exec(pragma)
      database.close()
      return path
    }
    expect(namesOf(await examine(withPragma('PRAGMA user_version = 2')))).toEqual(['schema-old'])
    await expect(examine(withPragma('PRAGMA user_version = 99'))).rejects.toThrow(
      expect.objectContaining({ code: 'store_too_new' }),
    )
    await expect(examine(withPragma('PRAGMA application_id = 1'))).rejects.toThrow(
      expect.objectContaining({ code: 'store_foreign' }),
    )
    await expect(examine(`${folder.path}-not-there`)).rejects.toThrow(
      expect.objectContaining({ code: 'store_not_found' }),
    )
  })
})
