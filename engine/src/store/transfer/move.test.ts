import { copyFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleEvent } from '../../testing/index.ts'
import { examineStore } from '../check/doctor.ts'
import { seedStore } from '../check/fixtures/damage.ts'
import { verifyLog } from '../check/verify.ts'
import type { TemporaryFolder } from '../sqlite/fixtures/temporary-store.ts'
import { temporaryFolder } from '../sqlite/fixtures/temporary-store.ts'
import { inspectSqliteStore } from '../sqlite/offline/inspection.ts'
import { openSqliteReader } from '../sqlite/offline/row-reader.ts'
import { openSqliteTarget } from '../sqlite/offline/target.ts'
import { contentOf } from './fixtures/content.ts'
import { moveStore } from './move.ts'
import { writeMark } from './move-mark.ts'
import type { StoreTarget } from './port.ts'

let seed: TemporaryFolder
beforeAll(async () => {
  seed = temporaryFolder()
  const store = await seed.open({ durability: 'relaxed' })
  await seedStore(store)
  await store.close()
})
afterAll(() => seed[Symbol.asyncDispose]())

/** A file with a seeded store that nobody has open. */
function seeded(): TemporaryFolder {
  const folder = temporaryFolder()
  copyFileSync(seed.path, folder.path)
  return folder
}

/** One with other events of the same kind. */
async function reseeded(): Promise<TemporaryFolder> {
  const folder = temporaryFolder()
  const store = await folder.open({ durability: 'relaxed' })
  await seedStore(store)
  await store.close()
  return folder
}

async function move(from: TemporaryFolder, to: TemporaryFolder, wrap = (target: StoreTarget) => target) {
  const source = openSqliteReader({ path: from.path, isExclusive: true })
  const target = openSqliteTarget({ path: to.path })
  try {
    return await moveStore(source, wrap(target))
  } finally {
    await source.close()
    await target.close()
  }
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  )

async function isSound(folder: TemporaryFolder): Promise<boolean> {
  const inspection = inspectSqliteStore({ path: folder.path })
  const report = await examineStore(inspection, { tenants: [] })
  await inspection.close()
  return report.isSound
}

async function expectSame(from: TemporaryFolder, to: TemporaryFolder): Promise<void> {
  expect(await isSound(to)).toBe(true)
  const [a, b] = [await from.open({ durability: 'relaxed' }), await to.open({ durability: 'relaxed' })]
  expect(await contentOf(b)).toEqual(await contentOf(a))
  await Promise.all([a.close(), b.close()])
}

