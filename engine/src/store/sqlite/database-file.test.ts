import { chmodSync, copyFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { append, event, failure } from './fixtures/steps.ts'
import { temporaryFolder } from './fixtures/temporary-store.ts'
import { openSqliteStore } from './sqlite-store.ts'

const endings = ['', '-wal', '-shm']
const modesOf = (path: string) => endings.map(ending => statSync(path + ending).mode & 0o777)

describe.runIf(process.platform !== 'win32')('the files of a store', () => {
  it('are for their owner alone, from the first event on', async () => {
    await using folder = temporaryFolder()
    await append(await folder.open())
    expect(modesOf(folder.path)).toEqual([0o600, 0o600, 0o600])
  })

  it('are taken from everybody else where they were there before', async () => {
    await using folder = temporaryFolder()
    await append(await folder.open())
    const path = `${folder.path}.older`
    // As a process leaves them that was killed.
    for (const ending of endings) {
      copyFileSync(folder.path + ending, path + ending)
      chmodSync(path + ending, 0o644)
    }
    const store = await openSqliteStore({ path })
    try {
      expect([await store.head({ tenantId: 'acme' }), modesOf(path)]).toEqual([1, [0o600, 0o600, 0o600]])
    } finally {
      await store.close()
    }
  })

  it('stay as they are where they are not those of a store', async () => {
    await using folder = temporaryFolder()
    writeFileSync(folder.path, 'A text of somebody else. '.repeat(100))
    chmodSync(folder.path, 0o644)
    expect(await failure(folder.open())).toBe('store_foreign')
    expect(statSync(folder.path).mode & 0o777).toBe(0o644)
  })
})

describe('the file of a store', () => {
  it('is refused where it holds the tables of something else', async () => {
    await using folder = temporaryFolder()
    const database = new DatabaseSync(folder.path)
    database.exec('CREATE TABLE customer (id INTEGER PRIMARY KEY)')
    database.close()
    expect(await failure(folder.open())).toBe('store_foreign')
    const again = new DatabaseSync(folder.path)
    expect(again.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'customer' }])
    again.close()
  })

  it('is waited for where another process begins it at this moment', async () => {
    await using folder = temporaryFolder()
    const other = new DatabaseSync(folder.path)
    other.exec('BEGIN IMMEDIATE')
    const opened = folder.open()
    setTimeout(() => other.close(), 300)
    expect(await (await opened).head({ tenantId: 'acme' })).toBe(0)
  })

  it('is refused where it is no database', async () => {
    await using folder = temporaryFolder()
    writeFileSync(folder.path, 'This is a text, and not a database at all. '.repeat(100))
    expect(await failure(folder.open())).toBe('store_foreign')
  })

  it('is refused where a newer version made it', async () => {
    await using folder = temporaryFolder()
    await (await folder.open()).close()
    const database = new DatabaseSync(folder.path)
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
      user_version: number
    }
    database.exec(`PRAGMA user_version = ${version + 1}`)
    database.close()
    expect(await failure(folder.open())).toBe('store_too_new')
  })

  it('is made with the folders above it', async () => {
    await using folder = temporaryFolder()
    const store = await openSqliteStore({ path: `${folder.path}.d/a/b/store.db` })
    try {
      expect((await append(store))[0]?.position).toBe(1)
    } finally {
      await store.close()
      rmSync(`${folder.path}.d`, { recursive: true })
    }
  })

  it.each([':memory:', '', 'file::memory:', 'file:store.db?mode=memory'])(
    'is needed: %j is refused, and no thread stays',
    async path => {
      const before = process.getActiveResourcesInfo()
      await expect(openSqliteStore({ path })).rejects.toMatchObject({
        code: 'store_unwritable',
        message: expect.stringContaining('keelson/memory'),
      })
      const threads = (resources: readonly string[]) =>
        resources.filter(resource => resource === 'MessagePort' || resource === 'Worker').length
      expect(threads(process.getActiveResourcesInfo())).toBe(threads(before))
    },
  )

  it('is whole in itself when it is closed', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await append(store, [event(), event()])
    await store.close()
    const copy = `${folder.path}.copy`
    copyFileSync(folder.path, copy)
    const database = new DatabaseSync(copy)
    expect(database.prepare('SELECT count(*) AS events FROM event').get()).toEqual({ events: 2 })
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    database.close()
  })
})
