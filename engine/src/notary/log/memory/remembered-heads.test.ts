import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../core/index.ts'
import { platformTenant } from '../../../core/index.ts'
import type { EventStore } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { checkLog } from '../check/check-log.ts'
import { appendEvents } from '../fixtures/append-events.ts'
import { logName, manualClock, TestLogKeys } from '../fixtures/log-keys.ts'
import { LogNotary } from '../log-notary.ts'
import type { NotaryOptions } from '../options.ts'
import type { NotaryAlarm } from '../port.ts'
import { logCollections } from '../tree/log-state.ts'
import { acceptHeads, createHeadFile, damagedHeads } from './head-file.ts'
import { noteLogDeletion } from './log-deletion.ts'
import type { HeadMemory } from './port.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-heads-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const checkKeys = Object.assign(new TestLogKeys(), { keysOf: async () => new Map<string, Uint8Array>() })

/** What notaries are opened without, or with another. */
interface Given {
  readonly heads?: HeadMemory | undefined
  readonly record?: undefined
}

/** A store with a log of 300 entries that was signed twice, and what opens notaries on it. */
async function signedLog(more: Given = {}) {
  const path = join(folder, 'log-heads')
  const [store, clock] = [createMemoryStore(), manualClock()]
  const alarms: NotaryAlarm[] = []
  const events: (readonly [string, string, JsonObject])[] = []
  const record = async (tenantId: string, eventType: string, payload: JsonObject) => {
    events.push([tenantId, eventType, payload])
    // Of the platform's own tenant, whose log this moves.
    await appendEvents(store, platformTenant, 1, 'Recorded')
  }
  const open = (given: Given = {}, keys = new TestLogKeys()) =>
    new LogNotary(store, keys, {
      logName,
      clock,
      heads: createHeadFile(path),
      record,
      onAlarm: one => alarms.push(one),
      ...more,
      ...given,
    } as NotaryOptions)
  await appendEvents(store, 'acme', 290)
  const first = open()
  await first.round(true)
  await appendEvents(store, 'acme', 10)
  await first.round(true)
  const failed = () => events.filter(([, type]) => type === 'HashChainValidationFailed')
  return { path, store, clock, alarms, open, failed }
}

async function remove(store: EventStore, tenantId: string, ...collections: string[]): Promise<void> {
  for (const collection of collections)
    for (const { id } of await store.documents({ tenantId }, collection, { limit: 1_000 }))
      await store.commit({ scope: { tenantId }, documents: [{ tenantId, collection, id }] })
}

const { tree, tile, checkpoint, check, heads } = logCollections

