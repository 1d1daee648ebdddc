import { afterEach, describe, expect, it, vi } from 'vitest'
import { KeelsonError } from '../core/index.ts'
import { portOf } from '../store/fixtures/port-of.ts'
import type { EventStore } from '../store/index.ts'
import { createMemoryStore } from '../store/memory/index.ts'
import { temporaryFolder } from '../store/sqlite/fixtures/temporary-store.ts'
import { sampleEvent } from '../testing/index.ts'
import type { SubscriptionOptions } from './subscription.ts'
import { Subscription } from './subscription.ts'
import type { Unit } from './unit.ts'

const everyTenant = { tenantId: 'every tenant' } as const

const open: Subscription[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map(subscription => subscription.close()))
})

async function follow(store: EventStore, options: Partial<SubscriptionOptions>): Promise<Subscription> {
  const subscription = new Subscription(store, {
    name: 'test',
    handle: () => undefined,
    retryDelay: { initial: 1, max: 4 },
    ...options,
  })
  open.push(subscription)
  await subscription.start()
  return subscription
}

async function append(store: EventStore, count: number, tenantId = 'acme'): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await store.append(tenantId, [
      { stream: 's', expected: 'any', events: [sampleEvent(tenantId, { payload: { index } })] },
    ])
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
const effects = 'CREATE TABLE IF NOT EXISTS effect (position INTEGER NOT NULL, who TEXT)'
const addEffect = (unit: Unit, position: number, who = ''): void =>
  unit.write('INSERT INTO effect VALUES (?, ?)', [position, who])
const positionsOf = async (store: EventStore): Promise<unknown[]> =>
  (await store.query(everyTenant, 'SELECT position FROM effect ORDER BY rowid', [])).flat()

describe('a subscription', () => {
  it('hands over what is there and what comes, in order, once', async () => {
    const store = createMemoryStore()
    await append(store, 3)
    const seen: number[] = []
    const subscription = await follow(store, {
      handle: events => void seen.push(...events.map(({ position }) => position)),
    })
    await append(store, 4)
    expect(await subscription.waitFor(7, 30_000)).toBe(true)
    expect(seen).toEqual(numbers(7))
    expect(subscription.status).toEqual({ name: 'test', state: 'running', position: 7 })
  })

  it('goes on at its checkpoint when it starts again', async () => {
    const store = createMemoryStore()
    await append(store, 3)
    const first = await follow(store, {})
    await first.waitFor(3, 30_000)
    await first.close()
    expect(await store.checkpoint('test')).toBe(3)
    await append(store, 2)
    const seen: number[] = []
    const second = await follow(store, {
      handle: events => void seen.push(...events.map(({ position }) => position)),
    })
    expect(second.status.position).toBeGreaterThanOrEqual(3)
    await second.waitFor(5, 30_000)
    expect(seen).toEqual([4, 5])
  })

  it('sees the events of its scope only', async () => {
    const store = createMemoryStore()
    await append(store, 2, 'globex')
    await append(store, 2, 'acme')
    const seen: string[] = []
    const subscription = await follow(store, {
      scope: { tenantId: 'acme' },
      handle: events => void seen.push(...events.map(({ tenantId }) => tenantId)),
    })
    await subscription.waitFor(4, 30_000)
    expect(seen).toEqual(['acme', 'acme'])
  })

  it('starts once, however often it is told to', async () => {
    const store = createMemoryStore()
    await append(store, 2)
    const seen: number[] = []
    const subscription = await follow(store, { handle: events => void seen.push(events.length) })
    await subscription.start()
    await subscription.waitFor(2, 30_000)
    await subscription.start()
    await append(store, 1)
    await subscription.waitFor(3, 30_000)
    expect(seen.reduce((sum, count) => sum + count, 0)).toBe(3)
  })
})

describe('waitFor', () => {
  it('is true at once for what is handled, and false when its time is over', async () => {
    const store = createMemoryStore()
    await append(store, 1)
    const subscription = await follow(store, {})
    expect(await subscription.waitFor(0, 0)).toBe(true)
    expect(await subscription.waitFor(1, 30_000)).toBe(true)
    expect(await subscription.waitFor(2, 1)).toBe(false)
    await append(store, 1)
    expect(await subscription.waitFor(2, 30_000)).toBe(true)
  })
})

