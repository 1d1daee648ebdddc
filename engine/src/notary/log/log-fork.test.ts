import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { Alarms } from './alarms.ts'
import { appendEvents } from './fixtures/append-events.ts'
import { logName, manualClock, TestLogKeys } from './fixtures/log-keys.ts'
import { LogNotary } from './log-notary.ts'
import type { NotaryAlarm } from './port.ts'
import { ForkEvents } from './publish/fork-events.ts'
import { checkpointId, logCollections, onlyId } from './tree/log-state.ts'

const otherHash = 'B'.repeat(43)

/** A store with a signed log of three entries, and what opens notaries on it. */
async function signedLog() {
  const store = createMemoryStore()
  const keys = new TestLogKeys()
  const alarms: NotaryAlarm[] = []
  const clock = manualClock()
  const open = (on: EventStore = store) =>
    new LogNotary(on, keys, { logName, clock, onAlarm: one => alarms.push(one) })
  await appendEvents(store, 'acme', 3)
  await open().round(true)
  return { store, keys, clock, alarms, open }
}

async function changeDocument(
  store: EventStore,
  collection: string,
  change: (value: JsonObject) => JsonValue | undefined,
) {
  for (const { id, value } of await store.documents({ tenantId: 'acme' }, collection)) {
    const next = change(value as JsonObject)
    const document = { tenantId: 'acme', collection, id, ...(next === undefined ? {} : { value: next }) }
    await store.commit({ scope: { tenantId: 'acme' }, documents: [document] })
  }
}

const withLeaves = (
  store: EventStore,
  change: (leaf: { leafHash: string; sequence: number }) => object,
): EventStore => ({
  ...portOf(store),
  leaves: async (...args) =>
    (await store.leaves(...args)).flatMap(leaf => {
      const changed = change(leaf)
      return changed === undefined ? [] : { ...leaf, ...changed }
    }),
})

describe('a log that does not continue what was signed', () => {
  const cases: Record<string, (log: Awaited<ReturnType<typeof signedLog>>) => Promise<EventStore>> = {
    'has another newest leaf': async ({ store }) =>
      withLeaves(store, leaf => (leaf.sequence === 2 ? { leafHash: otherHash } : {})),
    'is shorter than what was signed': async ({ store }) => ({
      ...portOf(store),
      leaves: async (scope, options) =>
        (await store.leaves(scope, options)).filter(leaf => leaf.sequence < 2 || leaf.sequence > 2),
    }),
    'has lost its tree': async ({ store }) => {
      await changeDocument(store, logCollections.tree, () => undefined)
      return store
    },
    'has lost its checkpoint': async ({ store }) => {
      await changeDocument(store, logCollections.checkpoint, () => undefined)
      return store
    },
    'has a checkpoint that nobody signed': async ({ store }) => {
      await changeDocument(store, logCollections.checkpoint, value => ({
        ...value,
        text: String(value['text']).replace('\n3\n', '\n4\n'),
      }))
      return store
    },
    'has a tree that cannot be': async ({ store }) => {
      await changeDocument(store, logCollections.tree, value => ({ ...value, size: 4 }))
      return store
    },
    'has a tree with another root': async ({ store }) => {
      const rows = [Buffer.alloc(96, 1).toString('base64')]
      await changeDocument(store, logCollections.tree, value => ({ ...value, rows }))
      return store
    },
  }

  it.each(Object.entries(cases))('%s: nothing is signed, and somebody is told once', async (_, tamper) => {
    const log = await signedLog()
    const before = await log.store.documents({ tenantId: 'acme' }, logCollections.checkpoint)
    const store = await tamper(log)
    const kept = await log.store.documents({ tenantId: 'acme' }, logCollections.checkpoint)
    await appendEvents(log.store, 'acme', 2)
    await appendEvents(log.store, 'beta', 2)
    const notary = log.open(store)
    await notary.round(true)
    await notary.round(true)
    await expect(notary.checkpointNow('acme')).rejects.toMatchObject({ code: 'log_forked' })
    expect(log.alarms).toMatchObject([{ kind: 'log-forked', tenantId: 'acme' }])
    expect((await notary.status('acme')).state).toBe('forked')
    expect(await log.store.documents({ tenantId: 'acme' }, logCollections.checkpoint)).toEqual(kept)
    expect(before).toHaveLength(1)
    expect((await notary.status('beta')).size).toBe(2)
  })

  it('has a leaf missing behind the tree', async () => {
    const log = await signedLog()
    const notary = log.open(withLeaves(log.store, leaf => (leaf.sequence === 3 ? { sequence: 99 } : {})))
    await appendEvents(log.store, 'acme', 2)
    await notary.round(true)
    expect(log.alarms).toMatchObject([{ kind: 'log-forked', tenantId: 'acme' }])
  })

  it('has a leaf whose hash is none', async () => {
    const log = await signedLog()
    const notary = log.open(withLeaves(log.store, leaf => (leaf.sequence === 3 ? { leafHash: 'x' } : {})))
    for (const tenantId of ['acme', 'beta']) await appendEvents(log.store, tenantId, 2)
    await notary.round(true)
    expect(log.alarms).toMatchObject([{ kind: 'log-forked', tenantId: 'acme' }])
    expect((await notary.status('beta')).size).toBe(2)
  })

  it('is signed again when the store is as it was', async () => {
    const log = await signedLog()
    const tree = await log.store.document('acme', logCollections.tree, onlyId)
    await changeDocument(log.store, logCollections.tree, value => ({ ...value, last: otherHash }))
    const notary = log.open()
    await expect(notary.checkpointNow('acme')).rejects.toMatchObject({ code: 'log_forked' })
    await changeDocument(log.store, logCollections.tree, () => tree?.value)
    await appendEvents(log.store, 'acme', 1)
    expect(await notary.checkpointNow('acme')).toContain('\n4\n')
    expect((await notary.status('acme')).state).toBe('stopped')
  })

  it('is followed again within a minute when the store is as it was, with what has come meanwhile', async () => {
    const log = await signedLog()
    const tree = await log.store.document('acme', logCollections.tree, onlyId)
    await changeDocument(log.store, logCollections.tree, value => ({ ...value, last: otherHash }))
    const notary = log.open()
    await appendEvents(log.store, 'acme', 2)
    await notary.round(true)
    await changeDocument(log.store, logCollections.tree, () => tree?.value)
    await notary.round(true)
    expect(log.alarms).toMatchObject([{ kind: 'log-forked', tenantId: 'acme' }])
    log.clock.time += 60_000
    await notary.round(true)
    await notary.round(true)
    expect(await notary.status('acme')).toMatchObject({ state: 'stopped', size: 5 })
  })
})

