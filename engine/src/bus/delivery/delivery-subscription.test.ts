import { describe, expect, it } from 'vitest'
import { KeelsonError } from '../../core/index.ts'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { embeddedFixture } from '../../testing/transport-contract/fixtures/embedded-fixture.ts'
import {
  deadLetters,
  follow,
  gate,
  indexOf,
  range,
  series,
  turns,
  until,
  untilWaiting,
} from '../../testing/transport-contract/transport-steps.ts'
import { createEmbeddedTransport } from '../../transport/embedded/index.ts'
import { Bulkhead } from '../flow/index.ts'
import { DeliverySubscription } from './index.ts'

const memory = () => embeddedFixture(createMemoryStore())

describe('a subscription', () => {
  it('has a life: idle, running, closed, and no other after that', async () => {
    const { transport } = memory().open()
    const subscription = new DeliverySubscription(transport, { name: 'n', handle: () => undefined })
    expect((await subscription.status()).state).toBe('idle')
    subscription.start()
    subscription.start()
    expect((await subscription.status()).state).not.toBe('closed')
    await subscription.close()
    await subscription.close()
    await subscription.drain()
    expect((await subscription.status()).state).toBe('closed')
    expect(() => subscription.start()).toThrow(expect.objectContaining({ code: 'subscription_closed' }))
  })

  it('that was never started closes', async () => {
    const { transport } = memory().open()
    const subscription = new DeliverySubscription(transport, { name: 'n', handle: () => undefined })
    await subscription.close()
    expect((await subscription.status()).state).toBe('closed')
  })

  it('ends when the store does', async () => {
    const fixture = memory()
    await fixture.publish(series(3))
    const one = follow(fixture)
    await until(() => one.done.length === 3, 'all events')
    await fixture.store.close()
    await until(async () => (await one.subscription.status()).state === 'closed', 'the end')
    await one.subscription.close()
  })

  it('tells how far it is, what waits, what was set aside and what went wrong', async () => {
    const fixture = memory()
    await fixture.publish(series(10, ['a', 'b']))
    const hold = gate()
    const one = follow(fixture, {
      async handle(index) {
        if (index === 3) throw new Error('the disk is full')
        if (index === 4) await hold.opened
      },
    })
    await until(async () => {
      const { failed, inFlight } = await one.subscription.status()
      return failed === 1 && inFlight === 1
    }, 'both')
    const status = await one.subscription.status()
    expect(status).toMatchObject({
      name: 'contract',
      state: 'running',
      inFlight: 1,
      waiting: 1,
      setAside: 0,
      breaker: 'closed',
      handled: 3,
      failed: 1,
      lag: { events: 6 },
    })
    expect(status.partitions[0]).toMatchObject({ isOwner: true, position: 4 })
    expect(status.lag.seconds).toBeGreaterThanOrEqual(0)
    hold.open()
    await one.subscription.close()
  })
})

describe('a database that is away', () => {
  it('is waited for, and nothing is lost or done twice', async () => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    await fixture.publish(series(20, ['a', 'b', 'c']))
    let calls = 0
    const flaky = { ...portOf(store) }
    // A third of the calls fails, before it has done anything or after; which ones is the same in each run.
    const shake =
      <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        calls += 1
        const chance = ((calls * 2_654_435_761) % 2 ** 32) / 2 ** 32
        if (chance < 0.15) throw new KeelsonError('store_unreachable')
        const result = await call(...args)
        if (chance > 0.85) throw new KeelsonError('store_unreachable')
        return result
      }
    const shaken: EventStore = {
      ...flaky,
      commit: shake(flaky.commit),
      document: shake(flaky.document),
      documents: shake(flaky.documents),
      checkpoint: shake(flaky.checkpoint),
    }
    const { alarm } = fixture
    const transport = createEmbeddedTransport(shaken, { alarm, leaseTime: 10_000 })
    const one = follow(
      fixture,
      {
        breaker: false,
        retry: { attempts: 50, backoff: 'fixed', delay: 10 },
        handle: (_, { delivery, unit }) => {
          const { eventId: id, tenantId } = delivery
          unit.add({ documents: [{ tenantId, collection: 'effect', id, value: 1 }] })
        },
      },
      { transport, crash: () => undefined },
    )
    await until(async () => {
      alarm.advance(50)
      return (await store.documents({ tenantId: 'acme' }, 'effect')).length === 20
    }, 'all effects')
    const effects = await store.documents({ tenantId: 'acme' }, 'effect')
    expect(effects.map(({ revision }) => revision)).toEqual(range(20).map(() => 1))
    const closed = one.subscription.close()
    await until(async () => {
      alarm.advance(1_000)
      return (await Promise.race([closed.then(() => true), turns(5).then(() => false)])) === true
    }, 'the end')
  })
})

