import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../core/index.ts'
import { commitBody, leafHash, leafText, zeroHash } from '../../proof/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { verifyLog } from '../check/verify.ts'
import { temporaryFolder } from './fixtures/temporary-store.ts'

const schemaFile = (name: string): string =>
  readFileSync(new URL(`./schema/${name}`, import.meta.url), 'utf8')

/** Every table and index as SQLite has it, in the order of their names. */
function dump(path: string): string {
  using database = new DatabaseSync(path, { readOnly: true })
  const rows = database
    .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY tbl_name, type = 'index', name")
    .all() as { sql: string }[]
  return `${rows.map(({ sql }) => `${sql};`).join('\n\n')}\n`
}

describe('the schema', () => {
  it('is what schema.sql says', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await store.close()
    expect(dump(folder.path)).toBe(schemaFile('schema.sql'))
  })
})

describe('a store of the first schema', () => {
  it('is brought up to date, with links for what it holds', async () => {
    await using folder = temporaryFolder()
    const events = [
      {},
      { correlationId: 'corr-1', causationId: 'evt-cause', metadata: { tags: ['a', 'b'] } },
    ].map((input, index) => sampleEvent('acme', { ...input, payload: { index } }))
    {
      using database = new DatabaseSync(folder.path, { enableForeignKeyConstraints: false })
      database.exec(schemaFile('001-event-store.sql'))
      database.exec('PRAGMA application_id = 1262830924; PRAGMA user_version = 1')
      database.exec(
        "INSERT INTO stream VALUES (1, 1, 's', 2); INSERT INTO event_type VALUES (1, 'SampleHappened')",
      )
      let prev = zeroHash
      for (const [n, { envelope }] of events.entries()) {
        const [body, blind] = [canonicalJson(envelope), new Uint8Array(32).fill(n)]
        const t = '2026-06-11T09:00:01.000Z'
        const leaf = leafText({
          body: commitBody(body, blind),
          id: envelope.eventId,
          kind: 'event',
          n,
          prev,
          t,
        })
        prev = leafHash(leaf)
        database
          .prepare('INSERT INTO event VALUES (?, 1, ?, 1, ?, 1, 0, ?, ?, ?, ?)')
          .run(n + 1, n, n + 1, leaf, prev, blind, body)
        database.prepare('INSERT INTO event_id VALUES (1, ?, ?)').run(envelope.eventId, n + 1)
      }
      database.prepare("INSERT INTO tenant VALUES (1, 'acme', 2, ?, 1781168401000, 2)").run(prev)
    }
    const store = await folder.open()
    expect(await verifyLog(store)).toMatchObject({ events: 2, isSound: true })
    const find = async (filter: object) =>
      (await Array.fromAsync(store.readAll({ tenantId: 'acme' }, { filter }))).map(event => event.position)
    expect(await find({ correlationId: 'corr-1' })).toEqual([2])
    expect(await find({ correlationId: events[0]?.envelope.eventId })).toEqual([1])
    expect(await find({ causationId: 'evt-cause' })).toEqual([2])
    expect(await find({ query: [{ tags: ['b', 'a'] }] })).toEqual([2])
    const [next] = await store.append('acme', [{ stream: 's', expected: 2, events: [sampleEvent('acme')] }])
    expect(next).toMatchObject({ position: 3, sequence: 2, version: 3 })
    expect((await verifyLog(store)).isSound).toBe(true)
  })
})