describe('a move', () => {
  it('keeps everything as it is, and says what it did', async () => {
    await using from = seeded()
    await using to = temporaryFolder()
    expect(await move(from, to)).toEqual({
      from: from.path,
      to: to.path,
      events: 14,
      copied: 14,
      rows: {
        tenant: 3,
        stream: 6,
        type: 3,
        event: 14,
        eventId: 11,
        link: 20,
        key: 1,
        checkpoint: 1,
        document: 4,
      },
      isFinished: true,
    })
    await expectSame(from, to)
  })

  it('leaves a store that goes on: repeats get their first receipts, and numbers follow', async () => {
    await using from = temporaryFolder()
    await using to = temporaryFolder()
    const source = await from.open({ durability: 'relaxed' })
    const event = sampleEvent('acme')
    const write = { stream: 's', expected: 'any', events: [event] } as const
    const options = { idempotencyKey: 'once' }
    await source.append('other', [{ stream: 's', expected: 'any', events: [sampleEvent('other')] }])
    const first = await source.append('acme', [write], options)
    await source.close()
    await move(from, to)
    const target = await to.open({ durability: 'relaxed' })
    const again = first.map(receipt => ({ ...receipt, duplicate: true }))
    expect(await target.append('acme', [write])).toEqual(again)
    expect(await target.append('acme', [write], options)).toEqual(again)
    const [next] = await target.append('acme', [{ stream: 's', expected: 1, events: [sampleEvent('acme')] }])
    expect(next).toMatchObject({ position: 3, sequence: 1, version: 2, previousHash: first[0]?.leafHash })
    expect(await verifyLog(target)).toMatchObject({ isSound: true, events: 3 })
  })

  it('goes on wherever it was cut off', async () => {
    await using from = seeded()
    for (let cut = 1; ; cut += 1) {
      await using to = temporaryFolder()
      let writes = 0
      const breaking = (target: StoreTarget): StoreTarget => {
        const write = target.write.bind(target)
        return Object.assign(target, {
          write: async (...args: Parameters<StoreTarget['write']>) => {
            writes += 1
            if (writes === cut) throw new Error('the power is gone')
            await write(...args)
          },
        })
      }
      const isCut = (await codeOf(move(from, to, breaking))) !== 'done'
      if (!isCut) {
        expect(cut).toBeGreaterThan(5)
        break
      }
      expect(await move(from, to)).toMatchObject({
        isFinished: true,
        events: 14,
        rows: { event: 14, document: 4 },
      })
      expect(await isSound(to)).toBe(true)
    }
  })

  it('catches up with all that happened to the source since', async () => {
    await using from = seeded()
    await using to = temporaryFolder()
    await move(from, to)
    const source = await from.open({ durability: 'relaxed' })
    await source.append('acme', [{ stream: 'orders', expected: 3, events: [sampleEvent('acme')] }])
    await source.append('gone', [{ stream: 'new', expected: 'none', events: [sampleEvent('gone')] }])
    await source.append('acme', [
      { stream: 'orders', expected: 4, events: [], closes: 'sealed' },
      { stream: 'late', expected: 'none', events: [sampleEvent('acme')] },
    ])
    await source.commit({
      scope: { tenantId: 'acme' },
      checkpoint: { name: 'reader', from: 9, to: 15 },
      documents: [
        { tenantId: 'acme', collection: 'note', id: 'one' },
        { tenantId: 'acme', collection: 'note', id: 'two', value: [2] },
      ],
      bodies: [{ tenantId: 'acme', positions: [1, 13], becomes: 'removed' }],
    })
    await source.deleteTenant('beta')
    await source.close()
    expect(await move(from, to)).toMatchObject({ isFinished: true, events: 17, copied: 3 })
    await expectSame(from, to)
  })

  it('leaves the checkpoints of projections, whose tables it does not copy', async () => {
    await using from = seeded()
    await using to = temporaryFolder()
    const source = await from.open({ durability: 'relaxed' })
    await source.commit({
      scope: { tenantId: 'every tenant' },
      checkpoint: { name: 'projection:Rows@1', from: 0, to: 14 },
    })
    await source.close()
    await move(from, to)
    const target = await to.open({ durability: 'relaxed' })
    expect(await target.checkpoint('projection:Rows@1')).toBe(0)
    expect(await target.checkpoint('reader')).toBe(9)
  })

  it('refuses a target that holds anything else', async () => {
    await using from = seeded()
    await using other = await reseeded()
    expect(await codeOf(move(from, other))).toBe('move_refused')
    await using to = temporaryFolder()
    await move(from, to)
    expect(await codeOf(move(other, to))).toBe('move_refused')
    const moved = await to.open({ durability: 'relaxed' })
    await moved.append('acme', [{ stream: 'own', expected: 'none', events: [sampleEvent('acme')] }])
    await moved.close()
    expect(await codeOf(move(from, to))).toBe('move_refused')
  })

  it('refuses a target that was used since, also where only a document changed', async () => {
    await using from = seeded()
    await using to = temporaryFolder()
    await move(from, to)
    const moved = await to.open({ durability: 'relaxed' })
    await moved.commit({
      scope: { tenantId: 'acme' },
      documents: [{ tenantId: 'acme', collection: 'note', id: 'own', value: 1 }],
    })
    await moved.close()
    expect(await codeOf(move(from, to))).toBe('move_refused')
  })

  it('refuses a source that a move into has not finished, and one that is its own target', async () => {
    await using from = seeded()
    await using between = temporaryFolder()
    await using to = temporaryFolder()
    const cut = (target: StoreTarget) =>
      Object.assign(target, { settle: () => Promise.reject(new Error('the power is gone')) })
    await move(from, between, cut).catch(() => undefined)
    const half = openSqliteTarget({ path: between.path })
    await writeMark(half, { state: 'copying' })
    await half.close()
    expect(await codeOf(move(between, to))).toBe('move_unfinished')
    const source = openSqliteReader({ path: from.path })
    const target = openSqliteTarget({ path: from.path })
    await expect(moveStore(source, target)).rejects.toThrow('are the same store')
    await Promise.all([source.close(), target.close()])
  })

  it('refuses a target with another number of shards', async () => {
    await using from = seeded()
    await using to = temporaryFolder()
    const split = (target: StoreTarget) => Object.assign(target, { shards: 3 })
    await expect(move(from, to, split)).rejects.toThrow(
      `${from.path} has 1 shards with positions of their own, ${to.path} has 3`,
    )
  })

  it('does not finish while somebody has the source open, and finishes when it is free', async () => {
    await using from = seeded()
    await using to = temporaryFolder()
    const running = await from.open({ durability: 'relaxed' })
    expect(() => openSqliteReader({ path: from.path, isExclusive: true })).toThrow(
      expect.objectContaining({ code: 'store_locked' }),
    )
    const source = openSqliteReader({ path: from.path })
    const target = openSqliteTarget({ path: to.path })
    await running.append('acme', [{ stream: 'orders', expected: 3, events: [sampleEvent('acme')] }])
    expect(await moveStore(source, target)).toMatchObject({ isFinished: false, events: 14, copied: 14 })
    await Promise.all([source.close(), target.close(), running.close()])
    expect(await move(from, to)).toMatchObject({ isFinished: true, events: 15, copied: 1 })
    await expectSame(from, to)
  })
})
