import { describe, expect, it } from 'vitest'
import type { DeliveryContext, DeliveryOptions } from '../../bus/index.ts'
import { PermanentError, withInbox, withSideEffects } from '../../bus/index.ts'
import type { Envelope } from '../../core/index.ts'
import type { EventStore } from '../../store/index.ts'
import { createInbox } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { ManualAlarm, sampleEvent } from '../../testing/index.ts'
import { indexOf, range, turns, until } from '../../testing/transport-contract/transport-steps.ts'
import type { LogReplayOptions } from './index.ts'
import { countEvents, replay } from './index.ts'

/** A store with events of two tenants by turns, their indexes from 0, each in one of three streams. */
async function withEvents(count: number): Promise<EventStore> {
  const store = createMemoryStore()
  for (const index of range(count)) await add(store, index)
  return store
}

async function add(store: EventStore, index: number): Promise<void> {
  const tenantId = index % 2 === 0 ? 'acme' : 'globex'
  const eventType = index % 4 < 2 ? 'OrderPlaced' : 'OrderPaid'
  const event = sampleEvent(tenantId, { eventType, payload: { index } })
  await store.append(tenantId, [{ stream: `s-${index % 3}`, expected: 'any', events: [event] }])
}

function target(handle: DeliveryOptions['handle'] = () => undefined, more: Partial<DeliveryOptions> = {}) {
  const seen: number[] = []
  const contexts: DeliveryContext[] = []
  const subscription: DeliveryOptions = {
    name: 'orders',
    retry: { attempts: 3, backoff: 'fixed', delay: 1_000 },
    ...more,
    async handle(event: Envelope, context) {
      contexts.push(context)
      await handle(event, context)
      seen.push(indexOf(event))
    },
  }
  return { subscription, seen, contexts }
}

const acme = range(20).filter(index => index % 2 === 0)

