import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { embeddedFixture } from '../../../testing/transport-contract/fixtures/embedded-fixture.ts'
import {
  addEffect,
  deadLetters,
  effects,
  follow,
  gate,
  indexOf,
  range,
  series,
  turns,
  until,
  untilDeadLetters,
} from '../../../testing/transport-contract/transport-steps.ts'
import type { BreakerChange } from '../../index.ts'

const memory = () => embeddedFixture(createMemoryStore())

describe('a handler that throws', () => {
  const proxy = new Proxy(
    {},
    {
      get() {
        throw new Error('not even this can be read')
      },
    },
  )
  const deny = () => {
    throw new Error('not even this can be read')
  }
  const unreadable = (member: string) => Object.defineProperty(new Error('x'), member, { get: deny })
  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'NonErrorThrown'],
    ['null', null, 'NonErrorThrown'],
    ['a text', 'no', 'NonErrorThrown'],
    ['a number', 0, 'NonErrorThrown'],
    ['a function', () => undefined, 'NonErrorThrown'],
    ['an object that cannot be read', proxy, 'NonErrorThrown'],
    ['an error without a message to be read', unreadable('message'), 'Error'],
    ['an error without a name to be read', unreadable('name'), 'Error'],
    ['an error without a code to be read', unreadable('code'), 'Error'],
    ['an error without a cause to be read', unreadable('cause'), 'Error'],
    [
      'an error whose message is no text',
      Object.assign(new Error('x'), { message: Object.create(null) }),
      'Error',
    ],
    ['an object without a kind', new Proxy({}, { getPrototypeOf: deny }), 'NonErrorThrown'],
    ['an error with half a character', new RangeError('\ud800'), 'RangeError'],
  ])('%s fails like any other, and the subscription lives on', async (_, thrown, name) => {
    const fixture = memory()
    await fixture.publish(series(2))
    const told: unknown[] = []
    const one = follow(fixture, {
      retry: { attempts: 2, backoff: 'fixed', delay: 1 },
      onError: error => told.push(error),
      handle(index) {
        if (index === 0) throw thrown
      },
    })
    await until(async () => {
      fixture.alarm.advance(1)
      return (await deadLetters(fixture)).length === 1 && one.done.length === 1
    }, 'both')
    const [letter] = await deadLetters(fixture)
    expect(letter?.attempts.map(attempt => attempt.name)).toEqual([name, name])
    expect(letter?.reason).toBe('exhausted')
    expect(told.map(one => Object.is(one, thrown))).toEqual([true, true])
    await one.subscription.close()
  })

  it('counts as tried where not even a rule can say what it is', async () => {
    const fixture = memory()
    await fixture.publish(series(1))
    class Strange extends Error {
      static override [Symbol.hasInstance](): boolean {
        throw new Error('I do not know')
      }
    }
    const one = follow(fixture, {
      retry: { attempts: 2, backoff: 'fixed', delay: 1 },
      failures: { permanent: [Strange] },
      handle() {
        throw new Error('x')
      },
    })
    await until(async () => {
      fixture.alarm.advance(1)
      return (await deadLetters(fixture)).length === 1
    }, 'the dead letter')
    expect(one.calls).toEqual([0, 0])
    await one.subscription.close()
  })

  it('while whoever is told of it throws too is none the worse', async () => {
    const fixture = memory()
    await fixture.publish(series(2))
    const one = follow(fixture, {
      retry: { attempts: 1, backoff: 'fixed', delay: 1 },
      onError() {
        throw new Error('and I')
      },
      handle(index) {
        if (index === 0) throw new Error('no')
      },
    })
    await untilDeadLetters(fixture, 1)
    await until(() => one.done.length === 1, 'the other')
    await one.subscription.close()
  })
})

