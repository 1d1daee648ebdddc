import { expectEqual } from '../contract-case.ts'
import type { TransportContractCase, TransportFixture } from './transport-case.ts'
import { addEffect, deadLetters, effects, follow, range, series, turns, until } from './transport-steps.ts'

/** A fixture whose processes can be cut off for a while, and then go on. */
export interface InterruptibleFixture extends TransportFixture {
  /** Every process that was opened gets errors from now on; what it gives ends that. */
  interrupt(): () => void
}

export interface InterruptionCase extends Omit<TransportContractCase, 'run'> {
  run(fixture: InterruptibleFixture): Promise<void>
}

/** What holds where the way to the transport breaks, and comes back. */
export const interruptionCases: readonly InterruptionCase[] = [
  {
    name: 'a transport that is away for a while loses nothing, and no effect is repeated',
    async run(fixture) {
      await fixture.publish(series(60, ['a', 'b', 'c', 'd']))
      const one = follow(fixture, {
        async handle(_, context) {
          addEffect(context)
          await turns(2)
        },
      })
      for (const done of [10, 30]) {
        await until(() => {
          fixture.alarm.advance(5)
          return one.done.length >= done
        }, `${done} events`)
        const restore = fixture.interrupt()
        for (const _ of range(5)) {
          await turns()
          fixture.alarm.advance(5)
        }
        restore()
      }
      await fixture.publish(series(20, ['a', 'b', 'c', 'd'], 60))
      await until(async () => {
        fixture.alarm.advance(50)
        return (await effects(fixture)).length === 80
      }, 'all effects')
      expectEqual(
        await effects(fixture),
        range(80).map(() => 1),
        'how often each took effect',
      )
      expectEqual(await deadLetters(fixture), [], 'dead letters')
      for (const key of range(4)) {
        const own = one.done.filter(index => index % 4 === key)
        expectEqual(
          own,
          own.toSorted((a, b) => a - b),
          `order of key ${key}`,
        )
      }
      await one.subscription.close()
    },
  },
  {
    name: 'a transport that is away when a subscription starts is waited for',
    async run(fixture) {
      await fixture.publish(series(5))
      const process = fixture.open()
      const restore = fixture.interrupt()
      const one = follow(fixture, {}, process)
      for (const _ of range(5)) {
        await turns()
        fixture.alarm.advance(500)
      }
      expectEqual(one.calls, [], 'calls while it is away')
      restore()
      await until(() => {
        fixture.alarm.advance(100)
        return one.done.length === 5
      }, 'all events')
      expectEqual(one.done, range(5), 'events')
      await one.subscription.close()
    },
  },
]
