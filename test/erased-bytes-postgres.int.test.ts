import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { startCluster } from '../engine/src/store/postgres/fixtures/cluster.ts'
import { startTestServer } from '../server/src/start/fixtures/test-server.ts'
import { leftovers } from './erasure/leftovers.ts'
import { erase, spread, values } from './erasure/person.ts'

/** The statements of the guide; `\gexec` carries out what a query gives, as `psql` does. */
function statementsOfGuide(): readonly string[] {
  const guide = readFileSync(new URL('../docs/how-to/erase-a-person.md', import.meta.url), 'utf8')
  const block = /```sql\n([\s\S]+?)```/.exec(guide)?.[1] as string
  return block.split(/(?<=;|\\gexec)\n(?!END)(?! )/).filter(text => text.trim() !== '')
}

test("no byte of a person is left in PostgreSQL's files after an erasure and what the guide says", async () => {
  const archive = mkdtempSync(join(tmpdir(), 'keelson-archive-'))
  await using cluster = await startCluster()
  const { host, port, user, database } = cluster.connection
  const client = new pg.Client(cluster.connection)
  await client.connect()
  const server = await startTestServer({
    archive,
    database: `postgres://${user}@${host}:${port}/${database}`,
  })
  try {
    await spread(server, archive)
    // What was in a file of the log lies in one that comes later, too.
    for (const sql of ['SELECT pg_switch_wal()', 'CHECKPOINT', 'SELECT pg_switch_wal()', 'CHECKPOINT'])
      await client.query(sql)
    await erase(server)
    const [email] = values
    expect(leftovers(cluster.dataFolder, [email]).map(found => found.split('/')[0])).toContain('pg_wal')
    for (const statement of statementsOfGuide()) {
      const [query, isExecuted] = statement.split('\\gexec')
      const { rows } = await client.query({ text: query as string, rowMode: 'array' })
      if (isExecuted !== undefined)
        for (const [text] of rows as string[][]) await client.query(text as string)
    }
    expect(leftovers(cluster.dataFolder, [...values, 'Quixotiana'])).toEqual([])
    const { rows } = await client.query('SHOW wal_recycle')
    expect(rows).toEqual([{ wal_recycle: 'on' }])
    const { body } = await server.call<{ data: unknown[] }>('/v1/events', { key: server.keys.acme.reader })
    expect(body.data.length).toBeGreaterThan(5)
  } finally {
    await client.end()
    await server.stop()
    rmSync(archive, { recursive: true, force: true })
  }
}, 90_000)
