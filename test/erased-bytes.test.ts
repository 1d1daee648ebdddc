import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTestServer } from '../server/src/start/fixtures/test-server.ts'
import { leftIn, leftovers } from './erasure/leftovers.ts'
import { erase, isFound, other, spread, values } from './erasure/person.ts'

test('no byte of a person is left in any file after an erasure, nor in what the server logged', async () => {
  const archive = mkdtempSync(join(tmpdir(), 'keelson-archive-'))
  const server = await startTestServer({ archive })
  try {
    await spread(server, archive)
    expect(await isFound(server)).toBe(true)
    const before = leftovers(server.dataDir, values)
    // Each of them lies somewhere in clear, so that this would find it.
    for (const value of values) expect(before.join('\n')).toContain(`${value} (utf-8)`)
    const done = await erase(server)
    // A word too, as a search finds it.
    expect(leftovers(server.dataDir, [...values, 'Quixotiana'])).toEqual([])
    expect(leftovers(archive, values)).toEqual([])
    expect(leftIn(Buffer.from(server.log.join('\n')), values)).toEqual([])
    expect(await isFound(server)).toBe(false)
    expect(leftovers(server.dataDir, [other])).not.toEqual([])
    const removed = Object.fromEntries(done.copies.map(one => [one.name, one.removed > 0]))
    expect(removed).toEqual({ snapshots: true, documents: true, 'read models': true, archive: false })
    expect(done.exports).toMatchObject([{ withPersonal: true, where: 'downloaded' }])
  } finally {
    await server.stop()
    rmSync(archive, { recursive: true, force: true })
  }
}, 60_000)
