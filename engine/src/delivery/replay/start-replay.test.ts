import { describe, expect, it } from 'vitest'
import type { DeliveryOptions } from '../../bus/index.ts'
import { PermanentError } from '../../bus/index.ts'
import { KeelsonError } from '../../core/index.ts'
import { portOf } from '../../store/fixtures/port-of.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { ManualAlarm, sampleEvent } from '../../testing/index.ts'
import { indexOf, range, turns, until } from '../../testing/transport-contract/transport-steps.ts'
import { groupDeadLetters, listDeadLetters } from '../dead-letter/index.ts'
import { abortReplay, listReplays, pauseReplay, resumeReplay, showReplay } from '../run/index.ts'
import { continueReplays, failuresOf, startReplay } from './index.ts'

async function withEvents(count: number): Promise<EventStore> {
  const store = createMemoryStore()
  for (const index of range(count)) {
    const event = sampleEvent('acme', { payload: { index } })
    await store.append('acme', [{ stream: `s-${index % 3}`, expected: 'any', events: [event] }])
  }
  return store
}

/** A handler that notes each index in a document of its own, and in `seen`. */
function target(handle: DeliveryOptions['handle'] = () => undefined) {
  const seen: number[] = []
  const subscription: DeliveryOptions = {
    name: 'orders',
    retry: { attempts: 1, backoff: 'fixed', delay: 1 },
    concurrency: 4,
    async handle(event, context) {
      await handle(event, context)
      seen.push(indexOf(event))
      const { tenantId, eventId } = event
      context.unit.add({ documents: [{ tenantId, collection: 'effect', id: eventId, value: true }] })
    },
  }
  return { subscription, seen }
}

const effects = async (store: EventStore) =>
  (await store.documents({ tenantId: 'acme' }, 'effect', { limit: 1_000 })).map(({ revision }) => revision)

const effectsOf = async (store: EventStore) => (await effects(store)).length

const asked = { tenantId: 'acme', by: 'ann' } as const

