import { describe, expect, it } from 'vitest'
import type { DeliveryOptions } from '../../bus/index.ts'
import { PermanentError } from '../../bus/index.ts'
import { shardOf } from '../../store/index.ts'
import { temporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import { ManualAlarm, sampleEvent } from '../../testing/index.ts'
import { indexOf, range, until } from '../../testing/transport-contract/transport-steps.ts'
import { listDeadLetters } from '../dead-letter/index.ts'
import { listReplays } from '../run/index.ts'
import { continueReplays, failuresOf, startReplay } from './index.ts'

describe('a replay on PostgreSQL with several shards', () => {
  it('is about every tenant of every shard, goes on after its process, and has each effect once', async () => {
    await using database = await temporaryPostgres()
    const store = await database.open({ shards: 2 })
    const tenants = range(6).map(index => `tenant-${index}`)
    expect(new Set(tenants.map(tenant => shardOf(tenant, 2))).size).toBe(2)
    for (const index of range(120)) {
      const tenantId = tenants[index % 6] as string
      const event = sampleEvent(tenantId, { payload: { index } })
      await store.append(tenantId, [{ stream: 's', expected: 'any', events: [event] }])
    }
    const alarm = new ManualAlarm()
    const seen: number[] = []
    const subscription: DeliveryOptions = {
      name: 'orders',
      handle(event, { unit }) {
        const index = indexOf(event)
        if (index === 7) throw new PermanentError('never')
        seen.push(index)
        const { tenantId, eventId } = event
        unit.add({ documents: [{ tenantId, collection: 'effect', id: eventId, value: true }] })
      },
    }
    const all = { tenantId: 'every tenant', by: 'operator' } as const
    await expect(startReplay(store, { ...all, subscription, from: { position: 3 } })).rejects.toMatchObject({
      code: 'delivery_options_invalid',
    })
    const first = await startReplay(store, { ...all, subscription, alarm, ratePerSecond: 20 })
    await until(() => {
      alarm.advance(50)
      return seen.length > 50
    }, 'a part of it')
    await first.close()
    const [second] = await continueReplays(store, { subscription: () => subscription, alarm })
    let isDone = false
    const done = second?.done.then(run => {
      isDone = true
      return run
    })
    await until(() => {
      alarm.advance(50)
      return isDone
    }, 'the end')
    expect((await done)?.progress).toMatchObject({ matched: 120, replayed: 119, failed: 1 })
    for (const tenantId of tenants) {
      const effects = await store.documents({ tenantId }, 'effect', { limit: 1_000 })
      expect(effects.map(({ revision }) => revision)).toEqual(
        range(tenantId === 'tenant-1' ? 19 : 20).map(() => 1),
      )
      expect((await listReplays(store, { tenantId })).runs).toEqual([])
    }
    const failures = { subscription: failuresOf(first), scope: { tenantId: 'tenant-1' } }
    expect((await listDeadLetters(store, failures)).letters).toHaveLength(1)
    expect((await listReplays(store, { tenantId: 'platform' })).runs).toHaveLength(1)
  })
})
