import { expectEqual } from '../contract-case.ts'
import type { TransportContractCase } from './transport-case.ts'
import { follow, gate, range, series, turns, until } from './transport-steps.ts'

export const flowCases: readonly TransportContractCase[] = [
  {
    name: 'a new subscription begins where it was told to, and later goes on where it stood',
    async run(fixture) {
      await fixture.publish(series(10))
      const now = follow(fixture, { name: 'now', start: 'now' })
      const behind = follow(fixture, { name: 'behind', start: { position: 6 } })
      const begin = follow(fixture, { name: 'begin', start: 'beginning' })
      await until(() => begin.done.length === 10 && behind.done.length === 4, 'what was there')
      await until(
        async () => (await now.subscription.status()).partitions[0]?.isOwner === true,
        'the one that begins now',
      )
      await fixture.publish(series(1, ['s'], 10))
      await until(() => now.done.length === 1 && behind.done.length === 5, 'what came later')
      expectEqual([now.done, behind.done], [[10], [6, 7, 8, 9, 10]], 'events')
      await Promise.all([now, behind, begin].map(({ subscription }) => subscription.drain()))
      await fixture.publish(series(1, ['s'], 11))
      const again = follow(fixture, { name: 'now', start: 'beginning' })
      await until(() => again.done.length > 0, 'what came while it was closed')
      expectEqual(again.done, [11], 'events when it starts again')
      await again.subscription.close()
    },
  },
  {
    name: 'a new subscription may begin at a time',
    async run(fixture) {
      await fixture.publish(series(3))
      const one = follow(fixture, { start: { time: '2000-01-01T00:00:00Z' } })
      const two = follow(fixture, { name: 'other', start: { time: '9999-01-01T00:00:00Z' } })
      await until(() => one.done.length === 3, 'all events')
      await turns()
      expectEqual([one.done, two.done], [range(3), []], 'events since then')
      await Promise.all([one.subscription.close(), two.subscription.close()])
    },
  },
  {
    name: 'no more is in hand than the window, and no more runs than the concurrency',
    async run(fixture) {
      await fixture.publish(series(200, range(50).map(String)))
      const hold = gate()
      let running = 0
      let most = 0
      const one = follow(fixture, {
        concurrency: 7,
        window: 20,
        batchSize: 10,
        async handle() {
          running += 1
          most = Math.max(most, running)
          await hold.opened
          running -= 1
        },
      })
      await until(() => one.calls.length === 7, 'as many as may run')
      await turns()
      expectEqual([one.calls.length, (await one.subscription.status()).inFlight], [7, 7], 'running')
      hold.open()
      await until(() => one.done.length === 200, 'all events')
      expectEqual(most, 7, 'most that ran at the same time')
      await one.subscription.close()
    },
  },
  {
    name: 'a rate is kept',
    async run(fixture) {
      await fixture.publish(series(6, range(6).map(String)))
      const one = follow(fixture, { rateLimit: { perSecond: 2, burst: 2 } })
      await until(() => one.done.length === 2, 'the burst')
      await turns()
      expectEqual(one.calls.length, 2, 'calls at once')
      fixture.alarm.advance(500)
      await until(() => one.done.length === 3, 'one more after half a second')
      await turns()
      expectEqual(one.calls.length, 3, 'calls after half a second')
      await one.subscription.close()
    },
  },
  {
    name: 'draining does what is in hand, and then nothing comes again',
    async run(fixture) {
      await fixture.publish(series(10, ['a', 'b']))
      const hold = gate()
      const one = follow(fixture, { handle: () => hold.opened })
      await until(() => one.calls.length === 2, 'both keys')
      const drained = one.subscription.drain()
      expectEqual((await one.subscription.status()).state, 'draining', 'state')
      hold.open()
      await drained
      expectEqual((await one.subscription.status()).state, 'closed', 'state in the end')
      await fixture.publish(series(1, ['a'], 10))
      const two = follow(fixture)
      await until(() => two.done.length === 11 - one.done.length, 'the rest')
      expectEqual(
        [...one.done, ...two.done].toSorted((a, b) => a - b),
        range(11),
        'events, each once',
      )
      await two.subscription.close()
    },
  },
  {
    name: 'closing waits for running handlers as long as was said, may be called twice, and loses nothing',
    async run(fixture) {
      await fixture.publish(series(1))
      const hold = gate()
      const one = follow(fixture, { grace: 2_000, handle: () => hold.opened })
      await until(() => one.calls.length === 1, 'the handler')
      const closed = Promise.all([one.subscription.close(), one.subscription.close()])
      await turns()
      fixture.alarm.advance(2_000)
      await closed
      await one.subscription.close()
      expectEqual((await one.subscription.status()).state, 'closed', 'state')
      hold.open()
      const two = follow(fixture)
      await until(() => two.done.length === 1, 'the event again')
      await two.subscription.close()
    },
  },
]