describe('a handler that is late', () => {
  it('takes no effect with what it returns afterwards, and its event comes again', async () => {
    const fixture = memory()
    await fixture.publish(series(1))
    const holds = [gate(), gate()]
    const aborted: boolean[] = []
    const one = follow(fixture, {
      timeout: 100,
      async handle(_, context) {
        const { attempt, signal } = context
        await holds[attempt - 1]?.opened
        aborted.push(signal.aborted)
        addEffect(context)
      },
    })
    await until(() => one.calls.length === 1, 'the first try')
    fixture.alarm.advance(100)
    await until(async () => (await one.subscription.status()).failed === 1, 'the end of it')
    holds[0]?.open()
    await turns()
    expect([await effects(fixture), aborted]).toEqual([[], [true]])
    holds[1]?.open()
    await until(() => {
      fixture.alarm.advance(500)
      return one.done.length === 2
    }, 'the second try')
    await until(async () => (await effects(fixture)).length === 1, 'its effect')
    expect(await effects(fixture)).toEqual([1])
    await one.subscription.close()
  })

  it('by throwing after it was given up does no harm', async () => {
    const fixture = memory()
    await fixture.publish(series(1))
    const hold = gate()
    const one = follow(fixture, {
      timeout: 100,
      async handle(_, { attempt }) {
        if (attempt > 1) return
        await hold.opened
        throw new Error('too late')
      },
    })
    await until(() => one.calls.length === 1, 'the first try')
    fixture.alarm.advance(100)
    hold.open()
    await until(() => {
      fixture.alarm.advance(500)
      return one.done.length === 1
    }, 'the second try')
    expect((await one.subscription.status()).failed).toBe(1)
    await one.subscription.close()
  })

  it('for ever becomes a dead letter with a try for each time, while other keys go on', async () => {
    const fixture = memory()
    await fixture.publish(series(4, ['a', 'b']))
    const one = follow(fixture, {
      timeout: 100,
      handle: index => (index === 0 ? new Promise(() => undefined) : undefined),
    })
    await until(() => one.done.length === 2, 'the other key')
    expect(one.done).toEqual([1, 3])
    await until(async () => {
      fixture.alarm.advance(100)
      return (await deadLetters(fixture)).length === 1 && one.done.length === 3
    }, 'the rest')
    const [letter] = await deadLetters(fixture)
    expect(letter?.attempts.map(({ code }) => code)).toEqual(range(3).map(() => 'handler_timeout'))
    await one.subscription.close()
  })
})

describe('a function as a filter', () => {
  it('passes over what it does not want, without a call and without a trace', async () => {
    const fixture = memory()
    await fixture.publish(series(20, ['a', 'b']))
    const one = follow(fixture, { filter: event => indexOf(event) % 5 === 0, concurrency: 1 })
    await until(() => one.done.length === 4, 'what it wants')
    await until(async () => (await one.subscription.status()).lag.events === 0, 'the end')
    expect(one.calls).toEqual([0, 5, 10, 15])
    expect(await one.subscription.status()).toMatchObject({ handled: 4, failed: 0 })
    await one.subscription.close()
    const again = follow(fixture)
    await until(async () => (await again.subscription.status()).partitions[0]?.isOwner === true, 'the owner')
    await turns()
    expect(again.calls).toEqual([])
    await again.subscription.close()
  })

  it('that throws leaves the event as a dead letter, and goes on', async () => {
    const fixture = memory()
    await fixture.publish(series(3))
    const one = follow(fixture, {
      retry: { attempts: 1, backoff: 'fixed', delay: 1 },
      filter(event) {
        if (indexOf(event) === 1) throw new TypeError('of what is not there')
        return true
      },
    })
    await untilDeadLetters(fixture, 1)
    await until(() => one.done.length === 2, 'the others')
    expect((await deadLetters(fixture))[0]).toMatchObject({ position: 2, attempts: [{ name: 'TypeError' }] })
    await one.subscription.close()
  })
})

