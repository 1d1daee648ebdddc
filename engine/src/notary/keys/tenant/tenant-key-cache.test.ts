import { expect, test } from 'vitest'
import { createHandClock } from '../../../store/facet/fixtures/suite.ts'
import type { EventStore } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import type { Gates } from '../fixtures/gated-store.ts'
import { gate } from '../fixtures/gated-store.ts'
import { createTestRoot } from '../fixtures/test-root.ts'
import { openKeyRing } from '../key-ring.ts'

const ann = [{ subject: 'ann', month: '2026-11' }]

function setUp() {
  const [store, root, clock] = [createMemoryStore() as EventStore, createTestRoot(), createHandClock()]
  const open = (gates: Gates = {}) => openKeyRing(gate(store, gates), root.open(), { logName: 'log', clock })
  return { store, clock, open }
}

/** Holds an answer from a collection after it was read, once armed, until it is let go. */
function holdLook(held = 'key-ring') {
  const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let isArmed = false
  return {
    begun: begun.promise,
    arm: () => {
      isArmed = true
    },
    letGo: end.resolve,
    afterRead: (_: unknown, collection: string) => {
      if (!isArmed || collection !== held) return undefined
      isArmed = false
      begun.resolve()
      return end.promise
    },
  }
}

test.each(['this process', 'another process'])(
  'keys that %s makes are found by who asks for them after, whatever look is under way',
  async maker => {
    const { open } = setUp()
    const look = holdLook()
    const other = await open()
    let early: Promise<unknown> = Promise.resolve()
    const ring = await open({
      afterRead: look.afterRead,
      async beforeCommit() {
        if (early !== before) return
        look.arm()
        early = ring.keysOf('acme', ['k-aaaaaaaaaaaaaaaaaaaaaa'])
        await look.begun
        if (maker === 'another process') await other.dataKeys('acme', ann)
      },
    })
    const before = early
    // The early look is not answered before the later one is.
    const keys = await ring.dataKeys('acme', ann)
    look.letGo()
    expect(await early).toEqual(new Map())
    expect(keys).toEqual(await other.dataKeys('acme', ann))
    expect(await ring.dataKeys('acme', ann)).toEqual(keys)
  },
)

test('keys of a tenant that is deleted while they are looked for are not held', async () => {
  const { store, open } = setUp()
  const [{ kid } = { kid: '' }] = await (await open()).dataKeys('acme', ann)
  const look = holdLook('pepper')
  const ring = await open({ afterRead: look.afterRead })
  look.arm()
  const early = ring.keysOf('acme', [kid])
  // All that opens the keys is read by now.
  await look.begun
  await store.deleteTenant('acme')
  ring.forget('acme')
  look.letGo()
  await early
  const [key] = await (await open()).dataKeys('acme', ann)
  expect(await ring.dataKeys('acme', ann)).toEqual([key])
})

test('keys of a tenant that was deleted and made anew are not taken for those of the one before', async () => {
  const { store, clock, open } = setUp()
  const [one, two] = [await open(), await open()]
  await two.dataKeys('acme', ann)
  await store.deleteTenant('acme')
  one.forget('acme')
  const made = await one.dataKeys('acme', ann)
  clock.move(1_001)
  expect(await two.dataKeys('acme', ann)).toEqual(made)
  const [more] = await two.dataKeys('acme', [{ subject: 'bob', month: '2026-11' }])
  expect((await one.keysOf('acme', [more!.kid])).get(more!.kid)).toEqual(more!.key)
  await (await open()).check('acme', { isWhole: true })
})