describe('a log that is in the way of others', () => {
  it('by a document that is there already is signed by itself, and told of', async () => {
    const log = await signedLog()
    const place = { tenantId: 'acme', collection: logCollections.checkpoint, id: checkpointId(5) }
    const put = (more: object) =>
      log.store.commit({ scope: { tenantId: 'acme' }, documents: [{ ...place, ...more }] })
    await put({ value: {} })
    log.keys.locked.add('alpha')
    for (const tenantId of ['alpha', 'acme', 'beta']) await appendEvents(log.store, tenantId, 2)
    const notary = log.open()
    const turn = async (seconds: number) => {
      log.clock.time += seconds * 1_000
      await notary.round(true)
    }
    for (let seconds = 0; seconds < 12; seconds += 1) await turn(1)
    expect((await notary.status('beta')).size).toBe(2)
    const told = log.alarms.map(({ kind, tenantId }) => `${kind} ${tenantId}`).sort()
    expect(told).toEqual(['signing-failed acme', 'signing-failed alpha'])
    await appendEvents(log.store, 'beta', 1)
    await turn(0)
    expect((await notary.status('beta')).size).toBe(3)
    await put({})
    await turn(5)
    expect((await notary.status('acme')).size).toBe(5)
  })

  it.each([
    ['at once', new RangeError('of a row that nobody foresaw')],
    ['after three times', new KeelsonError('store_failed')],
    ['for good', new KeelsonError('store_damaged')],
  ])('as its tree cannot be read keeps them waiting no longer: %s', async (_, error) => {
    const log = await signedLog()
    const state = { isBroken: true }
    const notary = log.open({
      ...portOf(log.store),
      document: async (tenantId, collection, id) => {
        if (state.isBroken && tenantId === 'acme' && collection === logCollections.tree) throw error
        return log.store.document(tenantId, collection, id)
      },
    })
    for (const tenantId of ['acme', 'beta']) await appendEvents(log.store, tenantId, 2)
    for (let times = 0; times < 3; times += 1) await notary.round(true).catch(() => undefined)
    expect(await log.store.documents({ tenantId: 'beta' }, logCollections.checkpoint)).toHaveLength(1)
    expect(log.alarms).toMatchObject([{ kind: 'signing-failed', tenantId: 'acme' }])
    state.isBroken = false
    log.clock.time += 5_000
    await notary.round(true)
    expect((await notary.status('acme')).size).toBe(5)
  })
})

describe('what is told of forked logs', () => {
  it('is told of each, where one cannot be told of now, and of that one later', async () => {
    const clock = manualClock()
    const [told, failed] = [[] as string[], [] as string[]]
    const state = { isAway: true }
    const forks = new ForkEvents({
      clock,
      again: async tenantId => {
        if (tenantId === 'gamma' && state.isAway) throw new KeelsonError('store_unreachable')
        return 'Its tree is gone'
      },
      record: async tenantId => {
        if (tenantId === 'acme' && state.isAway) throw new KeelsonError('key_ring_locked')
        told.push(tenantId)
      },
      onFault: tenantId => failed.push(tenantId),
    })
    for (const tenantId of ['acme', 'gamma', 'beta']) forks.add(tenantId)
    await forks.step()
    await forks.step()
    expect([told, failed]).toEqual([['beta'], ['acme', 'gamma']])
    state.isAway = false
    clock.time += 5_000
    await forks.step()
    await forks.step()
    expect(told).toEqual(['beta', 'acme', 'gamma'])
  })

  it('is told once, whatever else is told in between, and of very many logs no more than that', () => {
    const told: NotaryAlarm[] = []
    const alarms = new Alarms(alarm => told.push(alarm))
    for (let times = 0; times < 3; times += 1)
      for (const reason of ['one', 'other']) alarms.tell('log-forked', 'acme', reason)
    expect(told.map(({ message }) => message)).toEqual(['one', 'other'])
    alarms.over('acme')
    alarms.tell('log-forked', 'acme', 'one')
    expect(told).toHaveLength(3)
    for (let times = 0; times < 2; times += 1)
      for (let at = 0; at < 10_002; at += 1) alarms.tell('log-forked', `t${at}`, 'one')
    expect(told).toHaveLength(3 + 9_999 + 1)
    expect(told.at(-1)?.tenantId).toBeUndefined()
  })
})
