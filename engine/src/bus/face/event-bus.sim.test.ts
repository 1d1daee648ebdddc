import { describe, expect, it } from 'vitest'
import { KeelsonError } from '../../core/index.ts'
import { listDeadLetters } from '../../delivery/index.ts'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { range, until } from '../../testing/transport-contract/transport-steps.ts'
import type { SignIn } from './fixtures/sign-ins.ts'
import { busEvent, signInPlatform } from './fixtures/sign-ins.ts'
import type { EventBusConfig, EventOutlet } from './index.ts'
import { EventBusService } from './index.ts'

const config: EventBusConfig = {
  channels: {
    security: {
      bufferSize: 20,
      consumers: ['audit-logger', 'alerts'],
      retryStrategy: { attempts: 3, backoff: 'fixed', delay: 1 },
    },
  },
}

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const count = 120

/** Of a hundred four fail at first, and two always. */
const isFlaky = (number: number) => number % 25 === 3
const isPoison = (number: number) => number % 50 === 7

describe.each(range(6, 1))('a bus that is restarted while its store and its handlers fail, seed %i', seed => {
  it('brings every event to every consumer, in the order of each entity, or sets it aside', async () => {
    await using folder = temporaryFolder()
    const store = await folder.open()
    const platform = await signInPlatform(store)
    const random = randomOf(seed)
    const outlet: EventOutlet = {
      deliver: platform.deliver,
      publish: async (...args) => {
        const chance = random()
        if (chance < 0.1) throw new KeelsonError('store_unreachable')
        const receipt = await platform.publish(...args)
        if (chance > 0.9) throw new KeelsonError('store_unreachable')
        return receipt
      },
    }
    const seen = new Map(['audit-logger', 'alerts'].map(name => [name, new Map<number, number>()]))
    const order = new Map<string, number[]>()
    const open = () => {
      const bus = new EventBusService(config, outlet)
      for (const [name, tries] of seen)
        bus.register<SignIn>(name, async ({ data, metadata }) => {
          const number = data.number as number
          const tried = (tries.get(number) ?? 0) + 1
          tries.set(number, tried)
          if (isPoison(number) || (isFlaky(number) && tried === 1)) throw new Error('no')
          const key = `${name} ${(metadata as { entityId?: string }).entityId}`
          order.set(key, [...(order.get(key) ?? []), number])
        })
      return bus
    }
    let bus = open()
    for (const number of range(count)) {
      await bus.emit('security', busEvent({ data: { number }, metadata: { entityId: `${number % 7}` } }))
      if (random() > 0.03) continue
      await bus.drain()
      bus = open()
    }
    await bus.settled()
    expect(await store.head({ tenantId: 'acme' })).toBe(count)
    const poisoned = range(count).filter(isPoison).length
    const isDone = async (name: string) => {
      const page = await listDeadLetters(store, {
        subscription: `security/${name}`,
        scope: { tenantId: 'acme' },
      })
      return page.letters.length === poisoned && seen.get(name)?.size === count
    }
    for (const name of seen.keys()) await until(() => isDone(name), `all of ${name}`)
    const good = range(count).filter(number => !isPoison(number))
    for (const name of seen.keys())
      for (const entity of range(7)) {
        const handled = () => [...new Set(order.get(`${name} ${entity}`))]
        const expected = good.filter(number => number % 7 === entity)
        await until(() => handled().length === expected.length, `${name} of ${entity}`)
        expect(handled()).toEqual(expected)
      }
    await bus.close()
    await platform.close()
  })
})