describe('a subscription that cannot begin', () => {
  it('says why until it goes on', async () => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    await fixture.publish(series(1))
    let isAway = true
    const flaky = { ...portOf(store) }
    const away: EventStore = {
      ...flaky,
      async checkpoint(name) {
        if (isAway) throw new KeelsonError('store_unreachable', 'it is away')
        return flaky.checkpoint(name)
      },
    }
    const { alarm } = fixture
    const transport = createEmbeddedTransport(away, { alarm })
    const one = follow(fixture, {}, { ...fixture.open(), transport })
    const { subscription } = one
    await turns()
    isAway = false
    expect((await subscription.status()).error).toBe('it is away')
    await until(() => {
      alarm.advance(100)
      return one.done.length === 1
    }, 'the event')
    expect((await subscription.status()).error).toBeUndefined()
    await subscription.close()
  })
})

describe('a breaker', () => {
  it('that a hand holds open is open after a restart, also where failures had opened it', async () => {
    const fixture = memory()
    await fixture.publish(series(1))
    const breaker = { failuresInRow: 1, cooling: 2_000 }
    const first = follow(fixture, {
      breaker,
      handle() {
        throw new Error('away')
      },
    })
    await until(async () => (await first.subscription.status()).breaker === 'open', 'the breaker')
    expect(first.subscription.openBreaker('maintenance')).toBe(1)
    await first.subscription.close()
    const second = follow(fixture, { breaker })
    await until(async () => (await second.subscription.status()).breaker === 'open', 'the breaker')
    fixture.alarm.advance(60_000)
    await turns()
    expect(second.calls).toEqual([])
    second.subscription.closeBreaker()
    await until(() => second.done.length === 1, 'the event')
    await second.subscription.close()
  })

  it('holds back the first event of all, also after a restart', async () => {
    const fixture = memory()
    const first = follow(fixture, { breaker: {} })
    await until(async () => (await first.subscription.status()).partitions[0]?.isOwner === true, 'ownership')
    expect(first.subscription.openBreaker('maintenance')).toBe(1)
    await fixture.publish(series(1))
    await turns()
    expect(first.calls).toEqual([])
    await first.subscription.close()
    const second = follow(fixture, { breaker: {} })
    await until(async () => (await second.subscription.status()).breaker === 'open', 'the breaker')
    await turns()
    expect(second.calls).toEqual([])
    expect(second.subscription.closeBreaker()).toBe(1)
    await until(() => second.done.length === 1, 'the event')
    await second.subscription.close()
  })

  it('that was opened by hand is open after a restart, until a hand closes it', async () => {
    const fixture = memory()
    await fixture.publish(series(1))
    const first = follow(fixture, { breaker: {} })
    await until(() => first.done.length === 1, 'the event')
    expect(first.subscription.openBreaker('maintenance')).toBe(1)
    await first.subscription.drain()
    await fixture.publish(series(2, ['a'], 1))
    const second = follow(fixture, { breaker: {} })
    await until(async () => (await second.subscription.status()).breaker === 'open', 'the breaker')
    fixture.alarm.advance(1_000)
    await turns()
    expect(second.calls).toEqual([])
    second.subscription.closeBreaker()
    await until(() => second.done.length === 2, 'the events')
    await second.subscription.close()
  })
})

