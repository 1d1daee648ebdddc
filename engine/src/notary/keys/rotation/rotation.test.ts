import { describe, expect, test } from 'vitest'
import type { EventStore } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { temporaryFolder } from '../../../store/sqlite/fixtures/temporary-store.ts'
import { sampleEvent } from '../../../testing/index.ts'
import { Broken, breakAt } from '../fixtures/breaking-store.ts'
import type { TestRoot } from '../fixtures/test-root.ts'
import { createTestRoot } from '../fixtures/test-root.ts'
import { openKeyRing } from '../key-ring.ts'
import type { DataKey, KeyRing, LogKeyRecord } from '../port.ts'

const kept = (keys: readonly DataKey[]) =>
  keys.map(({ kid, key }) => `${kid} ${Buffer.from(key).toString('hex')}`)
/** More than a page of a rotation. */
const people = Array.from({ length: 45 }, (_, at) => ({ subject: `usr-${at}`, month: '2026-11' }))
const ringOn = (store: EventStore, root: TestRoot): Promise<KeyRing> =>
  openKeyRing(store, root.open(), { logName: 'audit.example.com', pageSize: 20 })

async function versionsOf(store: EventStore, tenantId: string): Promise<string[]> {
  const documents = await store.documents({ tenantId }, 'tenant-key')
  return documents.map(({ id }) => id)
}

async function wrappedBy(store: EventStore, tenantId: string): Promise<Set<string>> {
  const found = new Set<string>()
  for (const collection of ['data-key', 'log-key', 'pepper'])
    for (const { value } of await store.documents({ tenantId }, collection, { limit: 1_000 })) {
      const { wrapped } = value as { wrapped?: string }
      if (wrapped !== undefined) found.add(wrapped.slice(0, wrapped.indexOf(':')))
    }
  return found
}

describe('the rotation of a tenant’s key', () => {
  test('wraps all anew, tells how far it is, and leaves nothing of the old version', async () => {
    const [store, root] = [createMemoryStore(), createTestRoot()]
    const ring = await ringOn(store, root)
    const keys = await ring.dataKeys('acme', people)
    const signer = await ring.logKey('acme')
    const seen: number[] = []
    const onProgress = ({ rewrapped }: { rewrapped: number }) => seen.push(rewrapped)
    expect(await ring.rotateTenantKey('acme', { onProgress })).toEqual({ rewrapped: 47 })
    expect(seen).toEqual([20, 40, 45, 47])
    expect(await versionsOf(store, 'acme')).toEqual(['v2'])
    expect(await wrappedBy(store, 'acme')).toEqual(new Set(['v2']))
    for (const reader of [ring, await ringOn(store, root)]) {
      await reader.check('acme', { isWhole: true })
      expect(kept(await reader.dataKeys('acme', people))).toEqual(kept(keys))
      expect((await reader.logKey('acme')).seed).toEqual(signer.seed)
    }
    expect(await ring.rotateTenantKey('acme')).toEqual({ rewrapped: 47 })
    expect(await versionsOf(store, 'acme')).toEqual(['v3'])
  })

  test('stops when it is told to, and goes on where it was', async () => {
    const [store, root] = [createMemoryStore(), createTestRoot()]
    const ring = await ringOn(store, root)
    const keys = await ring.dataKeys('acme', people)
    const stop = new AbortController()
    const onProgress = () => stop.abort(new Error('enough'))
    await expect(ring.rotateTenantKey('acme', { signal: stop.signal, onProgress })).rejects.toThrow('enough')
    expect(await versionsOf(store, 'acme')).toEqual(['v1', 'v2'])
    await ring.check('acme', { isWhole: true })
    expect(kept(await ring.dataKeys('acme', people))).toEqual(kept(keys))
    expect(await (await ringOn(store, root)).rotateTenantKey('acme')).toEqual({ rewrapped: 46 })
    expect(await versionsOf(store, 'acme')).toEqual(['v2'])
  })

  test('by several at once, with keys made and destroyed meanwhile, loses none', async () => {
    await using folder = temporaryFolder()
    const [store, root] = [await folder.open({ durability: 'relaxed' }), createTestRoot()]
    const rings = await Promise.all([ringOn(store, root), ringOn(store, root), ringOn(store, root)])
    const [one, two, three] = rings as [KeyRing, KeyRing, KeyRing]
    const old = await one.dataKeys('acme', people)
    await three.dataKeys('acme', people.slice(0, 5))
    const gone = old.slice(10, 14).map(({ kid }) => kid)
    const made: Promise<readonly DataKey[]>[] = []
    const making = (async () => {
      for (let at = 0; at < 60; at += 1) {
        const wanted = [{ subject: `new-${at}`, month: '2026-12' }]
        made.push(...[two, three].map(ring => ring.dataKeys('acme', wanted)))
        await made.at(-1)
      }
    })()
    await Promise.all([
      one.rotateTenantKey('acme'),
      two.rotateTenantKey('acme'),
      three.destroy('acme', gone),
      making,
    ])
    const fresh = await ringOn(store, root)
    await fresh.check('acme', { isWhole: true })
    const all = [...old, ...(await Promise.all(made)).flat()]
    const found = await fresh.keysOf(
      'acme',
      all.map(({ kid }) => kid),
    )
    const expected = new Set(kept(all.filter(({ kid }) => !gone.includes(kid))))
    expect(new Set([...found].map(([kid, key]) => `${kid} ${Buffer.from(key).toString('hex')}`))).toEqual(
      expected,
    )
    expect(expected.size).toBe(41 + 60)
    expect(await versionsOf(store, 'acme')).toHaveLength(1)
  })
})

