import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/index.ts'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { appendEvents } from './fixtures/append-events.ts'
import { logName, manualClock, TestLogKeys } from './fixtures/log-keys.ts'
import { LogNotary } from './log-notary.ts'
import type { NotaryAlarm } from './port.ts'
import { logCollections, onlyId } from './tree/log-state.ts'

const otherHash = 'B'.repeat(43)

/** A store with a signed log of three entries, and what opens notaries on it. */
async function signedLog() {
  const store = createMemoryStore()
  const keys = new TestLogKeys()
  const alarms: NotaryAlarm[] = []
  const open = (on: EventStore = store) =>
    new LogNotary(on, keys, { logName, clock: manualClock(), onAlarm: one => alarms.push(one) })
  await appendEvents(store, 'acme', 3)
  await open().round(true)
  return { store, keys, alarms, open }
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
})
