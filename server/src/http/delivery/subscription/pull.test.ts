import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PullResult, SubscriptionDetail } from '../../../api/types.ts'
import type { TestServer } from '../../../start/fixtures/test-server.ts'
import { startTestServer } from '../../../start/fixtures/test-server.ts'
import { DeliverySteps, idsOf, until } from '../fixtures/delivery-steps.ts'

let test: TestServer
let acme: DeliverySteps
beforeAll(async () => {
  test = await startTestServer()
  acme = DeliverySteps.of(test)
})
afterAll(() => test.stop())

const detail = (name: string) => acme.get<SubscriptionDetail>(`/v1/subscriptions/${name}`)
const now = { start: 'now' }

describe('a pull', () => {
  it('gives each event once, whole, in its order, until it is settled', async () => {
    await acme.make('whole', now)
    await acme.publish(['w-1', 'w-2', 'w-3'])
    const first = await acme.pullAll('whole', 3)
    expect(idsOf(first)).toEqual(['w-1', 'w-2', 'w-3'])
    expect(first[0]).toMatchObject({
      attempt: 1,
      orderingKey: 'Subscription-w-1',
      replay: null,
      replayOf: null,
      event: { eventType: 'SubscriptionActivated', tenantId: 'acme', payload: { subscriptionId: 'w-1' } },
    })
    expect(await acme.pull('whole', { waitSeconds: 0 })).toEqual([])
    await acme.done('whole', first)
    await until(async () => (await detail('whole')).lag.events === 0)
    expect(await detail('whole')).toMatchObject({ state: 'running', handled: 3, failed: 0, inFlight: 0 })
  })

  it('waits for what comes', async () => {
    await acme.make('waits', now)
    const pulled = acme.pull('waits', { waitSeconds: 20 })
    await acme.publish(['later'])
    const found = await pulled
    expect(idsOf(found)).toEqual(['later'])
    await acme.done('waits', found)
  })

  it('gives no more than is asked for, and no more than may be with consumers', async () => {
    await acme.make('bounded', { ...now, concurrency: 3 })
    await acme.publish(['b-1', 'b-2', 'b-3', 'b-4', 'b-5'])
    const two = await acme.pull('bounded', { max: 2 })
    const third = await acme.pull('bounded', { max: 10 })
    expect([two.length, third.length]).toEqual([2, 1])
    expect(await acme.pull('bounded', { waitSeconds: 0 })).toEqual([])
    expect((await detail('bounded')).inFlight).toBe(3)
    await acme.done('bounded', [...two, ...third])
    const rest = await acme.pullAll('bounded', 2)
    await acme.done('bounded', rest)
    expect(idsOf([...two, ...third, ...rest])).toEqual(['b-1', 'b-2', 'b-3', 'b-4', 'b-5'])
  })

  it('gives the events of other keys, however many stand behind one that waits', async () => {
    await acme.make('behind', { ...now, retry: { initialSeconds: 3_600, maxSeconds: 3_600, jitter: 'none' } })
    const ids = Array.from({ length: 150 }, (_, at) => `behind-${at}`)
    await acme.publish(ids, () => 'one-key')
    const [first] = await acme.pull('behind')
    await acme.settle('behind', { failed: [{ token: first?.token, error: 'not now' }] })
    await acme.publish(['free'])
    expect(idsOf(await acme.pullAll('behind', 1))).toEqual(['free'])
  })

  it('shares events among consumers, and gives none to two', async () => {
    await acme.make('shared', now)
    const ids = Array.from({ length: 40 }, (_, at) => `s-${at}`)
    await acme.publish(ids)
    const seen: string[] = []
    const consume = async () => {
      while (seen.length < ids.length) {
        const found = await acme.pull('shared', { max: 3, waitSeconds: 1 })
        seen.push(...idsOf(found))
        if (found.length > 0) await acme.done('shared', found)
      }
    }
    await Promise.all([consume(), consume(), consume()])
    expect(seen.toSorted()).toEqual(ids.toSorted())
  })

  it('filters as the subscription says', async () => {
    await acme.make('filtered', { ...now, filter: "payload.subscriptionId LIKE 'yes%'" })
    await acme.publish(['no-1', 'yes-1', 'no-2', 'yes-2'])
    const found = await acme.pullAll('filtered', 2)
    expect(idsOf(found)).toEqual(['yes-1', 'yes-2'])
    await acme.done('filtered', found)
  })

  it('gives back what did not reach its consumer, which was no try', async () => {
    await acme.make('gone', { ...now, concurrency: 1 })
    const stop = new AbortController()
    const broken = fetch(`${test.url}/v1/subscriptions/gone/pull`, {
      method: 'POST',
      headers: { authorization: `Bearer ${test.keys.acme.admin}`, 'content-type': 'application/json' },
      body: '{"waitSeconds":30}',
      signal: stop.signal,
    })
    await until(async () => (await detail('gone')).state === 'running')
    stop.abort()
    await expect(broken).rejects.toThrow()
    await acme.publish(['g-1'])
    const found = await acme.pullAll('gone', 1)
    expect(found[0]).toMatchObject({ attempt: 1, event: { eventId: 'g-1' } })
    await acme.done('gone', found)
  })
})

