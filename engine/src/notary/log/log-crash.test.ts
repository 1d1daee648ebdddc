import { describe, expect, it } from 'vitest'
import { KeelsonError } from '../../core/index.ts'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { appendEvents } from './fixtures/append-events.ts'
import { checkPublished } from './fixtures/check-published.ts'
import { logName, manualClock, TestLogKeys } from './fixtures/log-keys.ts'
import { LogNotary } from './log-notary.ts'

const tenants = ['acme', 'beta', 'gamma']

/** Commit number `at` is cut off: before it is carried out, or after, so that nobody hears that it was. */
function breaking(store: EventStore, at: number, isBefore: boolean): EventStore {
  let commits = 0
  return {
    ...portOf(store),
    async commit(unit) {
      commits += 1
      if (commits === at && isBefore) throw new KeelsonError('store_closed')
      const receipts = await store.commit(unit)
      if (commits === at) throw new KeelsonError('store_closed')
      return receipts
    },
  }
}

describe('a notary that is cut off', () => {
  const points = Array.from({ length: 6 }, (_, at) => at + 1).flatMap(at => [
    [at, 'before', true] as const,
    [at, 'after', false] as const,
  ])

  it.each(points)(
    'at commit %i, %s it, goes on without a gap or a second checkpoint',
    async (at, _, isBefore) => {
      const store = createMemoryStore()
      const keys = new TestLogKeys()
      const alarms: unknown[] = []
      const options = { logName, clock: manualClock(), onAlarm: (alarm: unknown) => alarms.push(alarm) }
      // One that lives on through the failure, and one that is started anew.
      const living = new LogNotary(breaking(store, at, isBefore), keys, options)
      for (const count of [300, 5, 260, 1]) {
        for (const tenantId of tenants) await appendEvents(store, tenantId, count)
        await living.round(true).catch(() => undefined)
      }
      const restarted = new LogNotary(store, keys, options)
      for (const notary of [living, restarted]) {
        await notary.round(true)
        for (const tenantId of tenants)
          expect((await checkPublished(store, notary, keys, tenantId)).at(-1)).toBe(566)
      }
      expect(alarms).toEqual([])
    },
  )

  it('lets two of them work on one store, of which one stands by until the other is gone', async () => {
    const store = createMemoryStore()
    const keys = new TestLogKeys()
    const clock = manualClock()
    const options = { logName, clock, standby: 3_000 }
    const [one, two] = [new LogNotary(store, keys, options), new LogNotary(store, keys, options)]
    let [commits, conflicts] = [0, 0]
    const commit = store.commit.bind(store)
    store.commit = unit => {
      commits += 1
      return commit(unit).catch(error => {
        conflicts += 1
        throw error
      })
    }
    for (let turn = 0; turn < 20; turn += 1) {
      await appendEvents(store, tenants[turn % 3] as string, 100)
      clock.time += 500
      await Promise.all([one.round(true), two.round(true)])
    }
    expect(conflicts).toBeLessThanOrEqual(2)
    expect(commits).toBeGreaterThan(10)
    // Only the one that stands by is left, which takes over after a while without progress.
    const leads = await leader(store, one, two, clock)
    for (let turn = 0; turn < 10; turn += 1) {
      await appendEvents(store, 'acme', 1)
      clock.time += 1_000
      await leads.other.round(true)
    }
    for (const tenantId of tenants) await checkPublished(store, leads.other, keys, tenantId)
    expect((await leads.other.status('acme')).pending).toBe(0)
  })
})

async function leader(store: EventStore, one: LogNotary, two: LogNotary, clock: { time: number }) {
  await appendEvents(store, 'acme', 1)
  clock.time += 1_000
  await one.round(true)
  return (await one.status('acme')).pending === 0 ? { other: two } : { other: one }
}
