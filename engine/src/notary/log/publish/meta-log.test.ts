import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { platformTenant } from '../../../core/index.ts'
import { leafNode, parseCheckpoint, parseHash, parseNote, verifyInclusion } from '../../../proof/index.ts'
import type { EventStore } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { appendEvents } from '../fixtures/append-events.ts'
import { logName, manualClock, originOf, TestLogKeys } from '../fixtures/log-keys.ts'
import { LogNotary } from '../log-notary.ts'
import type { MetaProof, NotaryAlarm } from '../port.ts'
import { logCollections, onlyId } from '../tree/log-state.ts'

interface Recorded {
  readonly tenants: number
  readonly root: string
}

function setUp() {
  const clock = manualClock()
  const store = createMemoryStore()
  const records: Recorded[] = []
  const state = { fails: false }
  const record = async (tenantId: string, eventType: string, payload: JsonObject) => {
    if (state.fails) throw new Error('not now')
    // That a log is forked is told in its own.
    if (eventType === 'HashChainValidationFailed') return
    expect([tenantId, eventType]).toEqual([platformTenant, 'LogCheckpointsRecorded'])
    records.push(payload as unknown as Recorded)
    await appendEvents(store, platformTenant, 1, 'LogCheckpoints')
  }
  const keys = new TestLogKeys()
  const alarms: NotaryAlarm[] = []
  const onAlarm = (alarm: NotaryAlarm) => alarms.push(alarm)
  const open = () => new LogNotary(store, keys, { logName, clock, record, recordEvery: 60_000, onAlarm })
  return { clock, store, keys, alarms, records, state, open }
}

const holds = ({ line, index, count, path, root }: MetaProof): boolean =>
  verifyInclusion(
    { leaf: leafNode(line), index, size: count, root: parseHash(root, 'base64') },
    path.map(node => parseHash(node, 'base64')),
  )