describe('a log of which tree, tiles and checkpoints were deleted together', () => {
  it.each([
    ['the file beside the keys', {}, []],
    ["the platform's own log", { heads: undefined }, []],
    ['the file alone', {}, [heads]],
  ] as const)(
    'is not signed again, as %s has its head: an alarm and an event say so',
    async (_, more, also) => {
      const log = await signedLog(more)
      await remove(log.store, 'acme', tree, tile, checkpoint, check)
      await remove(log.store, platformTenant, ...also)
      await appendEvents(log.store, 'acme', 5)
      await appendEvents(log.store, 'beta', 2)
      const notary = log.open()
      await notary.round(true)
      await notary.round(true)
      expect(log.alarms).toMatchObject([{ kind: 'log-forked', tenantId: 'acme' }])
      // The platform's own log has the heads of a minute ago.
      expect(log.alarms[0]?.message).toMatch(/^The log was signed up to (290|300) leaves/)
      expect((await notary.status('acme')).state).toBe('forked')
      expect(await log.store.documents({ tenantId: 'acme' }, checkpoint)).toEqual([])
      expect(log.failed()).toMatchObject([
        [
          'acme',
          'HashChainValidationFailed',
          {
            streamId: 'acme/main',
            checkId: expect.stringMatching(/^[0-9A-Z]{26}$/),
            code: 'log_forked',
            failures: [{ kind: 'log-rewritten' }],
          },
        ],
      ])
      expect((await notary.status('beta')).size).toBe(2)
      const report = await checkLog(log.store, notary, checkKeys, 'acme')
      expect(report).toMatchObject({ isSound: false, faults: [{ kind: 'log-rewritten' }] })
    },
  )

  it('is found at the start, also where nothing comes into it any more', async () => {
    const log = await signedLog()
    await remove(log.store, 'acme', tree, tile, checkpoint)
    const notary = log.open()
    await notary.round()
    expect(log.alarms).toMatchObject([{ kind: 'log-forked', tenantId: 'acme' }])
    expect(log.failed()).toHaveLength(1)
    expect((await notary.status('acme')).state).toBe('forked')
  })

  it('is signed again by whoever remembers nothing, which is what the others find out', async () => {
    const log = await signedLog()
    await remove(log.store, 'acme', tree, tile, checkpoint)
    await remove(log.store, platformTenant, heads)
    const blind = log.open({ heads: undefined, record: undefined })
    await appendEvents(log.store, 'acme', 20)
    await blind.checkpointNow('acme')
    // The entries are those that were signed, so the log goes on from the head that is remembered.
    expect(await log.open().checkpointNow('acme')).toContain('\n320\n')
    const text = readFileSync(log.path, 'utf8')
    writeFileSync(log.path, text.replace(/ 300 .*/, ` 300 ${'B'.repeat(43)}=`))
    await expect(log.open().checkpointNow('acme')).rejects.toMatchObject({ code: 'log_forked' })
    writeFileSync(log.path, text.replace(' 300 ', ' 400 '))
    await expect(log.open().checkpointNow('acme')).rejects.toThrow('up to 400 leaves')
  })

  it('is not signed on where a tile is gone, without which nothing shows that it goes on', async () => {
    const log = await signedLog()
    await remove(log.store, 'acme', tile)
    await remove(log.store, platformTenant, heads)
    const text = readFileSync(log.path, 'utf8')
    writeFileSync(log.path, text.replace(/ 300 .*/, ` 100 ${'A'.repeat(43)}=`))
    await expect(log.open().checkpointNow('acme')).rejects.toMatchObject({
      code: 'log_forked',
      message: 'Nothing shows that the log goes on from what was signed: tile/0/000 is gone',
    })
  })

  it('is another one where its tenant was deleted, and made anew with another key', async () => {
    const log = await signedLog()
    const notary = log.open()
    await notary.checkpointNow('acme')
    await notary.forget('acme')
    expect(readFileSync(log.path, 'utf8')).not.toContain('acme')
    await remove(log.store, 'acme', tree, tile, checkpoint)
    expect(await notary.checkpointNow('acme')).toContain('\n300\n')
  })
})

describe('a log of which the keys were deleted too', () => {
  const lost = /^The log was signed up to (290|300) leaves by a key that is gone/
  /** Keys as they are when those of before are gone: none until one is needed, or new ones. */
  const keysWith = (first: 'none' | 'new') => {
    const keys = new TestLogKeys()
    keys.renew('acme')
    const { logKey, logKeys } = TestLogKeys.prototype
    let isMade = first === 'new'
    keys.logKey = async tenantId => {
      isMade ||= tenantId === 'acme'
      return logKey.call(keys, tenantId)
    }
    keys.logKeys = async tenantId => (isMade || tenantId !== 'acme' ? logKeys.call(keys, tenantId) : [])
    return keys
  }
  const all = [tree, tile, checkpoint, check]

  it.each([
    ['none', 'the file beside the keys', {}, []],
    ['new', 'the file beside the keys', {}, [heads]],
    ['none', "the platform's own log", { heads: undefined }, []],
    ['new', "the platform's own log", { heads: undefined }, []],
  ] as const)('is said at the start, with %s there, as %s has its head', async (first, _, more, also) => {
    const log = await signedLog(more)
    await log.open().round(true)
    await remove(log.store, 'acme', ...all)
    await remove(log.store, platformTenant, ...also)
    const notary = log.open({}, keysWith(first))
    await notary.round()
    await notary.round()
    expect(log.alarms).toEqual([
      { kind: 'log-forked', tenantId: 'acme', message: expect.stringMatching(lost) },
    ])
    // Also by those who come after it, whatever was signed since.
    await notary.close()
    log.alarms.length = 0
    await appendEvents(log.store, 'acme', 3)
    await log.open({}, keysWith('new')).round(true)
    expect(log.alarms).toMatchObject([{ kind: 'log-forked', tenantId: 'acme' }])
  })

  it('is not told of where its tenant was deleted, which the platform knows', async () => {
    const log = await signedLog()
    const [first] = await new TestLogKeys().logKeys('acme')
    const document = { tenantId: 'acme', collection: 'log-key', id: 'v1', value: { key: first ?? '' } }
    await log.store.commit({ scope: { tenantId: 'acme' }, documents: [document] })
    // Cut off, it is done once more.
    for (let round = 0; round < 2; round += 1) expect(await noteLogDeletion(log.store, 'acme')).toBe(true)
    await log.store.deleteTenant('acme')
    await noteLogDeletion(log.store, 'acme')
    await appendEvents(log.store, 'acme', 7)
    const notary = log.open({}, keysWith('new'))
    await notary.round(true)
    expect(log.alarms).toEqual([])
    expect((await notary.status('acme')).size).toBe(7)
  })
})