describe('a replay that is kept', () => {
  it('shows what was asked for, by whom, how far it is and how it ended', async () => {
    const store = await withEvents(30)
    const alarm = new ManualAlarm()
    const { subscription, seen } = target()
    const run = await startReplay(store, {
      ...asked,
      subscription,
      alarm,
      from: { position: 11 },
      filter: 'payload.index <> 15',
    })
    const ended = await run.done
    expect(seen).toHaveLength(19)
    expect(await showReplay(store, { tenantId: 'acme', id: run.id })).toEqual(ended)
    expect(ended).toMatchObject({
      kind: 'log',
      subscription: 'orders',
      state: 'done',
      startedBy: 'ann',
      endedAt: alarm.now(),
      query: { tenantId: 'acme', from: { position: 11 }, filter: 'payload.index <> 15' },
      withSideEffects: false,
      progress: { matched: 19, replayed: 19, failed: 0, from: 11, to: 30, position: 30 },
    })
    expect(await store.documents({ tenantId: 'acme' }, `replay-done/${run.id}`)).toEqual([])
  })

  it('is listed, the newest first, to its own tenant alone', async () => {
    const store = await withEvents(1)
    const alarm = new ManualAlarm()
    const ids: string[] = []
    for (const _ of range(3)) {
      const run = await startReplay(store, { ...asked, subscription: target().subscription, alarm })
      await run.done
      ids.unshift(run.id)
      alarm.advance(1)
    }
    const first = await listReplays(store, { tenantId: 'acme', limit: 2 })
    expect(first.runs.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const next = await listReplays(store, { tenantId: 'acme', limit: 2, after: first.next as string })
    expect([next.runs.map(({ id }) => id), next.next]).toEqual([ids.slice(2), undefined])
    expect((await listReplays(store, { tenantId: 'acme', subscription: 'other' })).runs).toEqual([])
    expect((await listReplays(store, { tenantId: 'acme', state: 'running' })).runs).toEqual([])
    expect((await listReplays(store, { tenantId: 'globex' })).runs).toEqual([])
    const foreign = { tenantId: 'globex', id: ids[0] as string }
    await expect(showReplay(store, foreign)).rejects.toMatchObject({ code: 'run_unknown' })
    await expect(abortReplay(store, foreign, { by: 'eve' })).rejects.toMatchObject({ code: 'run_unknown' })
  })

  it('is paused, resumed and aborted from elsewhere, and says by whom', async () => {
    const store = await withEvents(100)
    const alarm = new ManualAlarm()
    const { subscription, seen } = target()
    const run = await startReplay(store, { ...asked, subscription, alarm, ratePerSecond: 2 })
    const address = { tenantId: 'acme', id: run.id }
    const steer = { by: 'bob', alarm }
    await until(() => seen.length === 1, 'the first one')
    await pauseReplay(store, address, steer)
    await expect(pauseReplay(store, address, steer)).rejects.toMatchObject({ code: 'run_ended' })
    await until(() => {
      alarm.advance(500)
      return run.record.state === 'paused'
    }, 'the pause')
    const before = seen.length
    for (const _ of range(20)) {
      alarm.advance(500)
      await turns(10)
    }
    // One that waited for its turn already may have gone.
    expect(seen.length).toBeLessThanOrEqual(before + 1)
    await resumeReplay(store, address, steer)
    await until(() => {
      alarm.advance(500)
      return seen.length > before + 5
    }, 'more of them')
    await abortReplay(store, address, steer)
    const ended = await untilDone(run.done, alarm)
    expect([ended.state, ended.steps.map(({ action, by }) => `${action} ${by}`)]).toEqual([
      'aborted',
      ['pause bob', 'resume bob', 'abort bob'],
    ])
    expect(seen.length).toBeLessThan(100)
    await expect(resumeReplay(store, address, steer)).rejects.toMatchObject({ code: 'run_ended' })
  })

  it('tells each second how far it is, amidst a page that takes minutes, and at the end what it did', async () => {
    const store = await withEvents(100)
    const alarm = new ManualAlarm()
    const told: number[] = []
    const { subscription } = target(async (_event, { replay }) => {
      const address = { tenantId: 'acme', id: replay?.id as string }
      const { progress } = await showReplay(store, address)
      told.push(progress.replayed)
      expect(progress.matched).toBe(progress.replayed)
      alarm.advance(400)
      if (told.length === 50) await abortReplay(store, address, { by: 'bob', alarm })
    })
    const run = await startReplay(store, {
      ...asked,
      subscription: { ...subscription, concurrency: 1 },
      alarm,
    })
    const ended = await run.done
    // Of the one that is with the handler nothing is told yet; three of them take more than a second.
    for (const [before, replayed] of told.entries()) expect(before - replayed).toBeLessThan(3)
    expect(ended).toMatchObject({ state: 'aborted', progress: { replayed: await effectsOf(store) } })
    expect(ended.progress.replayed).toBeGreaterThanOrEqual(49)
  })

  it('counts each event once where it goes on amidst a page', async () => {
    const store = await withEvents(60)
    const alarm = new ManualAlarm()
    let begun = 0
    const first = target(async (_event, { signal }) => {
      alarm.advance(400)
      begun += 1
      if (begun > 20) await alarm.wait(60_000, signal)
    })
    const run = await startReplay(store, { ...asked, subscription: first.subscription, alarm })
    await until(() => first.seen.length === 20 && begun === 23, 'a part of it')
    await run.close()
    const left = await showReplay(store, { tenantId: 'acme', id: run.id })
    expect(left).toMatchObject({ state: 'running', progress: { replayed: await effectsOf(store) } })
    const second = target()
    const [again] = await continueReplays(store, { subscription: () => second.subscription, alarm })
    expect(await again?.done).toMatchObject({ state: 'done', progress: { matched: 60, replayed: 60 } })
    expect(await effects(store)).toEqual(range(60).map(() => 1))
  })

  it('keeps what the handler could not do as dead letters of its own', async () => {
    const store = await withEvents(20)
    const { subscription } = target(event => {
      if (indexOf(event) % 10 === 5) throw new PermanentError('never')
    })
    const run = await startReplay(store, { ...asked, subscription })
    expect((await run.done).progress).toMatchObject({ matched: 20, replayed: 18, failed: 2 })
    const query = { subscription: failuresOf(run), scope: { tenantId: 'acme' } }
    const { letters } = await listDeadLetters(store, query)
    expect(letters.map(({ position, reason }) => [position, reason])).toEqual([
      [6, 'permanent'],
      [16, 'permanent'],
    ])
    expect((await groupDeadLetters(store, query)).groups.map(({ count }) => count)).toEqual([2])
    expect((await listDeadLetters(store, { ...query, subscription: 'orders' })).letters).toEqual([])
  })

  it('ends as failed, with the reason, where the log cannot be read', async () => {
    const store = await withEvents(5)
    const broken = breaking(store, () => new KeelsonError('store_damaged', 'page 7 is broken'))
    const run = await startReplay(broken, { ...asked, subscription: target().subscription })
    expect(await run.done).toMatchObject({ state: 'failed', error: 'page 7 is broken' })
  })

  it('is left to be gone on with where the store is away for a while', async () => {
    const store = await withEvents(5)
    const broken = breaking(store, () => new KeelsonError('store_unreachable'))
    const run = await startReplay(broken, { ...asked, subscription: target().subscription })
    expect(await run.done).toMatchObject({ state: 'running', leaseUntil: 0 })
    const { subscription, seen } = target()
    const [again] = await continueReplays(store, { subscription: () => subscription })
    expect([(await again?.done)?.state, seen.length]).toEqual(['done', 5])
  })
})

/** The store, whose log cannot be read. */
const breaking = (store: EventStore, errorOf: () => Error): EventStore => ({
  ...portOf(store),
  readAll: () => {
    throw errorOf()
  },
})

describe('a replay whose process ends', () => {
  it('goes on where it stood, with each effect once, by one other process alone', async () => {
    const store = await withEvents(60)
    const alarm = new ManualAlarm()
    const first = target()
    const started = await startReplay(store, {
      ...asked,
      subscription: first.subscription,
      alarm,
      ratePerSecond: 10,
    })
    await until(() => {
      alarm.advance(100)
      return first.seen.length >= 25
    }, 'a part of it')
    expect(await continueReplays(store, { subscription: () => first.subscription, alarm })).toEqual([])
    await started.close()
    const left = await showReplay(store, { tenantId: 'acme', id: started.id })
    expect([left.state, left.owner]).toEqual(['running', undefined])
    expect(await continueReplays(store, { subscription: () => undefined, alarm })).toEqual([])
    const second = target()
    const options = { subscription: () => second.subscription, alarm }
    const taken = (
      await Promise.all([continueReplays(store, options), continueReplays(store, options)])
    ).flat()
    expect(taken.map(({ id }) => id)).toEqual([started.id])
    const done = taken[0]?.done as (typeof started)['done']
    const ended = await untilDone(done, alarm)
    expect(ended).toMatchObject({ state: 'done', progress: { matched: 60, replayed: 60 } })
    expect(await effects(store)).toEqual(range(60).map(() => 1))
  })

  it('ends as failed where its subscription is gone, also while it is paused', async () => {
    const store = await withEvents(5)
    const alarm = new ManualAlarm()
    const { subscription, seen } = target()
    const started = await startReplay(store, { ...asked, subscription, alarm, ratePerSecond: 1 })
    await started.close()
    const address = { tenantId: 'acme', id: started.id }
    await pauseReplay(store, address, { by: 'bob', alarm })
    const before = seen.length
    const [ended] = await continueReplays(store, { subscription: () => 'gone', alarm })
    expect(await ended?.done).toMatchObject({
      state: 'failed',
      error: 'The subscription "orders" was removed',
    })
    expect(await showReplay(store, address)).toMatchObject({ state: 'failed', endedAt: alarm.now() })
    expect(await continueReplays(store, { subscription: () => 'gone', alarm })).toEqual([])
    expect(seen.length).toBe(before)
  })

  it('is left alone by a process that was overtaken', async () => {
    const store = await withEvents(50)
    const alarm = new ManualAlarm()
    const first = target()
    const run = await startReplay(store, {
      ...asked,
      subscription: first.subscription,
      alarm,
      ratePerSecond: 1,
    })
    await until(() => first.seen.length === 1, 'the first one')
    // A clock that is ahead: the lease is over there.
    const ahead = { now: () => alarm.now() + 60_000, wait: alarm.wait.bind(alarm) }
    const second = target()
    const [other] = await continueReplays(store, { subscription: () => second.subscription, alarm: ahead })
    const lost = await untilDone(run.done, alarm)
    expect(lost.state).toBe('running')
    const ended = await untilDone(other?.done as typeof run.done, alarm)
    expect(ended.state).toBe('done')
    expect(await effects(store)).toEqual(range(50).map(() => 1))
  })
})

async function untilDone<Result>(work: Promise<Result>, alarm: ManualAlarm): Promise<Result> {
  let isDone = false
  const done = work.finally(() => {
    isDone = true
  })
  await until(() => {
    alarm.advance(250)
    return isDone
  }, 'the end')
  return done
}
