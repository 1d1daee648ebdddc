import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../store/memory/index.ts'
import { embeddedFixture } from '../../testing/transport-contract/fixtures/embedded-fixture.ts'
import type { EventToSend } from '../../testing/transport-contract/transport-case.ts'
import {
  follow,
  gate,
  range,
  series,
  until,
  untilWaiting,
} from '../../testing/transport-contract/transport-steps.ts'
import { parseFilter } from '../filter/filter.ts'
import { waitingChange } from '../record/trouble.ts'

const of = (tenantId: string, events: readonly EventToSend[]) => events.map(event => ({ ...event, tenantId }))

describe('the lag of a subscription', () => {
  it('is what it would still get, whatever others have in the log', async () => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    await fixture.publish([
      ...of('acme', series(150, ['a'])),
      ...of('other', series(400, ['a'])),
      ...of('acme', series(150, ['a'], 150)),
    ])
    const hold = gate()
    const scopes = [
      { name: 'all' },
      { name: 'own', tenantId: 'acme' },
      { name: 'few', tenantId: 'acme', filter: 'payload.index >= 290' },
      { name: 'none', tenantId: 'acme', types: ['NeverHappened'] },
    ]
    const lags = await Promise.all(
      scopes.map(async options => {
        const one = follow(fixture, { window: 20, handle: () => hold.opened, ...options })
        await until(async () => {
          const { partitions, inFlight } = await one.subscription.status()
          return partitions[0]?.isOwner === true && (inFlight > 0 || options.name === 'none')
        }, 'an owner')
        return (await one.subscription.status()).lag.events
      }),
    )
    expect(lags).toEqual([700, 300, 10, 0])
    hold.open()
    await store.close()
  })

  it('does not count what is done behind a key that waits', async () => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    await fixture.publish([...series(100, ['bad']), ...series(300, ['good'], 100)])
    const one = follow(fixture, {
      window: 20,
      handle(index) {
        if (index === 0) throw new Error('not yet')
      },
    })
    await until(() => one.done.length === 300, 'the other key')
    await untilWaiting(one, 1)
    await until(async () => (await one.subscription.status()).lag.events === 99, 'what stands behind it')
    await one.subscription.close()
    await store.close()
  })
})

describe('the lag of a subscription that nobody runs', () => {
  it('is what its owner counted: without what is done behind a key that waits, and what the filter passes over', async () => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    await fixture.publish([...series(6, ['bad']), ...series(900, ['good'], 6)])
    const one = follow(fixture, {
      window: 20,
      filter: 'payload.index < 300',
      handle(index) {
        if (index === 0) throw new Error('not yet')
      },
    })
    await until(() => one.done.length === 294, 'the other key')
    await untilWaiting(one, 1)
    await until(async () => (await one.subscription.status()).lag.events === 5, 'what stands behind it')
    await one.subscription.close()
    const receiver = fixture.open().transport.receive({
      subscription: 'contract',
      partition: 0,
      start: 'beginning',
      window: 1,
      filter: parseFilter('payload.index < 300'),
    })
    expect(await receiver.status()).toMatchObject({ isOwner: false, waiting: 1, lag: { events: 5 } })
    await receiver.close()
    await store.close()
  })

  it('is nothing where the filter passed over all that is left', async () => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    const kept = () => store.checkpoint('delivery/contract#0')
    await fixture.publish(series(10, ['a']))
    const one = follow(fixture, { window: 20, filter: 'payload.index < 10' })
    await until(async () => (await kept()) === 10, 'those that it wants')
    await fixture.publish(series(590, ['a'], 10))
    await until(async () => (await one.subscription.status()).lag.events === 0, 'the end of the log')
    await until(
      async () => (await one.subscription.status()).partitions[0]?.position === 600,
      'the end of the log',
    )
    await one.subscription.close()
    const receiver = fixture
      .open()
      .transport.receive({ subscription: 'contract', partition: 0, start: 'beginning', window: 1 })
    expect(await receiver.status()).toMatchObject({ position: 600, lag: { events: 0 } })
    await receiver.close()
    await store.close()
  })
})

describe('what waits for another try', () => {
  it('is counted as soon as somebody has put it there', async () => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    await fixture.publish(series(300, ['a']))
    const hold = gate()
    const one = follow(fixture, {
      start: 'now',
      handle: index => (index === 0 ? undefined : hold.opened),
    })
    await until(async () => (await one.subscription.status()).partitions[0]?.isOwner === true, 'an owner')
    expect((await one.subscription.status()).waiting).toBe(0)
    const documents = range(250).map(at =>
      waitingChange(
        'contract',
        {
          tenantId: 'acme',
          partition: 0,
          position: at + 1,
          eventId: `evt-${at}`,
          eventType: 'SampleHappened',
          orderingKey: 'a',
          recordedAt: 0,
          attempts: [],
          edits: [],
        },
        fixture.alarm.now(),
      ),
    )
    await store.commit({ scope: { tenantId: 'acme' }, documents })
    expect((await one.subscription.status()).waiting).toBe(250)
    fixture.alarm.advance(fixture.pollEvery)
    await until(() => one.calls.length >= 2, 'the first of them')
    await until(async () => (await one.subscription.status()).waiting === 249, 'one that is done')
    hold.open()
    await until(async () => (await one.subscription.status()).waiting === 0, 'the end')
    await one.subscription.close()
    await store.close()
  })
})
