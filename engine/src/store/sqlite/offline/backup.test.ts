import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { sampleEvent } from '../../../testing/index.ts'
import { examineStore } from '../../check/doctor.ts'
import { seedStore } from '../../check/fixtures/damage.ts'
import { temporaryFolder } from '../fixtures/temporary-store.ts'
import { openSqliteStore } from '../sqlite-store.ts'
import { backupSqliteStore } from './backup.ts'
import { inspectSqliteStore } from './inspection.ts'

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  )

const readFileText = (path: string): string => readFileSync(path, 'latin1')

describe('a backup', () => {
  it('has all that was acknowledged before it began, while others go on writing', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await seedStore(store)
    let isOver = false
    const acknowledged: string[] = []
    const writing = (async () => {
      while (!isOver) {
        const event = sampleEvent('acme', { payload: { text: 'x'.repeat(2000) } })
        const [receipt] = await store.append('acme', [{ stream: 'busy', expected: 'any', events: [event] }])
        acknowledged.push(receipt?.eventId as string)
        await setImmediate()
      }
    })()
    await store.head({ tenantId: 'acme' })
    const before = [...acknowledged]
    const output = join(dirname(folder.path), 'copy.db')
    const report = await backupSqliteStore({ path: folder.path, output })
    isOver = true
    await writing
    expect(report).toEqual({ file: output, bytes: statSync(output).size, position: expect.any(Number) })
    expect(report.position).toBeGreaterThanOrEqual(14 + before.length)
    expect(statSync(output).mode & 0o777).toBe(0o600)
    const inspection = inspectSqliteStore({ path: output })
    expect(await examineStore(inspection)).toMatchObject({ isSound: true, events: report.position })
    await inspection.close()
    const copy = await openSqliteStore({ path: output })
    for (const id of before) expect(await copy.readEvent('acme', id)).toBeDefined()
    const [receipt] = await copy.append('acme', [
      { stream: 'orders', expected: 3, events: [sampleEvent('acme')] },
    ])
    expect(receipt?.position).toBe(report.position + 1)
    await copy.close()
  })

  it('has nothing of what was deleted', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    const secret = 'of-a-tenant-that-goes'
    for (let at = 0; at < 20; at += 1)
      await store.append('gone', [
        { stream: 's', expected: 'any', events: [sampleEvent('gone', { payload: { secret } })] },
      ])
    await store.deleteTenant('gone')
    const output = join(dirname(folder.path), 'copy.db')
    await backupSqliteStore({ path: folder.path, output })
    expect(readFileText(output)).not.toContain(secret)
    expect(readFileText(output)).toContain('deleted:')
  })

  it('never writes over a file, and leaves nothing behind where it fails', async () => {
    await using folder = temporaryFolder()
    await seedStore(await folder.open())
    const output = join(dirname(folder.path), 'taken.db')
    writeFileSync(output, 'mine')
    const { path } = folder
    expect(await codeOf(backupSqliteStore({ path, output }))).toBe('file_exists')
    expect(readFileText(output)).toBe('mine')
    const missing = `${path}-not-there`
    expect(await codeOf(backupSqliteStore({ path: missing, output: `${output}-2` }))).toBe('store_not_found')
    const foreign = `${output}-foreign`
    writeFileSync(foreign, 'no database at all, but long enough'.repeat(100))
    expect(await codeOf(backupSqliteStore({ path: foreign, output: `${output}-2` }))).toBe('store_foreign')
    const stop = AbortSignal.abort(new Error('enough'))
    await expect(backupSqliteStore({ path, output: `${output}-2`, signal: stop })).rejects.toThrow()
    expect(existsSync(`${output}-2`)).toBe(false)
    expect(readdirSync(dirname(path)).filter(name => name.includes('part'))).toEqual([])
  })
})