describe('a replay', () => {
  it('gives a tenant its own events again, and says that it is one', async () => {
    const store = await withEvents(20)
    const { subscription, seen, contexts } = target(undefined, { concurrency: 1 })
    const result = await replay({ store, subscription, tenantId: 'acme' })
    expect(seen.toSorted((a, b) => a - b)).toEqual(acme)
    expect(result).toMatchObject({ matched: 10, replayed: 10, failed: 0, from: 1, position: 19, to: 19 })
    expect(contexts[0]).toMatchObject({
      subscription: 'orders',
      attempt: 1,
      replay: { id: 'once', sideEffects: false },
    })
  })

  it.each([
    ['positions, both inclusive', { from: { position: 3 }, to: { position: 7 } }, [2, 4, 6]],
    ['types', { types: ['OrderPaid'] }, [2, 6, 10, 14, 18]],
    ['a filter', { filter: 'payload.index BETWEEN 4 AND 8' }, [4, 6, 8]],
    ['single positions', { positions: [1, 2, 9] }, [0, 8]],
    ['what the subscription does not get', { types: ['OrderShipped'] }, []],
  ] as const)('is about %s', async (_, query, expected) => {
    const store = await withEvents(20)
    const { subscription, seen } = target()
    const result = await replay({ store, subscription, tenantId: 'acme', ...query })
    expect(seen.toSorted((a, b) => a - b)).toEqual(expected)
    expect(result.matched).toBe(expected.length)
    const counted = await countEvents({ store, subscription, tenantId: 'acme', ...query })
    expect(counted).toEqual({ matched: expected.length, isComplete: true })
  })

  it('is about times of recording, the first inclusive and the last exclusive', async () => {
    const store = await withEvents(2)
    const first = (await Array.fromAsync(store.readAll({ tenantId: 'acme' })))[0]?.recordedAt as string
    await until(() => Date.now() > Date.parse(first) + 5, 'a later time')
    const middle = new Date().toISOString()
    await add(store, 2)
    const times = async (query: Partial<LogReplayOptions>, tenantId = 'acme') => {
      const { subscription, seen } = target()
      await replay({ store, subscription, tenantId, ...query })
      return seen.toSorted((a, b) => a - b)
    }
    expect(await times({ from: { time: middle } })).toEqual([2])
    expect(await times({ to: { time: middle } })).toEqual([0])
    expect(await times({ from: { time: first }, to: { time: first } })).toEqual([])
    expect(await times({ from: { time: middle } }, 'every tenant')).toEqual([2])
    expect(await times({ to: { time: middle } }, 'every tenant')).toEqual([0, 1])
  })

  it('keeps within what the subscription gets and within its tenant', async () => {
    const store = await withEvents(20)
    const own = target(undefined, { tenantId: 'globex', types: ['OrderPlaced'], filter: 'payload.index < 9' })
    await replay({ store, subscription: own.subscription, tenantId: 'every tenant' })
    expect(own.seen.toSorted((a, b) => a - b)).toEqual([1, 5])
    await expect(replay({ store, subscription: own.subscription, tenantId: 'acme' })).rejects.toMatchObject({
      code: 'tenant_mismatch',
    })
  })

  it('asks a filter that is a function, and gives one by one what is handled in batches', async () => {
    const store = await withEvents(20)
    const seen: number[] = []
    const subscription: DeliveryOptions = {
      name: 'orders',
      filter: event => indexOf(event) > 9,
      handleBatch: events => void seen.push(...events.map(indexOf)),
    }
    const result = await replay({ store, subscription, tenantId: 'acme' })
    expect([seen.toSorted((a, b) => a - b), result.replayed]).toEqual([[10, 12, 14, 16, 18], 5])
  })

  it('keeps the order of each key, also through retries, and runs other keys beside it', async () => {
    const store = await withEvents(60)
    const alarm = new ManualAlarm()
    let running = 0
    let most = 0
    const { subscription, seen } = target(
      async (event, { attempt }) => {
        running += 1
        most = Math.max(most, running)
        await turns(2)
        running -= 1
        if (indexOf(event) === 6 && attempt < 3) throw new Error('not yet')
      },
      { concurrency: 2 },
    )
    const work = replay({ store, subscription, tenantId: 'acme', alarm })
    await until(() => {
      alarm.advance(100)
      return seen.length === 30
    }, 'all of them')
    expect((await work).replayed).toBe(30)
    for (const key of [0, 1, 2]) {
      const own = seen.filter(index => index % 3 === key)
      expect(own).toEqual(own.toSorted((a, b) => a - b))
    }
    expect(most).toBe(2)
  })

  it('stores what the handler writes, but for events, and does nothing outside', async () => {
    const store = await withEvents(4)
    const mails: number[] = []
    const { subscription } = target(
      (event, { unit }) => {
        const index = indexOf(event)
        const documents = [{ tenantId: 'acme', collection: 'seen', id: `${index}`, value: true }]
        const events = [sampleEvent('acme')]
        const writes = [{ stream: 'new', expected: 'any', events } as const]
        unit.add({ documents, appends: [{ tenantId: 'acme', writes }] })
      },
      {
        middleware: [
          next => async (event, context) => {
            await withSideEffects(one => void mails.push(indexOf(one)))(event, context)
            await next(event, context)
          },
        ],
      },
    )
    await replay({ store, subscription, tenantId: 'acme' })
    expect((await store.documents({ tenantId: 'acme' }, 'seen')).map(({ revision }) => revision)).toEqual([
      1, 1,
    ])
    expect([await store.stream('acme', 'new'), mails]).toEqual([undefined, []])
    await replay({ store, subscription, tenantId: 'acme', withSideEffects: true, to: { position: 4 } })
    expect([(await store.stream('acme', 'new'))?.version, mails]).toEqual([2, [0, 2]])
  })

  it('gives again what an inbox has seen', async () => {
    const store = await withEvents(4)
    const inbox = createInbox(store, { consumer: 'orders' })
    const { subscription, seen } = target(undefined, { middleware: [withInbox(inbox)] })
    await replay({ store, subscription, tenantId: 'acme' })
    await replay({ store, subscription, tenantId: 'acme' })
    expect(seen).toHaveLength(4)
  })

  it('goes on behind what fails, and says what did', async () => {
    const store = await withEvents(10)
    const { subscription, seen } = target(event => {
      if (indexOf(event) === 4) throw new PermanentError('never')
    })
    const result = await replay({ store, subscription, tenantId: 'acme' })
    expect(result).toMatchObject({ matched: 5, replayed: 4, failed: 1, isAborted: false })
    expect(
      result.failures.map(({ event, reason, attempts }) => [event.position, reason, attempts[0]?.message]),
    ).toEqual([[5, 'permanent', 'never']])
    expect(seen).not.toContain(4)
    expect(await store.documents({ tenantId: 'acme' }, 'dead-letter/orders')).toEqual([])
  })

  it('goes at the rate that it is told, and stops when it is told to', async () => {
    const store = await withEvents(40)
    const alarm = new ManualAlarm()
    const stop = new AbortController()
    const { subscription, seen } = target()
    const work = replay({
      store,
      subscription,
      tenantId: 'acme',
      alarm,
      ratePerSecond: 2,
      signal: stop.signal,
    })
    await until(() => seen.length === 1, 'the first one')
    alarm.advance(499)
    await turns()
    expect(seen).toHaveLength(1)
    await until(() => {
      alarm.advance(500)
      return seen.length === 5
    }, 'some more')
    stop.abort()
    const result = await work
    expect(result.isAborted).toBe(true)
    expect(result.replayed).toBeLessThan(20)
  })

  it('counts only, where it is a dry run', async () => {
    const store = await withEvents(10)
    const { subscription, seen } = target()
    const result = await replay({ store, subscription, tenantId: 'acme', dryRun: true })
    expect([result.matched, result.replayed, seen]).toEqual([5, 0, []])
    expect(await countEvents({ store, subscription, tenantId: 'acme' }, 3)).toEqual({
      matched: 3,
      isComplete: false,
    })
  })

  it.each([
    ['delivery_options_invalid', { tenantId: 'Not A Tenant' }],
    ['delivery_options_invalid', { from: { position: -1 } }],
    ['delivery_options_invalid', { from: { time: 'yesterday' } }],
    ['delivery_options_invalid', { ratePerSecond: 0 }],
    ['delivery_options_invalid', { ratePerSecond: Number.NaN }],
    ['filter_invalid', { filter: 'payload.index ==' }],
  ])('refuses with %s: %j', async (code, wrong) => {
    const store = await withEvents(2)
    const { subscription, seen } = target()
    await expect(replay({ store, subscription, tenantId: 'acme', ...wrong })).rejects.toMatchObject({ code })
    expect(seen).toEqual([])
  })
})