describe('what is not done', () => {
  const retry = { attempts: 3, backoff: 'fixed', initialSeconds: 0, jitter: 'none' }

  it('comes again with its number of tries, then is a dead letter', async () => {
    await acme.make('fails', { ...now, retry })
    await acme.publish(['f-1'])
    for (const attempt of [1, 2, 3]) {
      const [one] = await acme.pullAll('fails', 1)
      expect(one?.attempt).toBe(attempt)
      const error = { name: 'CardError', message: `declined ${attempt}`, code: 'card_declined' }
      await acme.settle('fails', { failed: [{ token: one?.token, error }] })
    }
    await until(async () => (await detail('fails')).deadLetters === 1)
    expect(await detail('fails')).toMatchObject({ failed: 3, lastError: 'declined 3' })
    const letters = await acme.get('/v1/dead-letters?subscription=fails')
    expect(letters).toMatchObject({
      data: [
        {
          eventId: 'f-1',
          reason: 'exhausted',
          attempts: 3,
          lastError: { name: 'CardError', message: 'declined 3', code: 'card_declined' },
        },
      ],
    })
  })

  it('in time counts as a try that failed, and what is settled later is told so', async () => {
    await acme.make('late', { ...now, retry, timeoutSeconds: 1 })
    await acme.publish(['l-1'])
    const [first] = await acme.pullAll('late', 1)
    const [again] = await acme.pullAll('late', 1)
    expect([first?.attempt, again?.attempt]).toEqual([1, 2])
    expect(await acme.settle('late', { done: [first?.token] })).toEqual({
      settled: 0,
      unknown: [first?.token],
    })
    expect(await acme.settle('late', { done: [again?.token] })).toEqual({ settled: 1, unknown: [] })
  })

  it('holds back its key alone: the others go on, and order is kept', async () => {
    await acme.make('keyed', { ...now, retry })
    await acme.publish(['k-1', 'k-2', 'other'], id => (id === 'other' ? 'other' : 'same'))
    const first = await acme.pullAll('keyed', 2)
    expect(idsOf(first)).toEqual(['k-1', 'other'])
    const [one, other] = first
    await acme.settle('keyed', { done: [other?.token], failed: [{ token: one?.token, error: 'again' }] })
    const second = await acme.pullAll('keyed', 1)
    expect([idsOf(second), second[0]?.attempt]).toEqual([['k-1'], 2])
    await acme.done('keyed', second)
    const third = await acme.pullAll('keyed', 1)
    expect(idsOf(third)).toEqual(['k-2'])
    await acme.done('keyed', third)
  })

  it('too often in a row opens the breaker, which a pull tells', async () => {
    await acme.make('broken', { ...now, retry: { attempts: 50, backoff: 'fixed', initialSeconds: 60 } })
    await acme.publish(['x-1', 'x-2', 'x-3', 'x-4', 'x-5'])
    const found = await acme.pullAll('broken', 5)
    const failed = found.map(({ token }) => ({ token, error: 'the database is away' }))
    await acme.settle('broken', { failed })
    await until(async () => (await detail('broken')).breaker === 'open')
    const result = await acme.get<PullResult>('/v1/subscriptions/broken/pull', { waitSeconds: 0 })
    expect(result).toMatchObject({ data: [], breaker: 'open' })
    // Resuming what is not paused lets it go on at once.
    await acme.get('/v1/subscriptions/broken/resume', {})
    expect((await detail('broken')).breaker).toBe('closed')
  })
})

describe('a subscription that is paused', () => {
  it('gives nothing until it is resumed, and then all that came', async () => {
    await acme.make('paused', now)
    expect(await acme.get('/v1/subscriptions/paused/pause', {})).toEqual({ name: 'paused', state: 'paused' })
    await acme.publish(['p-1'])
    const held = await acme.get<PullResult>('/v1/subscriptions/paused/pull', { waitSeconds: 0 })
    expect(held).toMatchObject({ data: [], state: 'paused' })
    expect((await detail('paused')).state).toBe('paused')
    expect((await acme.get<{ state: string }>('/v1/subscriptions/paused/resume', {})).state).not.toBe(
      'paused',
    )
    const found = await acme.pullAll('paused', 1)
    expect(idsOf(found)).toEqual(['p-1'])
    await acme.done('paused', found)
  })
})

describe('a change', () => {
  it('brings what is with consumers again, by the new definition', async () => {
    await acme.make('changed', now)
    await acme.publish(['c-1'])
    const [before] = await acme.pullAll('changed', 1)
    const put = { method: 'PUT' }
    const body = { types: ['SubscriptionActivated'], timeoutSeconds: 7 }
    expect((await acme.ask('/v1/subscriptions/changed', body, put)).status).toBe(200)
    const [after] = await acme.pullAll('changed', 1)
    expect([after?.event.eventId, after?.attempt]).toEqual(['c-1', 1])
    expect((await acme.settle('changed', { done: [before?.token] })).unknown).toEqual([before?.token])
    expect((await acme.settle('changed', { done: [after?.token] })).unknown).toEqual([])
  })
})
