import { existsSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { sampleEvent, sealedEvent } from '../../testing/index.ts'
import type { EventStore } from '../port.ts'
import { temporaryFolder } from './fixtures/temporary-store.ts'

/** Which of the texts a store's files have somewhere. */
function left(path: string, texts: readonly string[]): string[] {
  const files = [path, `${path}-wal`].filter(file => existsSync(file)).map(file => readFileSync(file))
  return texts.filter(text => files.some(file => file.includes(text)))
}

const note = (id: string, value?: string) => ({
  scope: { tenantId: 'acme' },
  documents: [{ tenantId: 'acme', collection: 'note', id, ...(value === undefined ? {} : { value }) }],
})

async function sealedAt(store: EventStore, position: number): Promise<string> {
  const [event] = await store.readPositions('acme', [position])
  return event?.secrets.split(':')[1] ?? ''
}

describe('purging a store', () => {
  it('leaves nothing of what was deleted in its files', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    const events = [
      sealedEvent('acme', { name: 'Ada' }, { name: 'k-a' }),
      sampleEvent('acme', { payload: { text: 'a-removed-body' } }),
      sampleEvent('acme', { payload: { text: 'a-body-that-stays' } }),
    ]
    await store.append('acme', [{ stream: 's', expected: 'none', events }])
    const sealed = await sealedAt(store, 1)
    // Enough documents that pages of them are split, which leaves copies between the rows.
    for (let at = 0; at < 200; at += 1)
      await store.commit(note(`${(at * 7919) % 200}`, `a-deleted-note-${at}-${'x'.repeat(300)}`))
    const texts = [sealed, 'a-removed-body', 'a-deleted-note']
    expect(left(folder.path, texts)).toEqual(texts)
    for (let at = 0; at < 200; at += 1) await store.commit(note(`${at}`))
    await store.commit({
      scope: { tenantId: 'acme' },
      bodies: [{ tenantId: 'acme', positions: [2], becomes: 'removed' }],
      secrets: [{ tenantId: 'acme', positions: [1], kids: ['k-a'] }],
    })
    await store.purge()
    expect(left(folder.path, texts)).toEqual([])
    expect(left(folder.path, ['a-body-that-stays'])).toHaveLength(1)
    expect(await sealedAt(store, 1)).toBe('')
  })

  it('also in full text indexes of read models', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await store.define([
      `CREATE VIRTUAL TABLE IF NOT EXISTS "the ""words" USING fts5 (text, content = '', contentless_delete = 1)`,
    ])
    const change = (sql: string, ...params: (string | number)[]) =>
      store.commit({ scope: { tenantId: 'acme' }, statements: [{ sql, params }] })
    for (const [row, word] of ['zuckerkandl', 'lovelace'].entries())
      await change('INSERT INTO "the ""words" (rowid, text) VALUES (?, ?)', row + 1, word)
    await change('DELETE FROM "the ""words" WHERE rowid = 1')
    expect(left(folder.path, ['zuckerkandl'])).toEqual(['zuckerkandl'])
    await store.purge()
    expect(left(folder.path, ['zuckerkandl'])).toEqual([])
    const found = 'SELECT rowid FROM "the ""words" WHERE "the ""words" MATCH ?'
    expect(await store.query({ tenantId: 'acme' }, found, ['lovelace'])).toEqual([[2]])
  })

  it('also of what an earlier version has left there', async () => {
    await using folder = temporaryFolder()
    await (await folder.open()).close()
    const text = 'left-by-an-earlier-version'
    {
      using database = new DatabaseSync(folder.path)
      database.exec('PRAGMA secure_delete = OFF')
      database.exec(
        `INSERT INTO document VALUES ('acme', 'c', 'd', 1, NULL, '"${text}"'); DELETE FROM document`,
      )
    }
    const store = await folder.open()
    expect(left(folder.path, [text])).toEqual([text])
    await store.purge()
    expect(left(folder.path, [text])).toEqual([])
  })

  it('is refused by a store that is closed', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await store.close()
    await expect(store.purge()).rejects.toMatchObject({ code: 'store_closed' })
  })
})
