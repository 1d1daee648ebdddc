import { PermanentError } from '../../bus/index.ts'
import { expectEqual } from '../contract-case.ts'
import type { TransportContractCase } from './transport-case.ts'
import {
  addEffect,
  deadLetters,
  effects,
  follow,
  gate,
  range,
  series,
  turns,
  until,
  untilDeadLetters,
  untilWaiting,
} from './transport-steps.ts'

export const failureCases: readonly TransportContractCase[] = [
  {
    name: 'a transient error is tried again as often as was said, and then a dead letter with every try',
    needs: ['deadLetters'],
    async run(fixture) {
      const [sent] = await fixture.publish(series(2))
      const one = follow(fixture, {
        handle(index, { attempt }) {
          if (index === 0) throw new Error(`down since ${attempt} tries`)
        },
      })
      const begun = fixture.alarm.now()
      for (const _ of range(2)) {
        await untilWaiting(one, 1)
        fixture.alarm.advance(1_000)
      }
      const [letter] = await untilDeadLetters(fixture, 1)
      await until(() => one.done.length === 1, 'the next of the key')
      expectEqual(one.calls, [0, 0, 0, 1], 'calls')
      expectEqual([letter?.eventId, letter?.reason], [sent?.eventId, 'exhausted'], 'dead letter')
      expectEqual(
        letter?.attempts.map(({ at }) => at - begun),
        [0, 1_000, 2_000],
        'times of the tries',
      )
      expectEqual(
        letter?.attempts.map(({ message }) => message),
        range(3).map(at => `down since ${at + 1} tries`),
        'errors of the tries',
      )
      expectEqual(new Set(letter?.attempts.map(({ fingerprint }) => fingerprint)).size, 1, 'fingerprints')
      await one.subscription.close()
    },
  },
  {
    name: 'a permanent error is not tried again',
    needs: ['deadLetters'],
    async run(fixture) {
      await fixture.publish(series(3))
      const one = follow(fixture, {
        handle(index) {
          if (index === 1) throw new PermanentError('no such thing')
        },
      })
      const [letter] = await untilDeadLetters(fixture, 1)
      await until(() => one.done.length === 2, 'the others')
      expectEqual(one.calls, range(3), 'calls')
      expectEqual([letter?.reason, letter?.attempts.length], ['permanent', 1], 'dead letter')
      await one.subscription.close()
    },
  },
  {
    name: 'whatever is thrown is an error',
    needs: ['deadLetters'],
    async run(fixture) {
      const thrown: unknown[] = [undefined, null, 'a text', 42, { message: 'an object' }, Symbol('s')]
      await fixture.publish(series(thrown.length, ['a', 'b', 'c', 'd', 'e', 'f']))
      const one = follow(fixture, {
        retry: { attempts: 1, backoff: 'fixed', delay: 1 },
        handle(index) {
          throw thrown[index]
        },
      })
      const letters = await untilDeadLetters(fixture, thrown.length)
      expectEqual(
        letters.map(({ attempts }) => attempts[0]?.message),
        ['undefined', 'null', 'a text', '42', 'an object', 'Symbol(s)'],
        'messages',
      )
      await one.subscription.close()
    },
  },
  {
    name: 'a handler that takes too long is tried again, and what it does later does not count',
    async run(fixture) {
      await fixture.publish(series(1))
      const late = gate()
      const returned = gate()
      const one = follow(fixture, {
        timeout: 5_000,
        async handle(_, context) {
          if (context.attempt > 1) return
          await late.opened
          addEffect(context)
          expectEqual(context.signal.aborted, true, 'the signal of a handler that is given up')
          returned.open()
        },
      })
      await until(() => one.calls.length === 1, 'the first try')
      fixture.alarm.advance(5_000)
      await untilWaiting(one, 1)
      fixture.alarm.advance(1_000)
      await until(() => one.done.length === 1, 'the second try')
      late.open()
      await returned.opened
      await one.subscription.drain()
      expectEqual(await effects(fixture), [], 'effects of the one that was late')
      expectEqual(one.calls, [0, 0], 'calls')
    },
  },
  {
    name: 'a poisoned key is parked: it is held back, and the others go on',
    needs: ['deadLetters', 'order'],
    async run(fixture) {
      await fixture.publish(series(12, ['a', 'b', 'c']))
      const one = follow(fixture, {
        deadLetter: 'parkKey',
        handle(index) {
          if (index === 3) throw new PermanentError('poison')
        },
      })
      await until(() => one.done.length === 9, 'what is before it, and the other keys')
      const letters = await untilDeadLetters(fixture, 3)
      expectEqual(
        letters.map(({ reason }) => reason),
        ['permanent', 'parked', 'parked'],
        'dead letters',
      )
      await fixture.publish(series(2, ['a', 'b'], 12))
      await until(() => one.done.includes(13), 'another key')
      await untilDeadLetters(fixture, 4)
      expectEqual(one.calls.includes(12), false, 'whether a later event of the key was handled')
      await one.subscription.close()
    },
  },
  {
    name: 'an event whose deadline has passed is a dead letter, and not handled',
    needs: ['ttl', 'deadLetters'],
    async run(fixture) {
      const at = (milliseconds: number) => new Date(fixture.alarm.now() + milliseconds).toISOString()
      await fixture.publish([
        { index: 0, deadline: at(-1) },
        { index: 1, deadline: at(60_000) },
      ])
      const one = follow(fixture)
      await until(() => one.done.length === 1, 'the other event')
      const [letter] = await deadLetters(fixture)
      expectEqual([one.calls, letter?.reason], [[1], 'expired'], 'calls and dead letter')
      await one.subscription.close()
    },
  },
  {
    name: 'an open breaker asks for nothing, probes with one event, and closes when that goes well',
    async run(fixture) {
      await fixture.publish(series(20, range(20).map(String)))
      let isDown = true
      const one = follow(fixture, {
        concurrency: 1,
        breaker: { failuresInRow: 3, cooling: 60_000 },
        retry: { attempts: 5, backoff: 'fixed', delay: 1_000 },
        handle() {
          if (isDown) throw new Error('the database is down')
        },
      })
      await until(async () => (await one.subscription.status()).breaker === 'open', 'an open breaker')
      await turns()
      expectEqual(one.calls.length, 3, 'calls until it opened')
      fixture.alarm.advance(60_000)
      await until(() => one.calls.length === 4, 'the probe')
      await until(async () => {
        const { failed, inFlight, breaker } = await one.subscription.status()
        return failed === 4 && inFlight === 0 && breaker === 'open'
      }, 'the breaker open again')
      expectEqual(one.calls.length, 4, 'calls while it probes and after')
      isDown = false
      fixture.alarm.advance(120_000)
      await until(() => one.done.length === 20, 'all events')
      expectEqual((await one.subscription.status()).breaker, 'closed', 'the breaker')
      expectEqual(await deadLetters(fixture), [], 'dead letters')
      await one.subscription.close()
    },
  },
]