describe('a deletion is noted of a log of which', () => {
  const idOf = (key: string | undefined) => key?.split('+')[1]
  /** Keys as they are once the first was rotated, and damaged as it says. */
  const damaged = async (store: EventStore, ...ids: string[]) => {
    const [first] = await new TestLogKeys().logKeys('acme')
    const kept = new Map([
      ['v1', { key: first ?? '' }],
      ['v2', { key: first ?? '' }],
    ])
    const value = (id: string) => (ids.includes(id) ? { damaged: true } : kept.get(id))
    const documents = [...kept.keys()].map(id => ({
      tenantId: 'acme',
      collection: 'log-key',
      id,
      value: value(id) ?? {},
    }))
    await store.commit({ scope: { tenantId: 'acme' }, documents })
    return idOf(first)
  }
  const notedIn = async (store: EventStore) =>
    (await store.document(platformTenant, 'log-name', 'acme'))?.value

  it.each([
    ['a later key is damaged', ['v2'], [heads], true],
    ["all keys are, from the platform's own log", ['v1', 'v2'], [], true],
    ['all keys are, where nothing else names it: it is not told', ['v1', 'v2'], [heads], false],
  ] as const)('%s', async (_, ids, gone, isNoted) => {
    const log = await signedLog()
    log.clock.time += 120_000
    await log.open().round(true)
    await remove(log.store, platformTenant, ...gone)
    const id = await damaged(log.store, ...ids)
    expect(await noteLogDeletion(log.store, 'acme')).toBe(isNoted)
    expect(await notedIn(log.store)).toEqual(isNoted ? { deleted: [id] } : undefined)
  })

  it('nothing was ever signed: there is nothing to note', async () => {
    const store = createMemoryStore()
    expect(await noteLogDeletion(store, 'acme')).toBe(true)
    expect(await notedIn(store)).toBeUndefined()
  })
})

describe('checkpoints that are gone', () => {
  it.each([
    ['the oldest', -1, 'The checkpoint of 290 leaves is gone'],
    ['the newest', 0, 'The log was signed, and its newest checkpoint is gone or cannot be read'],
  ])('are found by a check: %s', async (_, at, reason) => {
    const log = await signedLog()
    const notary = log.open()
    expect(await checkLog(log.store, notary, checkKeys, 'acme')).toMatchObject({ isSound: true })
    const kept = await log.store.documents({ tenantId: 'acme' }, checkpoint)
    const { id } = kept.at(at) as { id: string }
    const documents = [{ tenantId: 'acme', collection: checkpoint, id }]
    await log.store.commit({ scope: { tenantId: 'acme' }, documents })
    expect(await checkLog(log.store, notary, checkKeys, 'acme')).toMatchObject({ isSound: false, reason })
  })
})

