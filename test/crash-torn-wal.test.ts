import { fork } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { verifyLog } from 'keelson'
import { openSqliteStore } from 'keelson/sqlite'
import { sampleEvent } from 'keelson/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Random } from './crash/random.ts'
import type { WriteRequest } from './crash/sqlite-writer.ts'
import { damages, walExtent } from './crash/wal.ts'
import { removeFolder, scratchFolder } from './process/keelson.ts'

const seed = Number(process.env['KEELSON_CRASH_SEED'] ?? 7)
/** Offsets that each log is torn at; more of them in a long run. */
const tears = Number(process.env['KEELSON_CRASH_TEARS'] ?? 6)
const timeout = 120_000 + tears * 6_000
const everyTenant = { tenantId: 'every tenant' } as const

/** Up to where the log reached when a position was acknowledged. */
interface Mark {
  readonly position: number
  readonly salt: string
  readonly end: number
}

let folder: string
beforeAll(async () => {
  folder = await scratchFolder('torn-wal')
})
afterAll(() => removeFolder(folder))

const walOf = (path: string): Buffer => readFileSync(`${path}-wal`)

/** Brings the log into the database, as the writer does by itself when it has some 64 MB: the next append begins it anew. */
function checkpoint(path: string): void {
  using database = new DatabaseSync(path, { timeout: 10_000 })
  const pages = database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get()
  expect(pages).toMatchObject({ busy: 0 })
  expect(pages?.['checkpointed']).toBe(pages?.['log'])
}

/**
 * Appends in a process of its own until `isEnough`, kills it, and gives the marks of what it acknowledged; after so many
 * of them the log is brought into the database.
 */
async function writeAndKill(
  path: string,
  isEnough: (marks: readonly Mark[]) => boolean,
  checkpointAfter?: number,
): Promise<Mark[]> {
  const random = new Random(seed)
  const writer = fork(join(import.meta.dirname, 'crash/sqlite-writer.ts'), [path], {
    execArgv: ['--conditions=source'],
  })
  const marks: Mark[] = []
  do {
    const [{ position }] = (await once(writer, 'message')) as [{ position: number }]
    const { salt, end } = walExtent(walOf(path))
    marks.push({ position, salt, end })
    const request: WriteRequest = { events: random.integer(1, 30), text: random.integer(0, 2_000) }
    if (marks.length === checkpointAfter) checkpoint(path)
    if (!isEnough(marks)) writer.send(request)
  } while (!isEnough(marks))
  const ended = once(writer, 'exit')
  writer.kill('SIGKILL')
  await ended
  return marks
}

/** Opens the store with this log beside its file, and says how far its events reach; they must be sound. */
async function openWith(path: string, wal: Buffer, at: string): Promise<number> {
  const copy = join(folder, at)
  mkdirSync(copy)
  const store = join(copy, 'store.db')
  copyFileSync(path, store)
  writeFileSync(`${store}-wal`, wal)
  const opened = await openSqliteStore({ path: store })
  try {
    const report = await verifyLog(opened)
    expect(report, at).toMatchObject({ faults: [], isSound: true })
    expect(await opened.head(everyTenant), at).toBe(report.events)
    const [receipt] = await opened.append('acme', [
      { stream: 'after', expected: 'none', events: [sampleEvent('acme')] },
    ])
    expect(receipt?.position, at).toBe(report.events + 1)
    return report.events
  } finally {
    await opened.close()
    await removeFolder(copy)
  }
}

function firstDifference(a: Buffer, b: Buffer): number {
  const at = a.findIndex((byte, index) => byte !== b[index])
  return at < 0 ? a.length : at
}

/** Offsets at which to hurt a log: its ends, those of its commits with their neighbours, and any. */
function offsetsIn(wal: Buffer, marks: readonly Mark[]): number[] {
  const random = new Random(seed)
  const { end } = walExtent(wal)
  const ends = marks.map(mark => mark.end)
  const offsets = new Set([31, 32, end - 1])
  while (offsets.size < tears) {
    const near = ends[random.integer(0, ends.length - 1)] as number
    offsets.add(random.chance(0.5) ? near + random.integer(-1, 1) : random.integer(0, end - 1))
  }
  return [...offsets].filter(offset => offset < end).sort((a, b) => a - b)
}

/**
 * A checkpoint copies pages to the database only after it has synced the log up to them. So a crash can tear the log
 * only behind the last checkpoint, and there this holds: what stands before the tear is kept, every event of it, and
 * what stands behind is gone as if it had never been.
 */
async function holdTears(path: string, marks: readonly Mark[]): Promise<number> {
  const wal = walOf(path)
  const { salt } = walExtent(wal)
  const current = marks.filter(mark => mark.salt === salt)
  // All of an earlier generation was in the database before the log was begun anew.
  const before = marks.filter(mark => mark.salt !== salt).at(-1)?.position ?? 0
  let torn = 0
  for (const offset of offsetsIn(wal, current)) {
    for (const [name, damage] of Object.entries(damages)) {
      const left = damage(wal, offset)
      // What was zero before is not hurt by zeros.
      const tear = offset + firstDifference(wal.subarray(offset), left.subarray(offset))
      const kept = current.filter(mark => mark.end <= tear).at(-1)?.position ?? before
      const at = `at ${offset} the log ${name}`
      expect(await openWith(path, left, at), at).toBe(kept)
      torn += 1
    }
  }
  return torn
}

describe('a killed store whose log was torn', () => {
  test('has every event before the tear and goes on behind it', { timeout }, async () => {
    const path = join(folder, 'first.db')
    const marks = await writeAndKill(path, list => list.length > 40)
    expect(new Set(marks.map(({ salt }) => salt)).size).toBe(1)
    const whole = marks.at(-1)?.position
    expect(await openWith(path, walOf(path), 'not torn')).toBe(whole)
    expect(await holdTears(path, marks)).toBeGreaterThan(12)
  })

  test('has besides all that was checkpointed before', { timeout }, async () => {
    const path = join(folder, 'second.db')
    const isBegunAnew = (list: readonly Mark[]) =>
      list.filter(({ salt }) => salt === list.at(-1)?.salt).length > 10 && list.at(-1)?.salt !== list[0]?.salt
    const marks = await writeAndKill(path, isBegunAnew, 20)
    expect(await openWith(path, walOf(path), 'not torn either')).toBe(marks.at(-1)?.position)
    expect(await holdTears(path, marks)).toBeGreaterThan(12)
  })
})
