import { afterEach, beforeEach, expect, test } from 'vitest'
import { streamDigest } from '../../../proof/index.ts'
import type { EventStore } from '../../../store/index.ts'
import { scavenge, tombstoneStream } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { sampleEvent } from '../../../testing/index.ts'
import type { KeyRing } from '../../keys/index.ts'
import { createTextRootKey, openKeyRing } from '../../keys/index.ts'
import { checkLog, openNotary } from '../../log/index.ts'
import { openSealed } from '../../seal/index.ts'
import { newApprover, recordsOf } from '../fixtures/setting.ts'
import { openRemovals } from '../open-removals.ts'
import { scavengeHolds, scavengeRecords } from './scavenge-records.ts'

const tenantId = 'acme'
let store: EventStore
let ring: KeyRing

beforeEach(async () => {
  store = createMemoryStore()
  const root = createTextRootKey(Buffer.alloc(32, 3).toString('base64'))
  ring = await openKeyRing(store, root, { logName: 'test.example' })
  const sealed = openSealed(store, ring)
  for (const stream of ['gone', 'stays', 'gone', 'gone']) {
    const event = sampleEvent(tenantId, { metadata: { user: 'ada' } })
    await sealed.append(tenantId, [{ stream, expected: 'any', events: [event] }])
  }
  await tombstoneStream(store, tenantId, 'gone', { reason: 'a test' })
})
afterEach(async () => {
  await ring.close()
  await store.close()
})

async function check() {
  const notary = openNotary(store, ring, { logName: 'test.example' })
  await notary.checkpointNow(tenantId)
  const report = await checkLog(store, notary, ring, tenantId)
  await notary.close()
  return report
}

test('what is scavenged has a record that explains it, and a repeat adds none', async () => {
  const report = await scavenge(store, tenantId, await scavengeRecords(store, tenantId))
  expect(report).toMatchObject({ tombstoned: { count: 3 } })
  expect(await check()).toMatchObject({ isSound: true, explained: 3 })
  const before = await store.head({ tenantId })
  await scavenge(store, tenantId, await scavengeRecords(store, tenantId))
  expect(await store.head({ tenantId })).toBe(before)
})

test('the record says what it removed, and the hold what it covered, also of a stream that is gone', async () => {
  const removals = openRemovals(store, ring, { copies: [] })
  const hold = await removals.setHold(tenantId, { scope: { stream: 'gone' }, reason: 'case 7' })
  const [set] = await recordsOf(store, tenantId, 'hold.set')
  const entries = [
    [0, 1],
    [2, 4],
  ]
  expect(set).toMatchObject({ scope: { stream: 'gone' }, entries })
  await removals.releaseHold(tenantId, hold.id, 'closed')
  const kids = await ring.kidsOf(tenantId, 'ada')
  await scavenge(store, tenantId, await scavengeRecords(store, tenantId))
  const [record, ...others] = await recordsOf(store, tenantId, 'retention')
  const { salt } = record as unknown as { salt: string }
  const group = { stream: streamDigest(salt, 'gone'), keys: kids, entries }
  expect(record).toMatchObject({ policy: 'scavenge@1', range: [0, 4], removed: [group] })
  expect(others).toEqual([])
  await removals.close()
})

test('once there are approvers one of them signs for it', async () => {
  const removals = openRemovals(store, ring, { copies: [] })
  const carla = newApprover('carla')
  await removals.registerApprover(tenantId, { key: carla.key })
  await expect(scavengeRecords(store, tenantId)).rejects.toMatchObject({ code: 'approval_invalid' })
  const policy = { id: 'scavenge', minimumDays: 0, locked: false }
  const text = await removals.retentionPolicyRecord(tenantId, policy)
  const consent = { name: 'carla', signature: carla.sign(text) }
  await removals.setRetentionPolicy(tenantId, policy, consent)
  await scavenge(store, tenantId, await scavengeRecords(store, tenantId))
  expect(await recordsOf(store, tenantId, 'retention')).toMatchObject([{ policy: 'scavenge@1' }])
  await removals.close()
})

test('without the records a check finds it gone without a reason', async () => {
  await scavenge(store, tenantId)
  expect(await check()).toMatchObject({ isSound: false, index: 0 })
})

test('a locked policy keeps it until it is as old as that asks for', async () => {
  const removals = openRemovals(store, ring, { copies: [] })
  await removals.setRetentionPolicy(tenantId, { id: 'keep', minimumDays: 30, locked: true })
  const { isHeld } = await scavengeHolds(store, tenantId)
  const planned = await scavenge(store, tenantId, { dryRun: true, isHeld })
  const done = await scavenge(store, tenantId, await scavengeRecords(store, tenantId))
  expect(done).toEqual({ ...planned, dryRun: false })
  expect(done).toMatchObject({ tombstoned: { count: 0 }, held: 3 })
  const later = { now: () => Date.now() + 31 * 86_400_000 }
  await scavenge(store, tenantId, await scavengeRecords(store, tenantId, { clock: later }))
  expect((await store.readPositions(tenantId, [1]))[0]?.bodyState).toBe('removed')
  await removals.close()
})

test.each([
  ['of the whole log', { all: true as const }],
  ['of the stream', { stream: 'gone' }],
  ['of a subject', { subject: 'ada' }],
])('a hold %s keeps it', async (_, scope) => {
  const removals = openRemovals(store, ring, { copies: [] })
  const hold = await removals.setHold(tenantId, { scope, reason: 'case 7' })
  const { isHeld, keepsSealed } = await scavengeHolds(store, tenantId)
  expect(keepsSealed).toBe('subject' in scope)
  const planned = await scavenge(store, tenantId, { dryRun: true, isHeld })
  const done = await scavenge(store, tenantId, await scavengeRecords(store, tenantId))
  expect(done).toEqual({ ...planned, dryRun: false })
  expect(done).toMatchObject({ tombstoned: { count: 0 }, held: 3 })
  expect((await store.readPositions(tenantId, [1]))[0]?.bodyState).toBe('present')
  await removals.releaseHold(tenantId, hold.id, 'closed')
  await scavenge(store, tenantId, await scavengeRecords(store, tenantId))
  expect((await store.readPositions(tenantId, [1]))[0]?.bodyState).toBe('removed')
  expect(await check()).toMatchObject({ isSound: true })
  await removals.close()
})
