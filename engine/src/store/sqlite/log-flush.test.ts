import { execFile } from 'node:child_process'
import { statSync, symlinkSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { sampleEvent } from '../../testing/index.ts'
import type { EventStore, UnitOfWork } from '../index.ts'
import { temporaryFolder } from './fixtures/temporary-store.ts'
import type { CommitMark } from './log-flush.ts'
import { FlushedLog } from './log-flush.ts'
import { QueryClient } from './query-client.ts'
import { openSqliteStore } from './sqlite-store.ts'

const run = promisify(execFile)
const acme = { tenantId: 'acme' } as const
const append = (store: EventStore) =>
  store.append('acme', [{ stream: 's', expected: 'any', events: [sampleEvent('acme')] }])
const unit = (id: string): UnitOfWork => ({
  scope: acme,
  documents: [{ tenantId: 'acme', collection: 'c', id, value: 1 }],
})
const markOf = async (store: EventStore) =>
  (await store.query(acme, 'SELECT writer, number FROM commit_mark', []))[0] as unknown as CommitMark

/** Whether it has resolved within some turns of the event loop and of the reader thread. */
async function isThere(promise: Promise<unknown>): Promise<boolean> {
  let isDone = false
  void promise.then(() => {
    isDone = true
  })
  for (let turn = 0; turn < 40 && !isDone; turn += 1) await new Promise(resolve => setTimeout(resolve, 5))
  return isDone
}

describe('a transaction', () => {
  it('has a mark of its own, but where it need not be on disk', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await append(store)
    const [writer, first] = await markOf(store)
    await store.commit(unit('a'))
    expect(await markOf(store)).toEqual([writer, first + 1])
    await store.commit({ ...unit('b'), durability: 'relaxed' })
    expect(await markOf(store)).toEqual([writer, first + 1])
    expect(await store.document('acme', 'c', 'b')).toMatchObject({ value: 1 })
    await store.close()
    const again = await folder.open()
    await append(again)
    const [other, one] = await markOf(again)
    expect([other === writer, one]).toEqual([false, 1])
  })

  it('that the disk does not take is refused, and all that follow, and nothing is read of it', async () => {
    await using folder = temporaryFolder()
    await (await folder.open()).close()
    const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url))
    const { stdout } = await run(
      process.execPath,
      [
        '--conditions=source',
        '--import',
        fixture('failing-disk'),
        fixture('failing-disk-child'),
        folder.path,
      ],
      { env: { ...process.env, DISK_FAILS: `${folder.path}.fails` } },
    )
    const said = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as [string, string])
    const refused = expect.stringMatching(/^store_failed: The disk did not take.*EIO.*start again$/)
    expect(said).toEqual([
      ['append', 'done'],
      ['append', refused],
      ['read', refused],
      ['append', refused],
      ['commit', refused],
      ['purge', refused],
      ['close', 'done'],
    ])
    // Nobody knows what a checkpoint would copy: the log is left to the next start, which looks at its checksums.
    expect(statSync(`${folder.path}-wal`).size).toBeGreaterThan(0)
    // Nothing but the disk's word was missing.
    const store = await folder.open()
    expect(await Array.fromAsync(store.readAll(acme))).toHaveLength(2)
  })
})

describe('what is read', () => {
  it('is given out when the transaction that it may be of is on disk', async () => {
    await using folder = temporaryFolder()
    await (await folder.open()).close()
    using database = new DatabaseSync(folder.path)
    const flushed = new FlushedLog(folder.path)
    flushed.begin('own')
    const client = new QueryClient(folder.path, flushed)
    const commit = (mark: CommitMark) =>
      database
        .prepare('INSERT OR REPLACE INTO commit_mark (one, writer, number) VALUES (1, ?, ?)')
        .run(...mark)
    commit(['own', 1])
    flushed.advance(1)
    expect(await client.query('SELECT 1', [])).toEqual([[1]])
    commit(['own', 3])
    const waiting = client.query('SELECT 2', [])
    flushed.advance(2)
    expect(await isThere(waiting)).toBe(false)
    flushed.advance(3)
    expect(await waiting).toEqual([[2]])
    // Of another process, or an earlier run of this one, it is flushed here.
    commit(['other', 9])
    expect(await client.query('SELECT 3', [])).toEqual([[3]])
    commit(['own', 4])
    flushed.fail(new Error('away'))
    await expect(client.query('SELECT 4', [])).rejects.toMatchObject({ code: 'store_failed' })
    await client.close()
  })

  it('and written through a link to the file is flushed where SQLite keeps the log', async () => {
    await using folder = temporaryFolder()
    await append(await folder.open())
    const path = `${folder.path}.link`
    symlinkSync(folder.path, path)
    const linked = await openSqliteStore({ path })
    try {
      expect(await Array.fromAsync(linked.readAll(acme))).toHaveLength(1)
      await append(linked)
      expect(await Array.fromAsync(linked.readAll(acme))).toHaveLength(2)
    } finally {
      await linked.close()
    }
  })

  it('is flushed once for each transaction of another process', async () => {
    await using folder = temporaryFolder()
    await (await folder.open()).close()
    using database = new DatabaseSync(folder.path)
    database.exec('SELECT * FROM commit_mark')
    const flushed = new FlushedLog(folder.path)
    const first = flushed.wait(['other', 1])
    expect(first).toBeInstanceOf(Promise)
    expect(flushed.wait(['other', 1])).toBe(first)
    const second = flushed.wait(['other', 2])
    expect(second).not.toBe(first)
    await Promise.all([first, second])
    await flushed.close()
  })
})