describe('a handler that fails', () => {
  it('gets the same events again, with growing delays, until it succeeds; none is passed over', async () => {
    const store = createMemoryStore()
    await append(store, 5)
    const batches: number[][] = []
    const attempts: number[] = []
    let fails = 4
    const subscription = await follow(store, {
      handle(events) {
        batches.push(events.map(({ position }) => position))
        if (fails-- > 0) throw new Error(`failure ${fails}`)
      },
      onError: (_, attempt) => void attempts.push(attempt),
    })
    expect(await subscription.waitFor(5, 30_000)).toBe(true)
    expect(batches).toEqual(Array(5).fill(numbers(5)))
    expect(attempts).toEqual([1, 2, 3, 4])
    expect(subscription.status).toEqual({ name: 'test', state: 'running', position: 5 })
  })

  it('waits twice as long each time, up to the longest delay', async () => {
    const store = createMemoryStore()
    await append(store, 1)
    const delays: unknown[] = []
    const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation((work, delay) => {
      delays.push(delay)
      setImmediate(work as () => void)
      return undefined as unknown as NodeJS.Timeout
    })
    try {
      let fails = 6
      const done = Promise.withResolvers<void>()
      await follow(store, {
        retryDelay: { initial: 100, max: 1_000 },
        handle() {
          if (fails-- > 0) throw new Error('not yet')
          done.resolve()
        },
      })
      await done.promise
      expect(delays.slice(0, 6)).toEqual([100, 200, 400, 800, 1_000, 1_000])
    } finally {
      spy.mockRestore()
    }
  })

  it('shows in the status, until it has succeeded', async () => {
    const store = createMemoryStore()
    await append(store, 1)
    const failed = Promise.withResolvers<void>()
    let isBroken = true
    const subscription = await follow(store, {
      handle() {
        if (isBroken) throw new Error('the disk is on fire')
      },
      onError: () => failed.resolve(),
    })
    await failed.promise
    expect(subscription.status).toEqual({
      name: 'test',
      state: 'retrying',
      position: 0,
      error: 'the disk is on fire',
    })
    isBroken = false
    await subscription.waitFor(1, 30_000)
    expect(subscription.status).toEqual({ name: 'test', state: 'running', position: 1 })
  })

  it('is over when the database answers again, also where nothing is left to handle', async () => {
    const store = createMemoryStore()
    await append(store, 1)
    let isAway = false
    const lost = Promise.withResolvers<void>()
    const unreachable = () => Promise.reject(new KeelsonError('store_unreachable'))
    let gone = new AbortController()
    const leaving: EventStore = {
      ...portOf(store),
      async *tail(scope, options) {
        if (isAway) await unreachable()
        const signal = AbortSignal.any([gone.signal, options?.signal ?? gone.signal])
        yield* store.tail(scope, { ...options, signal })
        if (gone.signal.aborted && isAway) await unreachable()
      },
      checkpoint: name => (isAway ? unreachable() : store.checkpoint(name)),
    }
    const subscription = await follow(leaving, { onError: () => lost.resolve() })
    await subscription.waitFor(1, 30_000)
    isAway = true
    gone.abort()
    await lost.promise
    expect(subscription.status).toMatchObject({ state: 'retrying', position: 1 })
    gone = new AbortController()
    isAway = false
    await expect.poll(() => subscription.status.state).toBe('running')
    expect(subscription.status).toEqual({ name: 'test', state: 'running', position: 1 })
  })

  it('counts its attempts anew after a success', async () => {
    const store = createMemoryStore()
    await append(store, 1)
    const attempts: number[] = []
    const failing = new Set([1, 2])
    const subscription = await follow(store, {
      handle(events) {
        const { position } = events.at(-1) as { position: number }
        if (failing.delete(position)) throw new Error('once')
      },
      onError: (_, attempt) => void attempts.push(attempt),
    })
    await subscription.waitFor(1, 30_000)
    await append(store, 1)
    await subscription.waitFor(2, 30_000)
    expect(attempts).toEqual([1, 1])
  })
})

