import { expectEqual } from '../contract-case.ts'
import type { TransportContractCase, TransportFixture } from './transport-case.ts'
import type { Following } from './transport-steps.ts'
import {
  addEffect,
  deadLetters,
  effects,
  follow,
  range,
  series,
  turns,
  until,
  untilDeadLetters,
  untilWaiting,
} from './transport-steps.ts'

export const scheduleCases: readonly TransportContractCase[] = [
  {
    name: 'what is to be delivered later comes at its time, and its key goes on before',
    needs: ['schedule'],
    async run(fixture) {
      await fixture.publish([
        { index: 0, key: 'a', deliverAt: later(fixture, 60_000) },
        { index: 1, key: 'a' },
        { index: 2, key: 'b', deliverAt: later(fixture, -60_000) },
        { index: 3, key: 'a', deliverAt: later(fixture, 30_000) },
      ])
      const one = follow(fixture)
      await until(() => one.done.length === 2, 'what is due at once')
      await untilPassed(one)
      fixture.alarm.advance(29_999)
      await turns()
      expectEqual(
        one.calls.toSorted((a, b) => a - b),
        [1, 2],
        'calls before the time',
      )
      // A little at a time: whoever was busy when its time came looks again a little later.
      await until(() => {
        fixture.alarm.advance(1)
        return one.done.length === 3
      }, 'the first that is due')
      fixture.alarm.advance(30_000)
      await until(() => {
        fixture.alarm.advance(1)
        return one.done.length === 4
      }, 'the second that is due')
      expectEqual(one.done.slice(2), [3, 0], 'order of times')
      await one.subscription.close()
    },
  },
  {
    name: 'what is to be delivered later survives a crash, and takes effect once',
    needs: ['schedule'],
    async run(fixture) {
      const deliverAt = later(fixture, 60_000)
      await fixture.publish(series(20, ['a', 'b', 'c']).map(event => ({ ...event, deliverAt })))
      const first = follow(fixture)
      await untilPassed(first)
      first.process.crash()
      fixture.alarm.advance(fixture.leaseTime)
      const second = follow(fixture, {
        handle(index, context) {
          addEffect(context)
          if (index === 7) second.process.crash()
        },
      })
      await until(
        async () => (await second.subscription.status()).partitions[0]?.isOwner === true,
        'an owner',
      )
      await turns()
      expectEqual([...first.calls, ...second.calls], [], 'calls before the time')
      fixture.alarm.advance(60_000)
      await until(() => second.calls.includes(7), 'the event at which it crashes')
      await turns()
      fixture.alarm.advance(fixture.leaseTime)
      const third = follow(fixture, { handle: (_, context) => addEffect(context) })
      await until(async () => (await effects(fixture)).length === 20, 'all effects')
      await third.subscription.drain()
      expectEqual(
        await effects(fixture),
        range(20).map(() => 1),
        'how often each took effect',
      )
    },
  },
  {
    name: 'of many that are due at the same time keys keep their order, however small the window',
    needs: ['schedule'],
    async run(fixture) {
      const deliverAt = later(fixture, 5_000)
      await fixture.publish(series(60, range(6).map(String)).map(event => ({ ...event, deliverAt })))
      const one = follow(fixture, { window: 16, batchSize: 10, handle: () => turns(1) })
      await untilPassed(one)
      fixture.alarm.advance(5_000)
      await until(() => one.done.length === 60, 'all events')
      for (const key of range(6))
        expectEqual(
          one.done.filter(index => index % 6 === key),
          range(10).map(at => at * 6 + key),
          `order of key ${key}`,
        )
      await one.subscription.close()
    },
  },
  {
    name: 'one that fails at its time is tried again as any other',
    needs: ['schedule'],
    async run(fixture) {
      await fixture.publish([{ index: 0, deliverAt: later(fixture, 5_000) }])
      const one = follow(fixture, {
        handle(_, { attempt }) {
          if (attempt < 3) throw new Error('not yet')
        },
      })
      await untilPassed(one)
      fixture.alarm.advance(5_000)
      for (const _ of range(2)) {
        await untilWaiting(one, 1)
        fixture.alarm.advance(1_000)
      }
      await until(() => one.done.length === 1, 'the third try')
      expectEqual([one.calls.length, await deadLetters(fixture)], [3, []], 'calls and dead letters')
      await one.subscription.close()
    },
  },
  {
    name: 'what is past its deadline when its time has come is a dead letter',
    needs: ['schedule', 'ttl', 'deadLetters'],
    async run(fixture) {
      await fixture.publish([
        { index: 0, deliverAt: later(fixture, 10_000), deadline: later(fixture, 5_000) },
        { index: 1, deliverAt: later(fixture, 10_000), deadline: later(fixture, 60_000) },
      ])
      const one = follow(fixture)
      await untilPassed(one)
      fixture.alarm.advance(10_000)
      const [letter] = await untilDeadLetters(fixture, 1)
      await until(() => one.done.length === 1, 'the other event')
      expectEqual([one.calls, letter?.reason], [[1], 'expired'], 'calls and dead letter')
      await one.subscription.close()
    },
  },
]

const later = ({ alarm }: TransportFixture, milliseconds: number): string =>
  new Date(alarm.now() + milliseconds).toISOString()

/** Resolves when nothing of the log is left to be looked at. */
const untilPassed = ({ subscription }: Following): Promise<void> =>
  until(async () => {
    const { lag, partitions } = await subscription.status()
    return partitions[0]?.isOwner === true && lag.events === 0
  }, 'the end of the log')
