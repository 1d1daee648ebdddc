import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../core/index.ts'
import { platformTenant } from '../../../core/index.ts'
import { leafNode, parseCheckpoint, parseHash, parseNote, verifyInclusion } from '../../../proof/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { appendEvents } from '../fixtures/append-events.ts'
import { logName, manualClock, originOf, TestLogKeys } from '../fixtures/log-keys.ts'
import { LogNotary } from '../log-notary.ts'
import type { MetaProof } from '../port.ts'

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
    expect([tenantId, eventType]).toEqual([platformTenant, 'LogCheckpointsRecorded'])
    records.push(payload as unknown as Recorded)
    await appendEvents(store, platformTenant, 1, 'LogCheckpoints')
  }
  const open = () => new LogNotary(store, new TestLogKeys(), { logName, clock, record, recordEvery: 60_000 })
  return { clock, store, records, state, open }
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
})
