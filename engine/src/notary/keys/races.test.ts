import { expect, test } from 'vitest'
import { createHandClock } from '../../store/facet/fixtures/suite.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import type { Gates } from './fixtures/gated-store.ts'
import { gate } from './fixtures/gated-store.ts'
import { createTestRoot } from './fixtures/test-root.ts'
import { openKeyRing } from './key-ring.ts'

const ann = [{ subject: 'ann', month: '2026-11' }]

function setUp() {
  const [store, root, clock] = [createMemoryStore() as EventStore, createTestRoot(), createHandClock()]
  const open = (gates: Gates = {}) => openKeyRing(gate(store, gates), root.open(), { logName: 'log', clock })
  return { store, open }
}

/** Does something at the first time that it is asked to. */
function once(work: () => Promise<unknown>): () => Promise<void> | undefined {
  let isDone = false
  return () => {
    if (isDone) return undefined
    isDone = true
    return work().then(() => undefined)
  }
}

test('a key that is being made while the tenant’s key is rotated is wrapped by the new one', async () => {
  const { store, open } = setUp()
  const other = await open()
  await other.dataKeys('acme', [{ subject: 'bob', month: '2026-11' }])
  const rotate = once(() => other.rotateTenantKey('acme'))
  const ring = await open({
    beforeCommit: unit => (unit.documents?.some(one => one.collection === 'data-key') ? rotate() : undefined),
  })
  const [key] = await ring.dataKeys('acme', ann)
  expect((await store.documents({ tenantId: 'acme' }, 'tenant-key')).map(({ id }) => id)).toEqual(['v2'])
  await (await open()).check('acme', { isWhole: true })
  expect((await other.keysOf('acme', [key!.kid])).get(key!.kid)).toEqual(key!.key)
})

test('a key that is being made while another process makes it is that of the other', async () => {
  const { open } = setUp()
  const other = await open()
  const make = once(() => other.dataKeys('acme', ann))
  const ring = await open({
    beforeCommit: unit => (unit.documents?.some(one => one.collection === 'data-key') ? make() : undefined),
  })
  expect(await ring.dataKeys('acme', ann)).toEqual(await other.dataKeys('acme', ann))
})

test('the tenant’s first keys that another process makes meanwhile are used', async () => {
  const { store, open } = setUp()
  const other = await open()
  const ring = await open({ beforeCommit: once(() => other.dataKeys('acme', ann)) })
  expect(await ring.dataKeys('acme', ann)).toEqual(await other.dataKeys('acme', ann))
  expect(await store.documents({ tenantId: 'acme' }, 'pepper')).toHaveLength(1)
})

test('a key that is destroyed while it is read is not held', async () => {
  const { open } = setUp()
  const [{ kid } = { kid: '' }] = await (await open()).dataKeys('acme', ann)
  let destroy: () => Promise<void> | undefined = () => undefined
  const ring = await open({
    afterRead: document => (document?.collection === 'data-key' ? destroy() : undefined),
  })
  destroy = once(() => ring.destroy('acme', [kid]))
  await ring.keysOf('acme', [kid])
  expect(await ring.keysOf('acme', [kid])).toEqual(new Map())
})

test('a key that another process destroys while it is read is forgotten within its time', async () => {
  const store = createMemoryStore()
  const [root, clock] = [createTestRoot(), createHandClock()]
  const openOn = (on: EventStore) => openKeyRing(on, root.open(), { logName: 'log', clock })
  const other = await openOn(store)
  const [{ kid } = { kid: '' }] = await other.dataKeys('acme', ann)
  const destroy = once(() => other.destroy('acme', [kid]))
  const ring = await openOn(
    gate(store, { afterRead: document => (document?.collection === 'data-key' ? destroy() : undefined) }),
  )
  expect((await ring.keysOf('acme', [kid])).size).toBe(1)
  clock.move(1_001)
  expect(await ring.keysOf('acme', [kid])).toEqual(new Map())
})

test('a log’s key that is rotated while it is read is the new one', async () => {
  const { open } = setUp()
  const other = await open()
  await other.logKey('acme')
  const rotate = once(() => other.rotateLogKey('acme'))
  const ring = await open({
    afterRead: document => (document?.collection === 'key-ring' ? rotate() : undefined),
  })
  expect((await ring.logKey('acme')).seed).toEqual((await other.logKey('acme')).seed)
})
