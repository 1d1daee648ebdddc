import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { OutboxFixture } from './fixtures/outbox-cases.ts'
import { outboxCases, publisherOf } from './fixtures/outbox-cases.ts'
import { OutboxRelay, outboxSchema, SqliteOutbox, writeOutboxSync } from './index.ts'

async function withOutbox(work: (fixture: OutboxFixture) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-outbox-'))
  const open: DatabaseSync[] = []
  const database = () => {
    const one = new DatabaseSync(join(folder, 'shop.db'), { timeout: 5_000 })
    one.exec('PRAGMA journal_mode = WAL')
    open.push(one)
    return one
  }
  const own = database()
  for (const statement of outboxSchema('sqlite')) own.exec(statement)
  try {
    await work({
      source: () => new SqliteOutbox({ database: database(), leaseTime: 2_000 }),
      async write(events) {
        own.exec('BEGIN')
        writeOutboxSync(own, events)
        own.exec('COMMIT')
      },
      sql: async text => own.exec(text),
    })
  } finally {
    for (const one of open) one.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('an outbox on SQLite', () => {
  outboxCases(withOutbox)

  it('takes rows that are written by hand, and sets aside what is no JSON', () =>
    withOutbox(async ({ sql, source }) => {
      const { publisher, seen } = publisherOf()
      await sql(`INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, tenantid) VALUES
        ('a', 'Order', '1', 'SampleHappened', '{"index":', 'acme'),
        ('b', 'Order', '1', 'SampleHappened', '{"index":7}', 'acme')`)
      const relay = new OutboxRelay({ source: source(), publisher, pollEvery: 5 })
      relay.start()
      await expect.poll(() => seen).toEqual([7])
      await expect.poll(async () => (await relay.status()).dead).toBe(1)
      await relay.close()
    }))
})
