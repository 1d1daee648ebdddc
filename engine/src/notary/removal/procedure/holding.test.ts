import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { builtInCopies } from '../copies/built-in-copies.ts'
import { createHandClock, createSetting, signIn } from '../fixtures/setting.ts'
import type { CopyStore } from '../port.ts'
import { aftercare } from './backoff.ts'

const tenantId = 'acme'
const anna = { userId: 'usr-anna', email: 'anna.karenina@example.com' }
const why = { subject: anna.userId, basis: 'gdpr-17-1-b', request: 'TICKET-4711' }
const letters = 'dead-letter/mail'
const full = 'disk /dev/sda is full: call the operator'
const turn = () => new Promise(resolve => setImmediate(resolve))

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it.each([
  ['first round', 1],
  ['second round', 2],
  ['last look', 3],
])('others leave a removal alone while a store of copies takes its time, in the %s', async (_, slowAt) => {
  const store = createMemoryStore()
  const clock = createHandClock()
  let asked = 0
  const gate = Promise.withResolvers<void>()
  const slow: CopyStore = {
    name: 'slow',
    count: async () => 0,
    async erase() {
      asked += 1
      if (asked === slowAt) await gate.promise
      return { removed: 0 }
    },
  }
  const documents = builtInCopies(store, { collections: () => [letters] })
  const first = await createSetting(store, { clock, copies: [slow, ...documents] })
  const second = await createSetting(store, { clock, copies: [{ ...slow, erase: failed }, ...documents] })
  await signIn(first, tenantId, anna)
  const { id } = await first.removals.requestErasure(tenantId, why)
  if (slowAt === 3) {
    await first.removals.work()
    clock.move(aftercare)
  }
  const said = [full, `no mailbox ${anna.email}`].map((message, index) => ({
    tenantId,
    collection: letters,
    id: String(index),
    value: { eventId: 'of-ben', attempts: [{ at: clock.now(), name: 'Error', message, fingerprint: 'f' }] },
  }))
  await store.commit({ scope: { tenantId }, documents: said })
  const work = first.removals.work()
  while (asked < slowAt) await turn()
  for (let round = 0; round < 20; round += 1) {
    clock.move(10_000)
    vi.advanceTimersByTime(10_000)
    await turn()
    expect(await second.removals.work()).toBe(0)
  }
  gate.resolve()
  await work
  expect(await first.removals.erasure(tenantId, id)).toMatchObject({ status: 'completed', failures: 0 })
  const kept = await store.documents({ tenantId }, letters)
  const texts = kept.map(({ value }) => (value as { attempts: { message: string }[] }).attempts[0]?.message)
  expect(texts).toEqual([full, 'no mailbox (removed)'])
  await Promise.all([first.close(), second.close()])
})

const failed = () => Promise.reject(new Error('it is not the turn of this process'))