describe('the effect of an event', () => {
  it('is there exactly once when the process dies between handling and committing', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await store.commit({ scope: everyTenant, statements: [{ sql: effects, params: [] }] })
    await append(store, 5)
    const handled: number[] = []
    const handle: SubscriptionOptions['handle'] = (events, unit) => {
      for (const { position } of events) {
        handled.push(position)
        addEffect(unit, position)
      }
    }
    const died = Promise.withResolvers<void>()
    const dying = {
      ...portOf(store),
      commit: async () => {
        died.resolve()
        throw new Error('the process is gone')
      },
    }
    const first = await follow(dying, { handle })
    await died.promise
    await first.close()
    expect(await positionsOf(store)).toEqual([])
    const second = await follow(store, { handle })
    await second.waitFor(5, 30_000)
    expect(await positionsOf(store)).toEqual(numbers(5))
    // It was handled at least twice; what it wrote counts once.
    expect(handled.length).toBeGreaterThan(5)
  })

  it('is there exactly once when the answer to a commit gets lost', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    await store.commit({ scope: everyTenant, statements: [{ sql: effects, params: [] }] })
    await append(store, 3)
    let losses = 1
    const losing = {
      ...portOf(store),
      async commit(unit: Parameters<EventStore['commit']>[0]) {
        const receipts = await store.commit(unit)
        if (losses-- > 0) throw new Error('the connection broke')
        return receipts
      },
    }
    const subscription = await follow(losing, {
      handle: (events, unit) => {
        for (const { position } of events) addEffect(unit, position)
      },
    })
    await append(store, 3)
    expect(await subscription.waitFor(6, 30_000)).toBe(true)
    expect(await positionsOf(store)).toEqual(numbers(6))
  })

  it('is there exactly once when two of one name run on one file', async () => {
    await using folder = temporaryFolder()
    const stores = [await folder.open(), await folder.open()]
    const store = stores[0] as EventStore
    await store.commit({ scope: everyTenant, statements: [{ sql: effects, params: [] }] })
    const subscriptions = await Promise.all(
      stores.map((own, index) =>
        follow(own, {
          handle: (events, unit) => {
            for (const { position } of events) addEffect(unit, position, `${index}`)
          },
        }),
      ),
    )
    await append(store, 60)
    for (const subscription of subscriptions) expect(await subscription.waitFor(60, 30_000)).toBe(true)
    expect(await positionsOf(store)).toEqual(numbers(60))
    expect(await store.checkpoint('test')).toBe(60)
    // The one that came second has nothing left to try again.
    await expect.poll(() => subscriptions.map(({ status }) => status.state)).toEqual(['running', 'running'])
    await Promise.all(open.splice(0).map(subscription => subscription.close()))
  })
})

describe('closing', () => {
  it('ends after the batch in hand, and keeps what it did', async () => {
    const store = createMemoryStore()
    await append(store, 2)
    const [entered, release] = [Promise.withResolvers<AbortSignal>(), Promise.withResolvers<void>()]
    const subscription = await follow(store, {
      async handle(_, __, signal) {
        entered.resolve(signal)
        await release.promise
      },
    })
    const signal = await entered.promise
    const closed = subscription.close()
    expect(signal.aborted).toBe(true)
    expect(subscription.status.state).toBe('closed')
    expect(await store.checkpoint('test')).toBe(0)
    release.resolve()
    await closed
    expect(await store.checkpoint('test')).toBe(2)
    await append(store, 1)
    expect(await subscription.waitFor(3, 1)).toBe(false)
    await subscription.close()
  })

  it('does not wait for a retry that lies far ahead', async () => {
    const store = createMemoryStore()
    await append(store, 1)
    const failed = Promise.withResolvers<void>()
    const subscription = await follow(store, {
      retryDelay: { initial: 600_000, max: 600_000 },
      handle: () => Promise.reject(new Error('no')),
      onError: () => failed.resolve(),
    })
    await failed.promise
    await subscription.close()
    expect(subscription.status.state).toBe('closed')
  })

  it('comes by itself when the store closes', async () => {
    const store = createMemoryStore()
    await append(store, 1)
    const subscription = await follow(store, {})
    await subscription.waitFor(1, 30_000)
    await store.close()
    await expect.poll(() => subscription.status).toEqual({ name: 'test', state: 'closed', position: 1 })
    await subscription.close()
  })
})