describe('the list of all heads', () => {
  it('is recorded where something changed, at most once a minute, and proves each head', async () => {
    const { clock, store, records, open } = setUp()
    const notary = open()
    const tenants = Array.from({ length: 70 }, (_, at) => `tenant-${at}`)
    for (const tenantId of tenants) await appendEvents(store, tenantId, 1)
    await notary.round(true)
    await notary.round(true)
    expect(records).toHaveLength(1)
    await appendEvents(store, 'tenant-3', 1)
    await notary.round(true)
    expect(records).toHaveLength(1)
    clock.time += 60_000
    await notary.round(true)
    clock.time += 60_000
    // Its own record has moved the platform's log, which changes nothing in the list.
    await notary.round(true)
    expect(records.map(({ tenants: count }) => count)).toEqual([70, 70])
    for (const tenantId of ['tenant-3', 'tenant-69']) {
      const proof = (await notary.metaProof(tenantId)) as MetaProof
      const head = parseCheckpoint(proof.line)
      expect(head).toEqual(parseCheckpoint(parseNote((await notary.checkpoint(tenantId)) ?? '').text))
      expect([head.origin, holds(proof), proof.root]).toEqual([originOf(tenantId), true, records[1]?.root])
      expect(holds({ ...proof, line: proof.line.replace('tenant', 'tenent') })).toBe(false)
    }
    expect(await notary.metaProof('nobody')).toBeUndefined()
    expect(await notary.metaProof(platformTenant)).toBeUndefined()
  })

  it('misses nothing that was signed before a restart, nor a record that was not written', async () => {
    const { clock, store, records, state, open } = setUp()
    await appendEvents(store, 'acme', 1)
    state.fails = true
    await open().round(true)
    expect(records).toEqual([])
    state.fails = false
    await open().round(true)
    expect(records).toHaveLength(1)
    await appendEvents(store, 'beta', 1)
    // Signed within the minute, and the process is gone before the next record.
    await open().round(true)
    clock.time += 60_000
    const notary = open()
    await notary.round(true)
    expect(records.at(-1)?.tenants).toBe(2)
    expect(holds((await notary.metaProof('beta')) as MetaProof)).toBe(true)
  })

  it('has no tenant that was forgotten', async () => {
    const { store, records, open } = setUp()
    const notary = open()
    for (const tenantId of ['acme', 'beta']) await appendEvents(store, tenantId, 1)
    await notary.round(true)
    await store.deleteTenant('acme')
    await notary.forget('acme')
    expect(records.map(({ tenants }) => tenants)).toEqual([2, 1])
    expect(await notary.metaProof('acme')).toBeUndefined()
    expect(holds((await notary.metaProof('beta')) as MetaProof)).toBe(true)
  })

  /** Puts a value in the place of a tenant's tree, and gives the one that was there. */
  async function replaceTree(store: EventStore, tenantId: string, value: JsonValue): Promise<JsonValue> {
    const place = { tenantId, collection: logCollections.tree, id: onlyId }
    const kept = await store.document(tenantId, place.collection, place.id)
    await store.commit({ scope: { tenantId }, documents: [{ ...place, value }] })
    return kept?.value as JsonValue
  }

  const sizeIn = async (notary: LogNotary, tenantId: string) =>
    parseCheckpoint((await notary.metaProof(tenantId))?.line ?? '').size

  it('goes on where one tree cannot be read, tells so once, and has it again when it is mended', async () => {
    const { clock, store, alarms, records, open } = setUp()
    const notary = open()
    for (const tenantId of ['acme', 'beta']) await appendEvents(store, tenantId, 1)
    await notary.round(true)
    for (const tenantId of ['acme', 'beta']) await appendEvents(store, tenantId, 1)
    await notary.round(true)
    const tree = await replaceTree(store, 'acme', { size: 'x' })
    for (let minute = 0; minute < 3; minute += 1) {
      clock.time += 60_000
      await appendEvents(store, 'beta', 1)
      await notary.round(true)
      await notary.round(true)
    }
    expect([await sizeIn(notary, 'beta'), await sizeIn(notary, 'acme')]).toEqual([5, 1])
    const told = () => alarms.map(({ kind, tenantId }) => `${kind} ${tenantId}`).sort()
    expect(told()).toEqual(['heads-unkept acme', 'log-forked acme'])
    expect(records.at(-1)?.tenants).toBe(2)
    // Another process, to which nothing comes of that log.
    alarms.splice(0)
    const next = open()
    clock.time += 60_000
    await next.round(true)
    await next.round(true)
    expect(told()).toEqual(['heads-unkept acme', 'log-forked acme'])
    await replaceTree(store, 'acme', tree)
    await appendEvents(store, 'acme', 1)
    clock.time += 60_000
    await next.round(true)
    clock.time += 60_000
    await next.round(true)
    expect([(await next.status('acme')).state, await sizeIn(next, 'acme')]).toEqual(['stopped', 3])
  })

  it('has what could not be read when a process ended', async () => {
    const { clock, store, open } = setUp()
    const notary = open()
    for (const tenantId of ['acme', 'beta']) await appendEvents(store, tenantId, 1)
    await notary.round(true)
    await appendEvents(store, 'acme', 1)
    await notary.round(true)
    const tree = await replaceTree(store, 'acme', { size: 'x' })
    clock.time += 60_000
    await appendEvents(store, 'beta', 1)
    await notary.round(true)
    await replaceTree(store, 'acme', tree)
    clock.time += 60_000
    const next = open()
    await next.round(true)
    expect([await sizeIn(next, 'beta'), await sizeIn(next, 'acme')]).toEqual([2, 2])
  })

  it('does without what is no head in it, and reads that anew', async () => {
    const { clock, store, open } = setUp()
    for (const tenantId of ['acme', 'beta']) await appendEvents(store, tenantId, 1)
    await open().round(true)
    const { heads: collection, meta } = logCollections
    for (const { id, value } of await store.documents({ tenantId: platformTenant }, collection)) {
      if (!Object.hasOwn(value as object, 'acme')) continue
      const document = { tenantId: platformTenant, collection, id, value: { acme: [1, 'x'] } }
      await store.commit({ scope: { tenantId: platformTenant }, documents: [document] })
    }
    const state = { tenantId: platformTenant, collection: meta, id: onlyId, value: { at: 'x' } }
    await store.commit({ scope: { tenantId: platformTenant }, documents: [state] })
    await appendEvents(store, 'beta', 1)
    clock.time += 60_000
    const notary = open()
    await notary.round(true)
    expect([await sizeIn(notary, 'beta'), await sizeIn(notary, 'acme')]).toEqual([2, 1])
  })

  it('names the log of a tenant that was made anew as its checkpoints do', async () => {
    const { clock, store, keys, open } = setUp()
    const notary = open()
    await appendEvents(store, 'acme', 1)
    await notary.round(true)
    await store.deleteTenant('acme')
    await notary.forget('acme')
    keys.renew('acme')
    await appendEvents(store, 'acme', 2)
    clock.time += 60_000
    await notary.round(true)
    for (const one of [notary, open()]) {
      const { line } = (await one.metaProof('acme')) as MetaProof
      expect(line).toBe(parseNote((await one.checkpoint('acme')) ?? '').text)
      expect((await one.status('acme')).origin).toBe(`${originOf('acme')}-2`)
    }
  })
})
