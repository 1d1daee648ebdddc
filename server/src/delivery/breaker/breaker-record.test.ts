import { setImmediate as turn } from 'node:timers/promises'
import { audit } from '@keelson/contexts'
import type { BreakerChange, RecordedEvent } from 'keelson'
import { createPlatform, DeliverySubscription, systemClock } from 'keelson'
import { createEmbeddedTransport } from 'keelson/embedded'
import { createMemoryStore } from 'keelson/memory'
import { ManualAlarm, sampleEvent } from 'keelson/testing'
import { describe, expect, it } from 'vitest'
import { BreakerRecord } from './breaker-record.ts'

async function setUp() {
  const store = createMemoryStore()
  const platform = await createPlatform({ store, contexts: [{ ...audit, projections: [] }] })
  const told: BreakerChange[] = []
  const errors: unknown[] = []
  const record = new BreakerRecord({
    platform,
    clock: systemClock,
    onBreaker: change => void told.push(change),
    onError: (_, error) => void errors.push(error),
  })
  const eventsOf = async (tenantId: string) => {
    await record.idle()
    const filter = { types: ['AuditEventReceived'] }
    const found: readonly RecordedEvent[] = await Array.fromAsync(store.readAll({ tenantId }, { filter }))
    return found.map(({ envelope: { source, payload } }) => ({ source, payload }))
  }
  return { store, platform, record, told, errors, eventsOf }
}

const change = (
  subscription: string,
  from: BreakerChange['from'],
  to: BreakerChange['to'],
): BreakerChange => ({
  subscription,
  partition: 0,
  from,
  to,
  reason: '5 failures in a row',
})

describe('breakers', () => {
  it('tell by an event when they open and when they close again, and not of each probe', async () => {
    const { store, platform, record, told, errors, eventsOf } = await setUp()
    const alarm = new ManualAlarm()
    const events = [sampleEvent('acme'), sampleEvent('acme'), sampleEvent('acme')]
    await store.append('acme', [{ stream: 's', expected: 'any', events }])
    let tries = 0
    const made = new DeliverySubscription(
      createEmbeddedTransport(store, { alarm }),
      {
        name: 'billing',
        tenantId: 'acme',
        types: ['SampleHappened'],
        retry: { attempts: 50, backoff: 'fixed', delay: 1 },
        breaker: { failuresInRow: 2, cooling: 1_000 },
        handle() {
          tries += 1
          // The first probe fails too.
          if (tries <= 3) throw new Error('down')
        },
      },
      { alarm },
    )
    record.watch(made)
    record.watch(made)
    made.start()
    while ((await made.status()).handled < 3) {
      alarm.advance(250)
      await turn()
    }
    expect(told.map(({ from, to }) => `${from} to ${to}`)).toEqual([
      'closed to open',
      'open to half-open',
      'half-open to open',
      'open to half-open',
      'half-open to closed',
    ])
    const resource = { type: 'subscription', id: 'billing' }
    expect([await eventsOf('acme'), errors]).toMatchObject([
      [
        {
          source: 'keelson',
          payload: { action: 'subscription.breaker_opened', resource, reason: '2 failures in a row' },
        },
        { payload: { action: 'subscription.breaker_closed', resource, payload: { from: 'half-open' } } },
      ],
      [],
    ])
    await made.close()
    await platform.close()
  })

  it("tell in the log of the tenant whose they are, and the platform's in that of the platform", async () => {
    const { platform, record, eventsOf } = await setUp()
    record.tell(change('t/globex/orders@01JZ', 'closed', 'open'))
    record.tell(change('mail', 'closed', 'open'))
    record.tell({ ...change('mail', 'closed', 'open'), reason: 'paused by key-1' })
    expect(await eventsOf('globex')).toMatchObject([{ payload: { resource: { id: 'orders' } } }])
    expect(await eventsOf('platform')).toMatchObject([{ payload: { resource: { id: 'mail' } } }])
    await platform.close()
  })

  it('say where they cannot tell', async () => {
    const { platform, record, told, errors } = await setUp()
    await platform.close()
    record.tell(change('mail', 'half-open', 'closed'))
    await record.idle()
    expect([told.length, errors]).toMatchObject([1, [{ code: expect.stringMatching(/closed/) }]])
  })
})
