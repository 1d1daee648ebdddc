import { describe, expect, it } from 'vitest'
import {
  createMerkleRoot,
  leafHash,
  parseHash,
  parseNote,
  parsePolicy,
  parseTlogProof,
  verifyInclusion,
  verifyTlogProof,
} from '../../proof/index.ts'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { appendEvents } from './fixtures/append-events.ts'
import { checkPublished } from './fixtures/check-published.ts'
import { logName, manualClock, originOf, TestLogKeys } from './fixtures/log-keys.ts'
import { LogNotary } from './log-notary.ts'
import type { NotaryAlarm } from './port.ts'

function setUp(store: EventStore, more: object = {}) {
  const clock = manualClock()
  const keys = new TestLogKeys()
  const alarms: NotaryAlarm[] = []
  const open = () =>
    new LogNotary(store, keys, { logName, clock, onAlarm: alarm => alarms.push(alarm), ...more })
  return { clock, keys, alarms, open, notary: open() }
}

describe('a notary', () => {
  it('signs after so many entries, or so long after the first', async () => {
    const store = createMemoryStore()
    const { clock, keys, notary } = setUp(store)
    await appendEvents(store, 'acme', 255)
    await notary.round()
    expect(await notary.checkpoint('acme')).toBeUndefined()
    await appendEvents(store, 'acme', 1)
    await notary.round()
    await appendEvents(store, 'acme', 3)
    await notary.round()
    clock.time += 999
    await notary.round()
    expect((await notary.status('acme')).pending).toBe(3)
    clock.time += 1
    await notary.round()
    expect(await checkPublished(store, notary, keys, 'acme')).toEqual([256, 259])
    const { checkpoint, ...status } = await notary.status('acme')
    expect(status).toEqual({
      origin: originOf('acme'),
      state: 'stopped',
      reason: undefined,
      size: 259,
      pending: 0,
      witnesses: [],
      missing: [],
      hasQuorum: true,
      isStamped: false,
      stampedAt: undefined,
      lastCheck: undefined,
    })
    expect(checkpoint).toMatchObject({ size: 259, at: '2026-11-21T12:00:01.000Z' })
    expect(await notary.checkpoint('acme', 256)).toContain('\n256\n')
    expect(await notary.checkpoint('acme', 257)).toBeUndefined()
    expect(await notary.checkpoints('acme', { before: 259, limit: 5 })).toMatchObject([{ size: 256 }])
  })

  it('says of when the newest checkpoint is that a time stamp was asked for, also behind the newest', async () => {
    const store = createMemoryStore()
    const timestampAuthority = { stamp: async (text: string) => Buffer.from(text) }
    const { clock, notary } = setUp(store, { timestampAuthority })
    const signed = async () => {
      await appendEvents(store, 'acme', 1)
      await notary.checkpointNow('acme')
      await notary.endorse()
      const { isStamped, stampedAt } = await notary.status('acme')
      clock.time += 1_000
      return { isStamped, stampedAt }
    }
    const stampedAt = '2026-11-21T12:00:00.000Z'
    expect(await signed()).toEqual({ isStamped: true, stampedAt })
    expect(await signed()).toEqual({ isStamped: false, stampedAt })
  })

  it('goes on where an earlier one has ended, also in the middle of a tile', async () => {
    const store = createMemoryStore()
    const { keys, open } = setUp(store)
    for (const count of [1, 255, 1, 300, 511, 700]) {
      await appendEvents(store, 'acme', count)
      await appendEvents(store, 'beta', 1)
      await open().round(true)
    }
    const notary = open()
    expect(await checkPublished(store, notary, keys, 'acme')).toEqual([1, 256, 257, 557, 1_068, 1_768])
    expect(await checkPublished(store, notary, keys, 'beta')).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('signs on demand what has not been signed yet, once', async () => {
    const store = createMemoryStore()
    const { keys, notary } = setUp(store)
    await expect(notary.checkpointNow('acme')).rejects.toMatchObject({ code: 'checkpoint_pending' })
    await appendEvents(store, 'acme', 5)
    const note = await notary.checkpointNow('acme')
    expect(note).toContain('\n5\n')
    expect(await notary.checkpointNow('acme')).toBe(note)
    await notary.round(true)
    await appendEvents(store, 'acme', 1)
    await notary.round()
    await notary.checkpointNow('acme')
    await notary.round(true)
    expect(await checkPublished(store, notary, keys, 'acme')).toEqual([5, 6])
  })

  it('proves an event to those who have the policy', async () => {
    const store = createMemoryStore()
    const { keys, notary } = setUp(store)
    const receipts = await appendEvents(store, 'acme', 600)
    keys.rotate('acme')
    for (const at of [0, 255, 256, 511, 599]) {
      const receipt = receipts[at]
      const proof = parseTlogProof(await notary.eventProof('acme', receipt?.eventId ?? ''))
      const leaf = Buffer.from(proof.extra ?? []).toString()
      expect(leafHash(leaf)).toBe(receipt?.leafHash)
      const policy = parsePolicy(await notary.policy('acme'))
      expect(verifyTlogProof(proof, parseHash(leafHash(leaf), 'base64url'), policy)).toMatchObject({
        ok: true,
        index: at,
      })
    }
    await expect(notary.eventProof('acme', 'nobody')).rejects.toMatchObject({ code: 'event_not_found' })
    await expect(notary.eventProof('beta', receipts[0]?.eventId ?? '')).rejects.toMatchObject({
      code: 'event_not_found',
    })
  })

  it('signs with the newest key, and old checkpoints stay good by the policy', async () => {
    const store = createMemoryStore()
    const { keys, notary } = setUp(store)
    await appendEvents(store, 'acme', 2)
    await notary.checkpointNow('acme')
    keys.rotate('acme')
    await appendEvents(store, 'acme', 2)
    await notary.checkpointNow('acme')
    const ids = await Promise.all(
      [2, 4].map(async size => parseNote((await notary.checkpoint('acme', size)) ?? '').signatures[0]?.keyId),
    )
    expect(new Set(ids).size).toBe(2)
    expect(await checkPublished(store, notary, keys, 'acme')).toEqual([2, 4])
  })

  it('gives inclusion proofs at every published size and below', async () => {
    const store = createMemoryStore()
    const { notary } = setUp(store)
    const receipts = await appendEvents(store, 'acme', 700)
    await notary.checkpointNow('acme')
    for (const [index, size] of [
      [0, 1],
      [0, 700],
      [255, 256],
      [256, 300],
      [511, 512],
      [699, 700],
    ] as const) {
      const path = (await notary.inclusion('acme', index, size)).map(line => parseHash(line, 'base64'))
      const root = await rootAt(store, size)
      const leaf = parseHash(receipts[index]?.leafHash ?? '', 'base64url')
      expect(verifyInclusion({ leaf, index, size, root }, path)).toBe(true)
    }
    await expect(notary.inclusion('acme', 0, 701)).rejects.toMatchObject({ code: 'checkpoint_pending' })
    await expect(notary.inclusion('acme', 700, 700)).rejects.toMatchObject({ code: 'read_invalid' })
    await expect(notary.consistency('acme', 5, 4)).rejects.toMatchObject({ code: 'read_invalid' })
  })

  it('keeps one tenant waiting for its key, and no other', async () => {
    const store = createMemoryStore()
    const { clock, keys, alarms, notary, open } = setUp(store)
    keys.locked.add('acme')
    await appendEvents(store, 'acme', 2)
    await appendEvents(store, 'beta', 2)
    await notary.round(true)
    await notary.round(true)
    expect([(await notary.status('beta')).size, alarms.length]).toEqual([2, 1])
    expect(alarms[0]).toMatchObject({ kind: 'signing-failed', tenantId: 'acme' })
    keys.locked.delete('acme')
    clock.time += 5_000
    await notary.round()
    expect(await checkPublished(store, notary, keys, 'acme')).toEqual([2])
    // One whose tree has to be read first, which is held to the keys.
    keys.locked.add('acme')
    const later = open()
    for (const tenantId of ['acme', 'beta']) await appendEvents(store, tenantId, 2)
    await later.round(true)
    expect([(await later.status('beta')).size, alarms.length]).toEqual([4, 2])
    keys.locked.delete('acme')
    clock.time += 5_000
    await later.round(true)
    expect(await checkPublished(store, later, keys, 'acme')).toEqual([2, 4])
  })

  it('forgets a tenant with its log, and begins anew with another of its name', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    const { keys, alarms, notary } = setUp(store)
    await appendEvents(store, 'acme', 300)
    await notary.round(true)
    await store.deleteTenant('acme')
    keys.renew('acme')
    expect(await notary.checkpoint('acme')).toBeUndefined()
    await appendEvents(store, 'acme', 2)
    await notary.round(true)
    expect(await checkPublished(store, notary, keys, 'acme')).toEqual([2])
    expect(alarms).toEqual([])
  })

  it('leaves nothing of a tenant that is deleted while its first checkpoint is kept', async () => {
    const store = createMemoryStore()
    const deleting = {
      ...portOf(store),
      async commit(...args: Parameters<EventStore['commit']>) {
        await store.deleteTenant('acme')
        return store.commit(...args)
      },
    }
    const { notary } = setUp(deleting)
    await appendEvents(store, 'acme', 300)
    await notary.round(true)
    for (const collection of ['log-tree', 'log-tile', 'log-checkpoint', 'log-check'])
      expect(await store.documents({ tenantId: 'acme' }, collection)).toEqual([])
  })

  it('runs by itself until it is closed, and signs what waits then', async () => {
    const store = createMemoryStore()
    const { keys, notary } = setUp(store, { poll: 1, milliseconds: 5, clock: { now: () => Date.now() } })
    notary.start()
    await appendEvents(store, 'acme', 10)
    await expect.poll(async () => (await notary.status('acme')).pending).toBe(0)
    expect((await notary.status('acme')).state).toBe('following')
    await appendEvents(store, 'acme', 1)
    await Promise.all([notary.close(), notary.close()])
    expect((await checkPublished(store, notary, keys, 'acme')).at(-1)).toBe(11)
    expect((await notary.status('acme')).state).toBe('stopped')
  })

  it('refuses options that cannot be', () => {
    const open = (options: object) => () =>
      new LogNotary(createMemoryStore(), new TestLogKeys(), { logName, ...options })
    expect(open({ quorum: 1, leaves: 0 })).toThrow(/leaves is 0, .*quorum is 1/)
    expect(open({ logName: 'a b' })).toThrow('logName')
  })
})

async function rootAt(store: EventStore, size: number): Promise<string> {
  const tree = createMerkleRoot()
  for await (const event of store.readAll({ tenantId: 'acme' }, { limit: size })) tree.add(event.leafHash)
  return parseHash(tree.root(), 'base64url')
}
