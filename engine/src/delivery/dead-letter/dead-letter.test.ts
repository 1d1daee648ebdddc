import { describe, expect, it } from 'vitest'
import { PermanentError } from '../../bus/index.ts'
import type { EventStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { embeddedFixture } from '../../testing/transport-contract/fixtures/embedded-fixture.ts'
import type { TransportFixture } from '../../testing/transport-contract/transport-case.ts'
import type { FollowOptions } from '../../testing/transport-contract/transport-steps.ts'
import { follow, range, series, turns, until } from '../../testing/transport-contract/transport-steps.ts'
import {
  deadLetter,
  discardDeadLetters,
  discardedCollection,
  editDeadLetter,
  groupDeadLetters,
  listDeadLetters,
  replayDeadLetters,
  unparkKey,
} from './index.ts'

const query = { subscription: 'contract', scope: { tenantId: 'acme' } } as const

/** Publishes events of which those with an odd index become dead letters, and follows on with `mended` gone true. */
async function withLetters(count: number, options: FollowOptions = {}) {
  const store = createMemoryStore()
  const fixture = embeddedFixture(store)
  const state = { isMended: false }
  await fixture.publish(series(count, ['a', 'b', 'c', 'd']))
  const following = follow(fixture, {
    handle(index) {
      if (index % 2 === 0 || state.isMended) return
      if (index % 4 === 1) throw new PermanentError(`order ${index} is not there`)
      throw new TypeError('a text was expected')
    },
    retry: { attempts: 1, backoff: 'fixed', delay: 1 },
    ...options,
  })
  await until(async () => (await letters(store)).length === count / 2, 'the dead letters')
  return { store, fixture, state, ...following }
}

const letters = async (store: EventStore) => (await listDeadLetters(store, query)).letters

/** Lets the subscription look for what is there for it again. */
async function untilAfterPoll(fixture: TransportFixture, isDone: () => boolean): Promise<void> {
  await until(() => {
    fixture.alarm.advance(fixture.pollEvery)
    return isDone()
  }, 'what was replayed')
}

describe('dead letters', () => {
  it('are listed page by page, by position, and by what is asked for', async () => {
    const { store, subscription } = await withLetters(12)
    const first = await listDeadLetters(store, query, { limit: 4 })
    expect(first.letters.map(({ position }) => position)).toEqual([2, 4, 6, 8])
    const second = await listDeadLetters(store, query, { limit: 4, after: first.next as string })
    expect([second.letters.map(({ position }) => position), second.next]).toEqual([[10, 12], undefined])
    const permanent = await listDeadLetters(store, { ...query, reason: 'permanent' })
    expect(permanent.letters.map(({ position }) => position)).toEqual([2, 6, 10])
    expect((await listDeadLetters(store, { ...query, positions: [4, 5] })).letters).toHaveLength(1)
    expect((await listDeadLetters(store, { ...query, scope: { tenantId: 'globex' } })).letters).toEqual([])
    await subscription.close()
  })

  it('are grouped by the kind of their error', async () => {
    const { store, subscription } = await withLetters(12)
    const { groups, isComplete } = await groupDeadLetters(store, query)
    expect(isComplete).toBe(true)
    expect(groups.map(({ count, error }) => [count, error.name])).toEqual([
      [3, 'PermanentError'],
      [3, 'TypeError'],
    ])
    expect(groups[0]?.eventTypes).toEqual({ SampleHappened: 3 })
    expect((await groupDeadLetters(store, query, 4)).isComplete).toBe(false)
    await subscription.close()
  })

  it('have the whole event with them', async () => {
    const { store, subscription } = await withLetters(4)
    const { letter, event } = await deadLetter(store, { ...query, tenantId: 'acme', position: 2 })
    expect(letter.attempts).toHaveLength(1)
    expect(event?.envelope.payload).toEqual({ index: 1 })
    await expect(deadLetter(store, { ...query, tenantId: 'acme', position: 1 })).rejects.toMatchObject({
      code: 'dead_letter_unknown',
    })
    await subscription.close()
  })
})

describe('a replay', () => {
  it('tells the handler why it was a dead letter, who gave it back, and how often', async () => {
    const told: unknown[] = []
    const { store, fixture, subscription } = await withLetters(2, {
      handle(index, { attempt, replayOf, delivery }) {
        told.push([index, attempt, replayOf?.reason, replayOf?.by, replayOf?.times])
        expect(replayOf).toBe(delivery.replayOf)
        if (replayOf !== undefined) expect(replayOf.replayedAt).toBeGreaterThan(replayOf.setAsideAt)
        if (index === 1 && attempt < 3) throw new PermanentError('it is not there')
      },
    })
    for (const by of ['ada', 'bob']) {
      fixture.alarm.advance(10)
      const calls = told.length
      expect(await replayDeadLetters(store, query, { alarm: fixture.alarm, by })).toMatchObject({
        replayed: 1,
      })
      await untilAfterPoll(fixture, () => told.length > calls)
    }
    expect(told).toEqual([
      [0, 1, undefined, undefined, undefined],
      [1, 1, undefined, undefined, undefined],
      [1, 2, 'permanent', 'ada', 1],
      [1, 3, 'permanent', 'bob', 2],
    ])
    await subscription.close()
  })

  it('gives back what is meant, once, with its tries', async () => {
    const { store, fixture, state, calls, done, subscription } = await withLetters(8)
    state.isMended = true
    const before = calls.length
    const dry = await replayDeadLetters(store, query, { dryRun: true })
    expect([dry, (await letters(store)).length]).toEqual([
      { matched: 4, replayed: 0, held: 0, skipped: 0 },
      4,
    ])
    const seen: number[] = []
    const result = await replayDeadLetters(
      store,
      { ...query, reason: 'permanent' },
      { alarm: fixture.alarm, onProgress: ({ replayed }) => void seen.push(replayed) },
    )
    expect([result, seen]).toEqual([{ matched: 2, replayed: 2, held: 0, skipped: 0 }, [1, 2]])
    await untilAfterPoll(fixture, () => done.length === 6)
    expect(calls.slice(before)).toEqual([1, 5])
    expect((await letters(store)).map(({ position }) => position)).toEqual([4, 8])
    await subscription.close()
  })

  it('of what fails again ends as a dead letter with one more try', async () => {
    const { store, fixture, calls, subscription } = await withLetters(2)
    await replayDeadLetters(store, query, { alarm: fixture.alarm })
    await untilAfterPoll(fixture, () => calls.length === 3)
    await until(async () => (await letters(store))[0]?.attempts.length === 2, 'the second try')
    expect(await store.documents({ tenantId: 'acme' }, 'delivery-waiting/contract#0')).toEqual([])
    await subscription.close()
  })

  it('goes at the rate that it is told, and stops when it is told to', async () => {
    const { store, fixture, subscription } = await withLetters(20)
    const stop = new AbortController()
    let replayed = 0
    const work = replayDeadLetters(store, query, {
      alarm: fixture.alarm,
      ratePerSecond: 2,
      signal: stop.signal,
      onProgress: progress => {
        replayed = progress.replayed
        if (replayed === 3) stop.abort()
      },
    })
    work.catch(() => undefined)
    await until(async () => (await letters(store)).length === 9, 'the first one')
    fixture.alarm.advance(499)
    await turns()
    expect(replayed).toBe(1)
    await until(() => {
      fixture.alarm.advance(500)
      return replayed === 3
    }, 'three of them')
    expect(await work).toMatchObject({ replayed: 3 })
    await subscription.close()
  })
})

describe('a dead letter that is edited', () => {
  it('is delivered with its new payload, keeps each change, and leaves the event alone', async () => {
    const seen: unknown[] = []
    const { store, fixture, state, subscription } = await withLetters(2, {
      handle(index, _, event) {
        seen.push(event.payload)
        if (index === 1) throw new PermanentError('1 is odd')
      },
    })
    state.isMended = true
    const address = { subscription: 'contract', tenantId: 'acme', position: 2 }
    await editDeadLetter(store, address, { index: 1, note: ['x'] }, { by: 'ann', at: 1 })
    const edited = await editDeadLetter(store, address, { index: 4, note: ['y'] }, { by: 'bob', at: 2 })
    expect(edited.edits).toEqual([
      { at: 1, by: 'ann', diff: [{ pointer: '/note', to: ['x'] }] },
      {
        at: 2,
        by: 'bob',
        diff: [
          { pointer: '/index', from: 1, to: 4 },
          { pointer: '/note/0', from: 'x', to: 'y' },
        ],
      },
    ])
    const found = await deadLetter(store, address)
    expect([found.letter.edits, found.event?.envelope.payload]).toEqual([edited.edits, { index: 1 }])
    await replayDeadLetters(store, query, { alarm: fixture.alarm })
    await untilAfterPoll(fixture, () => seen.length === 3)
    expect(seen[2]).toEqual({ index: 4, note: ['y'] })
    await subscription.close()
  })
})

describe('a dead letter that is discarded', () => {
  it('is gone, and it shows why and by whom', async () => {
    const { store, fixture, subscription } = await withLetters(4)
    const why = { reason: 'a test order', by: 'ann', alarm: fixture.alarm }
    expect(await discardDeadLetters(store, query, { ...why, dryRun: true })).toEqual({
      matched: 2,
      discarded: 0,
      skipped: 0,
    })
    expect(await discardDeadLetters(store, { ...query, positions: [2] }, why)).toEqual({
      matched: 1,
      discarded: 1,
      skipped: 0,
    })
    expect((await letters(store)).map(({ position }) => position)).toEqual([4])
    const [kept] = await store.documents({ tenantId: 'acme' }, discardedCollection('contract'))
    expect(kept?.value).toMatchObject({ reason: 'a test order', by: 'ann' })
    await expect(discardDeadLetters(store, query, { ...why, reason: ' ' })).rejects.toMatchObject({
      code: 'delivery_options_invalid',
    })
    await subscription.close()
  })
})

describe('a parked key', () => {
  it.each(['again', 'skip'] as const)('goes on in its order: %s', async how => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    let isMended = false
    await fixture.publish(series(6, ['a', 'b']))
    const { done, subscription } = follow(fixture, {
      deadLetter: 'parkKey',
      handle(index) {
        if (index === 0 && !isMended) throw new PermanentError('poison')
      },
    })
    await until(async () => (await letters(store)).length === 3 && done.length === 3, 'the parked key')
    expect(await replayDeadLetters(store, query, { dryRun: true })).toMatchObject({ matched: 3, held: 2 })
    isMended = true
    const key = { subscription: 'contract', tenantId: 'acme', orderingKey: 'a' }
    expect(await unparkKey(store, key, how, fixture)).toBe(how === 'again' ? 3 : 2)
    expect(await unparkKey(store, key, how, fixture)).toBeUndefined()
    await untilAfterPoll(
      fixture,
      () => done.filter(index => index % 2 === 0).length === (how === 'again' ? 3 : 2),
    )
    await fixture.publish(series(1, ['a'], 6))
    await until(() => done.includes(6), 'what comes later')
    const own = done.filter(index => index % 2 === 0)
    expect(own).toEqual(how === 'again' ? [0, 2, 4, 6] : [2, 4, 6])
    expect((await letters(store)).length).toBe(how === 'again' ? 0 : 1)
    await subscription.close()
  })

  it('goes on while its events still come in', async () => {
    const store = createMemoryStore()
    const fixture = embeddedFixture(store)
    await fixture.publish(series(40, ['a']))
    const { done, subscription } = follow(fixture, {
      deadLetter: 'parkKey',
      handle(index, { attempt }) {
        if (index === 0 && attempt === 1) throw new PermanentError('poison')
      },
    })
    const key = { subscription: 'contract', tenantId: 'acme', orderingKey: 'a' }
    await until(async () => (await letters(store)).length > 0, 'the parked key')
    await until(async () => (await unparkKey(store, key, 'again', fixture)) !== undefined, 'the key')
    await untilAfterPoll(fixture, () => done.length >= 40)
    expect(done).toEqual(range(40))
    await subscription.close()
  })
})