describe.each(['before', 'after'] as const)('a death %s any unit', when => {
  test('of a rotation leaves keys that open, and a rotation that goes on', async () => {
    let ends = 0
    for (let at = 1; ends === 0; at += 1) {
      const [store, root] = [createMemoryStore(), createTestRoot()]
      const healthy = await ringOn(store, root)
      const keys = await healthy.dataKeys('acme', people)
      const signer = await healthy.logKey('acme')
      const broken = breakAt(store, at, when)
      const dying = await ringOn(broken.store, root)
      const outcome = await dying.rotateTenantKey('acme').catch(error => error)
      if (!(outcome instanceof Broken)) ends = at
      const fresh = await ringOn(store, root)
      await fresh.check('acme', { isWhole: true })
      expect(kept(await fresh.dataKeys('acme', people))).toEqual(kept(keys))
      // The one that was there before it knows nothing of it.
      await healthy.dataKeys('acme', [{ subject: 'new', month: '2026-11' }])
      await fresh.rotateTenantKey('acme')
      await fresh.check('acme', { isWhole: true })
      expect(await versionsOf(store, 'acme')).toHaveLength(1)
      expect(await wrappedBy(store, 'acme')).toEqual(new Set(await versionsOf(store, 'acme')))
      const last = await ringOn(store, root)
      expect(kept(await last.dataKeys('acme', people))).toEqual(kept(keys))
      expect((await last.logKey('acme')).seed).toEqual(signer.seed)
    }
    expect(ends).toBe(6)
  })

  test('of the first use of a tenant leaves a ring that works', async () => {
    let ends = 0
    for (let at = 1; ends === 0; at += 1) {
      const [store, root] = [createMemoryStore(), createTestRoot()]
      const broken = breakAt(store, at, when)
      const dying = await ringOn(broken.store, root)
      const work = async () => {
        await dying.dataKeys('acme', people.slice(0, 3))
        await dying.logKey('acme')
        await dying.rotateLogKey('acme')
        await dying.destroy('acme', await dying.kidsOf('acme', 'usr-1'))
      }
      const outcome = await work().catch(error => error)
      if (!(outcome instanceof Broken)) ends = at
      const fresh = await ringOn(store, root)
      await fresh.check('acme', { isWhole: true })
      expect(await fresh.dataKeys('acme', people.slice(0, 3))).toHaveLength(3)
      await fresh.logKey('acme')
    }
    expect(ends).toBe(6)
  })

  test('of a log’s key leaves no key without its record, and no record without its key', async () => {
    let ends = 0
    for (let at = 1; ends === 0; at += 1) {
      const [store, root] = [createMemoryStore(), createTestRoot()]
      await (await ringOn(store, root)).logKey('acme')
      const dying = await ringOn(breakAt(store, at, when).store, root)
      const record: LogKeyRecord = ({ name, key }) => {
        const event = sampleEvent('acme', { payload: { name, key } })
        return { tenantId: 'acme', writes: [{ stream: '$log', expected: 'any', events: [event] }] }
      }
      const outcome = await dying.rotateLogKey('acme', { record }).catch(error => error)
      if (!(outcome instanceof Broken)) ends = at
      const recorded: unknown[] = []
      for await (const { envelope } of store.readStream('acme', '$log')) recorded.push(envelope.payload)
      const keys = await (await ringOn(store, root)).logKeys('acme')
      expect(recorded).toEqual(keys.slice(0, -1).map(key => ({ name: 'audit.example.com/t/acme/main', key })))
      expect(keys).toHaveLength(outcome instanceof Broken && when === 'before' ? 1 : 2)
    }
    expect(ends).toBe(2)
  })

  test('of a new root key’s spread leaves keys that open, and goes on', async () => {
    const tenants = Array.from({ length: 9 }, (_, at) => `tenant-${at}`)
    let ends = 0
    for (let at = 1; ends === 0; at += 1) {
      const [store, root] = [createMemoryStore(), createTestRoot()]
      const healthy = await ringOn(store, root)
      const keys = await Promise.all(tenants.map(tenant => healthy.dataKeys(tenant, people.slice(0, 1))))
      root.rotate()
      const broken = breakAt(store, at, when)
      const dying = await ringOn(broken.store, root)
      const outcome = await dying.rewrapRoot().catch(error => error)
      if (!(outcome instanceof Broken)) ends = at
      const resumed = await ringOn(store, root)
      for (const tenant of tenants) await resumed.check(tenant)
      await resumed.rewrapRoot()
      root.dropOld()
      const fresh = await ringOn(store, root)
      for (const [at, tenant] of tenants.entries())
        expect(kept(await fresh.dataKeys(tenant, people.slice(0, 1)))).toEqual(kept(keys[at] ?? []))
    }
    expect(ends).toBe(14)
  })
})

test('a tenant’s key that the root key does not open is named at the end, and keeps no other back', async () => {
  const [store, root] = [createMemoryStore(), createTestRoot()]
  const ring = await ringOn(store, root)
  const tenants = Array.from({ length: 20 }, (_, at) => `tenant-${at}`)
  for (const tenant of tenants) await ring.dataKeys(tenant, people.slice(0, 1))
  const theirs = (await store.document('tenant-7', 'tenant-key', 'v1'))?.value
  await store.commit({
    scope: { tenantId: 'tenant-8' },
    documents: [{ tenantId: 'tenant-8', collection: 'tenant-key', id: 'v1', value: theirs ?? null, due: 0 }],
  })
  root.rotate()
  const after = await ringOn(store, root)
  await expect(after.rewrapRoot()).rejects.toMatchObject({
    code: 'key_ring_wrong',
    details: { failed: 1, tenants: ['tenant-8'] },
  })
  root.dropOld()
  const fresh = await ringOn(store, root)
  for (const tenant of tenants.filter(one => one !== 'tenant-8')) await fresh.check(tenant)
})