describe('a file of heads', () => {
  it('is for its owner, whole at any time, and takes what several processes know', async () => {
    const path = join(folder, 'below', 'log-heads')
    const root = `${'A'.repeat(43)}=`
    const [one, other] = [createHeadFile(path), createHeadFile(path)]
    await one.save(new Map([['acme+00000001', { size: 7, root }]]), () => false)
    await other.save(
      new Map([
        ['acme+00000001', { size: 5, root }],
        ['beta+00000002', { size: 1, root }],
      ]),
      () => false,
    )
    expect(readFileSync(path, 'utf8')).toBe(`acme+00000001 7 ${root}\nbeta+00000002 1 ${root}\n`)
    expect(readdirSync(join(folder, 'below'))).toEqual(['log-heads'])
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    // A line more takes nothing away; one that says otherwise of the same size is no line that can be understood.
    const other7 = `${'B'.repeat(43)}=`
    writeFileSync(path, `acme+00000001 7 ${root}\nacme+00000001 2 ${root}\nacme+00000001 7 ${other7}\n`)
    expect(await one.load()).toEqual({ heads: new Map([['acme+00000001', { size: 7, root }]]), faults: 1 })
    writeFileSync(path, `acme+00000001 7 ${root}\nbeta+00000002 1 ${root}\n`)
    await one.save(new Map(), id => id.startsWith('acme+'))
    writeFileSync(path, `${readFileSync(path, 'utf8')}nothing\n`)
    expect(await one.load()).toEqual({ heads: new Map([['beta+00000002', { size: 1, root }]]), faults: 1 })
    await one.save(new Map([['acme+00000001', { size: 9, root }]]), () => false)
    expect(readFileSync(path, 'utf8')).toBe(`acme+00000001 9 ${root}\nbeta+00000002 1 ${root}\nnothing\n`)
  })

  it('that cannot be understood lets no log pass that was begun anew, until it was put aside', async () => {
    const log = await signedLog()
    const line = 'acmd+nothing 300'
    writeFileSync(log.path, readFileSync(log.path, 'utf8').replace(/^acme.*$/m, line))
    await remove(log.store, 'acme', tree, tile, checkpoint, check)
    await remove(log.store, platformTenant, heads)
    for (const tenantId of ['acme', 'beta', platformTenant]) await appendEvents(log.store, tenantId, 2)
    const told = () => log.alarms.map(({ kind, tenantId }) => `${kind} ${tenantId ?? 'of all'}`).sort()
    const notary = log.open()
    for (const seconds of [0, 5, 5]) {
      log.clock.time += seconds * 1_000
      await notary.round(true)
    }
    const isTold = ['heads-unkept of all', 'signing-failed acme', 'signing-failed beta']
    expect(told()).toEqual(isTold)
    expect(log.alarms[0]?.message).toContain('keelson log accept-heads')
    expect(await log.store.documents({ tenantId: 'acme' }, checkpoint)).toEqual([])
    expect((await notary.status(platformTenant)).pending).toBe(0)
    await expect(notary.checkpointNow('acme')).rejects.toMatchObject({ code: 'log_heads_damaged' })
    // A check says neither that it is sound nor that it is not.
    await expect(checkLog(log.store, notary, checkKeys, 'acme')).rejects.toMatchObject({
      code: 'log_heads_damaged',
    })
    expect(readFileSync(log.path, 'utf8')).toContain(`${line}\n`)
    expect(await acceptHeads(log.path, new Date(0))).toBe(1)
    expect(await acceptHeads(log.path, new Date(0))).toBe(0)
    expect(readFileSync(damagedHeads(log.path), 'utf8')).toBe(
      `# 1970-01-01T00:00:00.000Z, lines: 1\n${line}\n`,
    )
    log.clock.time += 5_000
    await notary.round(true)
    await notary.round(true)
    expect([(await notary.status('acme')).size, (await notary.status('beta')).size]).toEqual([302, 2])
    expect(log.alarms.at(-1)?.message).toMatch(/^1 line .* put aside$/)
    expect(readFileSync(log.path, 'utf8')).toMatch(/^acme\+[0-9a-f]{8} 302 /m)
    expect((await createHeadFile(log.path).load()).faults).toBe(0)
  })

  it('that cannot be written or understood is told of, and signing goes on', async () => {
    const log = await signedLog({ heads: createHeadFile(join(folder, 'log-heads', 'under a file')) })
    expect(log.alarms).toEqual([])
    writeFileSync(join(folder, 'taken'), 'x')
    const heads = createHeadFile(join(folder, 'taken', 'log-heads'))
    await appendEvents(log.store, 'acme', 1)
    const notary = log.open({ heads })
    await notary.round(true)
    expect((await notary.status('acme')).size).toBe(301)
    expect(log.alarms).toMatchObject([{ kind: 'heads-unkept' }])
  })
})
