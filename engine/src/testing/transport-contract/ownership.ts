import { expectEqual } from '../contract-case.ts'
import type { TransportContractCase } from './transport-case.ts'
import {
  addEffect,
  effects,
  follow,
  gate,
  range,
  series,
  turns,
  until,
  untilWaiting,
} from './transport-steps.ts'

export const ownershipCases: readonly TransportContractCase[] = [
  {
    name: 'what a handler writes takes effect exactly once, across a crash amidst it all',
    async run(fixture) {
      await fixture.publish(series(60, ['a', 'b', 'c', 'd', 'e']))
      const first = follow(fixture, {
        async handle(index, context) {
          addEffect(context)
          if (index % 7 === 0 && context.attempt === 1) throw new Error('not yet')
          await turns(index % 5)
          if (index === 33) first.process.crash()
        },
      })
      await until(() => {
        fixture.alarm.advance(10)
        return first.calls.includes(33)
      }, 'the event at which it crashes')
      await turns()
      fixture.alarm.advance(fixture.leaseTime)
      const second = follow(fixture, { handle: (_, context) => addEffect(context) })
      await until(async () => {
        fixture.alarm.advance(10)
        return (await effects(fixture)).length === 60
      }, 'all effects')
      await second.subscription.drain()
      expectEqual(
        await effects(fixture),
        range(60).map(() => 1),
        'how often each took effect',
      )
    },
  },
  {
    name: 'a crash loses no retry and no try that failed',
    async run(fixture) {
      await fixture.publish(series(3, ['a', 'b']))
      const first = follow(fixture, {
        handle(index) {
          if (index === 0) throw new Error('not yet')
        },
      })
      await untilWaiting(first, 1)
      first.process.crash()
      fixture.alarm.advance(fixture.leaseTime)
      const attempts: number[] = []
      const second = follow(fixture, {
        handle(index, { attempt }) {
          if (index === 0) attempts.push(attempt)
        },
      })
      await until(() => second.done.includes(2), 'the next of the key')
      expectEqual(attempts, [2], 'tries of the second process')
      expectEqual(
        second.calls.filter(index => index !== 1),
        [0, 2],
        'order of the key',
      )
      await second.subscription.close()
    },
  },
  {
    name: 'of several processes one owns a partition, and the others say who',
    needs: ['leases'],
    async run(fixture) {
      const first = follow(fixture)
      await until(async () => (await first.subscription.status()).partitions[0]?.isOwner === true, 'an owner')
      const second = follow(fixture)
      await fixture.publish(series(20, ['a', 'b']))
      await until(() => first.done.length === 20, 'all events')
      const status = await second.subscription.status()
      const [own] = (await first.subscription.status()).partitions
      expectEqual([second.calls.length, status.state], [0, 'waiting'], 'the other')
      expectEqual(status.partitions[0]?.owner, own?.owner, 'the owner as the other sees it')
      await first.subscription.close()
      fixture.alarm.advance(fixture.leaseTime)
      await fixture.publish(series(5, ['a'], 20))
      await until(() => second.done.length === 5, 'what came after the first had ended')
      expectEqual(second.done, range(5, 20), 'events of the second')
      await second.subscription.close()
    },
  },
  {
    name: 'an owner that was overtaken stops, and nothing of its work takes effect',
    needs: ['leases'],
    async run(fixture) {
      await fixture.publish(series(1))
      const hold = gate()
      const first = follow(fixture, {
        timeout: 3_600_000,
        async handle(_, context) {
          addEffect(context)
          await hold.opened
        },
      })
      await until(() => first.calls.length === 1, 'the first call')
      // The clock jumps past the lease before the owner can renew it, as after a machine has slept.
      fixture.alarm.advance(0)
      const second = await overtake(fixture)
      await until(async () => (await effects(fixture)).length === 1, 'the effect of the second')
      hold.open()
      await until(async () => (await first.subscription.status()).state === 'waiting', 'the first waiting')
      expectEqual(await effects(fixture), [1], 'how often it took effect')
      await Promise.all([first.subscription.close(), second.subscription.close()])
    },
  },
]

/** Another process on a clock of its own, which runs ahead. */
async function overtake(fixture: Parameters<TransportContractCase['run']>[0]) {
  const ahead = fixture.openAhead(fixture.leaseTime + 1)
  return follow(fixture, { handle: (_, context) => addEffect(context) }, ahead)
}
