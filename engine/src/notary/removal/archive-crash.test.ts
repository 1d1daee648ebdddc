import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { inLongRun } from '../../../test-support/long-run.ts'
import { createFileBlobStore } from '../../store/blob/filesystem/index.ts'
import { breakAt, temporaryBlobs } from '../../store/lifecycle/fixtures/kit.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import {
  agedDays,
  faultsAfter,
  notesLeft,
  prepareArchived,
  removeArchived,
  seenBefore,
} from './fixtures/archive-crash.ts'
import { createHandClock } from './fixtures/setting.ts'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Runs a process until it has begun so many steps, or has ended, and kills it. Gives what it said. */
async function runUntil(path: string, folder: string, minutes: number, steps: number): Promise<string> {
  const file = join(import.meta.dirname, 'fixtures', 'archive-child.ts')
  const child = spawn(process.execPath, ['--no-warnings', file, path, folder, String(minutes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const exit = once(child, 'exit')
  let said = ''
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    said += chunk.toString()
    if (said.length >= steps || said.endsWith('done')) break
  }
  child.kill('SIGKILL')
  await exit
  return said
}

/** Minutes after which a note goes of a blob that somebody might yet have put. */
const noMoreWriters = 61

/** SQLite stamps entries with the time that it is, so that a verifier finds those young that were removed by a clock ahead. */
const tooEarly = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => at)
    .filter(at => at % 3 === 2)
    .map(at => `bundle ${at}: retention_early`)

describe('removal from an archive whose process is killed again and again', () => {
  it.each(Array.from({ length: inLongRun(12, 1) }, (_, run) => run))(
    'goes on in the next one: content is gone, the rest is as it was, and verifies (%i)',
    async () => {
      const count = 12
      await using folder = temporaryFolder()
      const archive = join(dirname(folder.path), 'archive')
      const blobs = createFileBlobStore(archive)
      const first = await folder.open()
      await prepareArchived(first, blobs, count)
      const before = await seenBefore(first, blobs)
      await first.close()
      const steps: number[] = []
      for (let at = 0; at < inLongRun(10, 5); at += 1) {
        const wanted = 1 + Math.floor(Math.random() * 40)
        steps.push(wanted)
        if ((await runUntil(folder.path, archive, at, wanted)).endsWith('done')) break
      }
      const store = await folder.open()
      await removeArchived(store, blobs, 60)
      await removeArchived(store, blobs, 60 + noMoreWriters)
      const faults = await faultsAfter(store, blobs, before, count)
      await store.close()
      expect([steps, faults, notesLeft([dirname(folder.path)], count)]).toEqual([steps, tooEarly(count), []])
    },
    180_000,
  )
})

/** More steps than it takes where nothing is in its way. */
const most = 50

describe('removal from an archive that is cut off twice', () => {
  const cuts = Array.from({ length: most }, (_, at) => at + 1).flatMap(one =>
    Array.from({ length: inLongRun(10, 1) }, (_, at) => ({
      one,
      other: ((one * 7 + at * 11) % most) + 1,
      when: (one + at) % 2 === 0 ? ('before' as const) : ('after' as const),
    })),
  )

  it('ends as if it had not been, whichever steps it was cut off at', async () => {
    const found: string[] = []
    for (const { one, other, when } of cuts) {
      using blobs = temporaryBlobs()
      const count = 6
      const clock = createHandClock()
      const store = createMemoryStore(clock)
      await prepareArchived(store, blobs, count)
      const before = await seenBefore(store, blobs)
      clock.move(agedDays * 24 * 60 * 60 * 1_000)
      for (const [round, at] of [one, other].entries()) {
        const broken = breakAt(store, blobs, at, when)
        await removeArchived(broken.store, broken.blobs, round * 60).catch(() => undefined)
      }
      await removeArchived(store, blobs, 120)
      await removeArchived(store, blobs, 120 + noMoreWriters)
      const faults = await faultsAfter(store, blobs, before, count)
      const left = notesLeft([blobs.location], count)
      if (faults.length + left.length > 0)
        found.push(`${when} ${one} and ${other}: ${[...faults, ...left].join('; ')}`)
    }
    expect(found).toEqual([])
  }, 600_000)
})
