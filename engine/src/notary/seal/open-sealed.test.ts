import { expect, test } from 'vitest'
import { createMemoryStore } from '../../store/memory/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { createTextRootKey, openKeyRing } from '../keys/index.ts'
import { openSealed } from './open-sealed.ts'

const tenantId = 'acme'

async function setUp() {
  const plain = createMemoryStore()
  const root = createTextRootKey(Buffer.alloc(32, 5).toString('base64'))
  const ring = await openKeyRing(plain, root, { logName: 'test.example' })
  return { plain, ring, store: openSealed(plain, ring) }
}

test('what is appended at once keeps its order, whoever has to wait for a key', async () => {
  const { plain, ring, store } = await setUp()
  // Every third has a subject that is new, every third one that is known by then, and every third none.
  const events = Array.from({ length: 60 }, (_, at) => {
    const user = at % 3 === 0 ? `new-${at}` : 'known'
    return sampleEvent(tenantId, { eventId: `e-${at}`, ...(at % 3 === 2 ? {} : { metadata: { user } }) })
  })
  const write = (at: number) => [
    { stream: 's', expected: 'any' as const, events: [events[at] as (typeof events)[0]] },
  ]
  await Promise.all(
    events.map((_, at) =>
      at % 5 === 4
        ? store.commit({ scope: { tenantId }, appends: [{ tenantId, writes: write(at) }] })
        : store.append(tenantId, write(at)),
    ),
  )
  const log = await Array.fromAsync(plain.readAll({ tenantId }))
  expect(log.map(({ eventId }) => eventId)).toEqual(events.map(({ envelope }) => envelope.eventId))
  await ring.close()
})

test('an append that is refused holds up none behind it', async () => {
  const { ring, store } = await setUp()
  const good = (user: string) => [
    { stream: 's', expected: 'any' as const, events: [sampleEvent(tenantId, { metadata: { user } })] },
  ]
  const reserved = [
    {
      stream: 's',
      expected: 'any' as const,
      events: [sampleEvent(tenantId, { payload: { _sd: [] }, metadata: { user: 'ada' } })],
    },
  ]
  const results = await Promise.allSettled([
    store.append(tenantId, good('ada')),
    store.append(tenantId, reserved),
    store.append(tenantId, good('ben')),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await store.head({ tenantId })).toBe(2)
  await ring.close()
})

test('what was opened is the same again, until a key of it is destroyed, by whatever process', async () => {
  const plain = createMemoryStore()
  const key = Buffer.alloc(32, 5).toString('base64')
  let now = 0
  const open = () =>
    openKeyRing(plain, createTextRootKey(key), { logName: 'test.example', clock: { now: () => now } })
  const [ring, other] = await Promise.all([open(), open()])
  const store = openSealed(plain, ring)
  const events = ['ada', 'ben'].map(user => sampleEvent(tenantId, { metadata: { user } }))
  await store.append(tenantId, [{ stream: 's', expected: 'any', events }])
  const opened = await Array.fromAsync(store.readAll({ tenantId }))
  const again = await store.reveal(opened)
  expect(again.map((event, at) => event === opened[at])).toEqual([true, true])
  await other.destroy(tenantId, await other.kidsOf(tenantId, 'ada'))
  now += 1_001
  const [ada, ben] = await store.reveal(opened)
  expect([ada?.envelope.metadata?.user, ada?.hidden]).toEqual([undefined, 1])
  expect(ben).toBe(opened[1])
  await Promise.all([ring.close(), other.close()])
})
