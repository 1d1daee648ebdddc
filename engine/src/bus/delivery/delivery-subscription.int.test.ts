import { describe, expect, it } from 'vitest'
import { shardOf } from '../../store/index.ts'
import { temporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import { embeddedFixture } from '../../testing/transport-contract/fixtures/embedded-fixture.ts'
import {
  addEffect,
  deadLetters,
  follow,
  range,
  until,
} from '../../testing/transport-contract/transport-steps.ts'
import { PermanentError } from '../index.ts'

describe('a subscription to a store of several shards', () => {
  it('has a partition for each, with an owner, a place and dead letters of its own', async () => {
    await using database = await temporaryPostgres()
    const store = await database.open({ shards: 2 })
    const fixture = embeddedFixture(store)
    const tenants = range(6).map(index => `tenant-${index}`)
    expect(new Set(tenants.map(tenant => shardOf(tenant, 2))).size).toBe(2)
    await fixture.publish(range(60).map(index => ({ tenantId: tenants[index % 6] as string, index })))
    const one = follow(fixture, {
      handle(index, context) {
        addEffect(context)
        if (index === 7 && context.attempt === 1) throw new Error('not yet')
        if (index === 8) throw new PermanentError('never')
      },
    })
    await until(() => {
      fixture.alarm.advance(50)
      return one.done.length === 59
    }, 'all events')
    const status = await one.subscription.status()
    expect(status.partitions.map(({ isOwner }) => isOwner)).toEqual([true, true])
    expect(status.setAside).toBe(1)
    expect((await deadLetters(fixture, 'tenant-2')).length).toBe(1)
    await one.subscription.drain()
    for (const [at, tenant] of tenants.entries()) {
      const own = one.done.filter(index => index % 6 === at)
      expect(own, tenant).toEqual(own.toSorted((a, b) => a - b))
      const effects = await store.documents({ tenantId: tenant }, 'effect')
      expect(effects.every(({ revision }) => revision === 1)).toBe(true)
      expect(effects.length).toBe(at === 2 ? 9 : 10)
    }
    const again = follow(fixture)
    await until(
      async () => (await again.subscription.status()).partitions.every(({ isOwner }) => isOwner),
      'both partitions again',
    )
    expect(again.calls).toEqual([])
    expect((await again.subscription.status()).lag).toEqual({ events: 0, seconds: 0 })
    await again.subscription.close()
  })
})
