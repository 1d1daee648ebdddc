import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { beginPart, removeLeftFolders } from './export-part.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keelson-part-'))
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(async () => {
  vi.useRealTimers()
  await rm(folder, { recursive: true, force: true })
})

test('a part in which nothing is written for long is not taken for left while its process lives', async () => {
  const output = join(folder, 'evidence')
  let time = Date.now()
  const part = await beginPart(output, () => time)
  const [name = ''] = readdirSync(folder)
  const mark = join(folder, name, 'keelson-export-part.json')
  time += 3_600_000
  vi.advanceTimersByTime(3_600_000)
  await vi.waitFor(() => expect(statSync(mark).mtimeMs).toBeCloseTo(time, -3))
  expect(await removeLeftFolders(output, time)).toEqual([])
  expect(existsSync(mark)).toBe(true)
  await part.remove()
  expect(existsSync(dirname(mark))).toBe(false)
  expect(vi.getTimerCount()).toBe(0)
})