describe('what a handler is told', () => {
  it('is by when the event has to be handled', async () => {
    const fixture = memory()
    const deadline = new Date(fixture.alarm.now() + 60_000).toISOString()
    await fixture.publish([{ index: 0, deadline }, { index: 1 }])
    const seen: unknown[] = []
    const one = follow(fixture, { handle: (_, context) => void seen.push(context.deadline) })
    await until(() => one.done.length === 2, 'both')
    expect(seen).toEqual([Date.parse(deadline), undefined])
    await one.subscription.close()
  })
})

describe('a change of the breaker', () => {
  it('is told, with the partition and the reason, whatever the one that is told does', async () => {
    const fixture = memory()
    await fixture.publish(series(3, ['a', 'b', 'c']))
    const told: BreakerChange[] = []
    let isDown = true
    const one = follow(fixture, {
      breaker: { failuresInRow: 2, cooling: 1_000 },
      onBreaker(change) {
        told.push(change)
        throw new Error('in vain')
      },
      handle() {
        if (isDown) throw new Error('down')
      },
    })
    await until(() => told.length === 1, 'the opening')
    isDown = false
    await until(() => {
      fixture.alarm.advance(500)
      return one.done.length === 3
    }, 'all of them')
    const common = { subscription: 'contract', partition: 0 }
    expect(told).toEqual([
      { ...common, from: 'closed', to: 'open', reason: '2 failures in a row' },
      { ...common, from: 'open', to: 'half-open', reason: 'the cooling period is over' },
      { ...common, from: 'half-open', to: 'closed', reason: 'the probe succeeded' },
    ])
    await one.subscription.close()
  })
})

describe('a breaker that probes', () => {
  it('lets one event through, however many could be handled at the same time', async () => {
    const fixture = memory()
    await fixture.publish(series(6, range(6).map(String)))
    const hold = gate()
    let isDown = true
    const one = follow(fixture, {
      concurrency: 10,
      retry: { attempts: 9, backoff: 'fixed', delay: 1 },
      breaker: { failuresInRow: 6, cooling: 1_000 },
      handle: () => (isDown ? Promise.reject(new Error('down')) : hold.opened),
    })
    await until(async () => (await one.subscription.status()).breaker === 'open', 'the opening')
    await until(async () => (await one.subscription.status()).inFlight === 0, 'the end of the tries')
    isDown = false
    one.calls.length = 0
    fixture.alarm.advance(1_000)
    await until(() => one.calls.length > 0, 'the probe')
    await turns()
    expect(one.calls.length).toBe(1)
    hold.open()
    await until(() => one.done.length === 6, 'all of them')
    await one.subscription.close()
  })
})

describe('the description of a subscription', () => {
  it('says how it was made, and cannot be changed', () => {
    const { transport } = memory().open()
    const { subscription } = follow(memory(), {
      filter: "payload.index > 3 AND eventType = 'A'",
      topics: ['t'],
      tenantId: 'acme',
      rateLimit: { perSecond: 5 },
      start: { position: 7 },
    })
    const { description } = subscription
    expect(transport.capabilities.partitions).toBe(1)
    expect(description).toEqual({
      name: 'contract',
      tenantId: 'acme',
      types: undefined,
      topics: ['t'],
      filter: "payload.index > 3 AND eventType = 'A'",
      start: { position: 7 },
      concurrency: 10,
      isAdaptive: false,
      batchSize: 100,
      isBatched: false,
      window: 1_000,
      timeout: 30_000,
      retry: {
        attempts: 3,
        backoff: 'fixed',
        initialDelay: 1_000,
        maxDelay: 300_000,
        factor: 2,
        jitter: 'none',
      },
      deadLetter: 'setAside',
      hasBreaker: false,
      rateLimit: 5,
    })
    for (const part of [description, description.retry, description.topics, description.start])
      expect(Object.isFrozen(part)).toBe(true)
    return subscription.close()
  })

  it('says that a function filters', () => {
    const { subscription } = follow(memory(), { filter: () => true })
    expect(subscription.description.filter).toBe('(a function)')
    return subscription.close()
  })
})