describe('a bulkhead', () => {
  it('that is full is no try that failed', async () => {
    const fixture = memory()
    await fixture.publish(series(6, range(6).map(String)))
    const bulkhead = new Bulkhead({ concurrency: 2 }, fixture.alarm)
    let most = 0
    let running = 0
    const one = follow(fixture, {
      bulkhead: { bulkhead },
      retry: { attempts: 1, backoff: 'fixed', delay: 1 },
      async handle() {
        running += 1
        most = Math.max(most, running)
        await turns(2)
        running -= 1
      },
    })
    await until(() => {
      fixture.alarm.advance(100)
      return one.done.length === 6
    }, 'all events')
    expect([most, await deadLetters(fixture)]).toEqual([2, []])
    await one.subscription.close()
  })
})

describe('a flood by one tenant', () => {
  it('lets the others through by turns', async () => {
    const fixture = memory()
    const flood = range(200).map(index => ({ tenantId: 'flood', key: String(index), index }))
    const few = range(5).map(index => ({ tenantId: 'few', key: String(index), index: 1_000 + index }))
    await fixture.publish([...flood, ...few])
    const hold = gate()
    const one = follow(fixture, { concurrency: 1, batchSize: 1_000, handle: () => hold.opened })
    await until(() => one.calls.length === 1, 'the first')
    await turns()
    hold.open()
    await until(() => one.done.length === 205, 'all events')
    const places = one.done.flatMap((index, place) => (index >= 1_000 ? place : []))
    expect(Math.max(...places)).toBeLessThanOrEqual(12)
    await one.subscription.close()
  })
})

describe('priorities', () => {
  it('go first where there is a choice, and none is left waiting', async () => {
    const fixture = memory()
    await fixture.publish(series(63, range(63).map(String)))
    const hold = gate()
    const one = follow(fixture, {
      concurrency: 1,
      handle: () => hold.opened,
      priority: event => (['low', 'normal', 'high'] as const)[indexOf(event) % 3] ?? 'normal',
    })
    await until(() => one.calls.length === 1, 'the first')
    await turns()
    hold.open()
    await until(() => one.done.length === 63, 'all events')
    const first = one.done.slice(1, 22).map(index => index % 3)
    expect([0, 1, 2].map(rest => first.filter(one => one === rest).length)).toEqual([1, 4, 16])
    await one.subscription.close()
  })
})

describe('an adaptive subscription', () => {
  it('begins with few and finds out how many may run', async () => {
    const fixture = memory()
    await fixture.publish(series(400, range(50).map(String)))
    let running = 0
    let most = 0
    const one = follow(fixture, {
      isAdaptive: true,
      concurrency: 8,
      async handle() {
        running += 1
        most = Math.max(most, running)
        await turns(1)
        running -= 1
      },
    })
    await until(() => one.done.length === 400, 'all events')
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(8)
    await one.subscription.close()
  })
})

describe('a handler of one tenant', () => {
  it("gets that tenant's events alone", async () => {
    const fixture = memory()
    await fixture.publish([{ tenantId: 'acme', index: 0 }, { tenantId: 'globex', index: 1 }, { index: 2 }])
    const one = follow(fixture, { tenantId: 'acme' })
    await until(() => one.done.length === 2, 'its events')
    await turns()
    expect(one.calls).toEqual([0, 2])
    await one.subscription.close()
  })

  it('cannot write for another', async () => {
    const fixture = memory()
    await fixture.publish(series(1))
    const one = follow(fixture, {
      handle: (_, { unit }) =>
        unit.add({ documents: [{ tenantId: 'globex', collection: 'c', id: 'x', value: 1 }] }),
    })
    await until(async () => (await deadLetters(fixture)).length === 1, 'the dead letter')
    expect((await deadLetters(fixture))[0]?.attempts[0]?.code).toBe('tenant_mismatch')
    expect(await fixture.store.document('globex', 'c', 'x')).toBeUndefined()
    await one.subscription.close()
  })

  it('has its retries waiting where it left them when it is closed amidst them', async () => {
    const fixture = memory()
    await fixture.publish(series(2))
    const first = follow(fixture, {
      handle: () => {
        throw new Error('not yet')
      },
    })
    await untilWaiting(first, 1)
    await first.subscription.close()
    const second = follow(fixture)
    await turns()
    expect(second.calls).toEqual([])
    fixture.alarm.advance(1_000)
    await until(() => second.done.length === 2, 'both')
    expect(second.done).toEqual([0, 1])
    await second.subscription.close()
  })
})
