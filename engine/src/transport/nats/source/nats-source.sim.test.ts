import { describe, expect, it } from 'vitest'
import { randomOf } from '../../../../test-support/chaos.ts'
import type { Relay } from '../../../delivery/index.ts'
import type { Receiver, ReceiverSpec } from '../../index.ts'
import { NatsLink } from '../connection/nats-link.ts'
import type { CuttingProxy } from '../fixtures/cutting-proxy.ts'
import { cuttingProxy } from '../fixtures/cutting-proxy.ts'
import { eventually } from '../fixtures/eventually.ts'
import { NatsLab } from '../fixtures/nats-lab.ts'
import type { TemporaryNats } from '../fixtures/nats-server.ts'
import { lacksNats, natsPrograms, temporaryNats } from '../fixtures/nats-server.ts'

const rounds = Number(process.env['KEELSON_CHAOS_ROUNDS'] ?? 1)
const first = Number(process.env['KEELSON_CHAOS_SEED'] ?? 63_867)
const steps = 40
const types = ['OrderPlaced', 'OrderPaid', 'UserJoined']
const tenants = ['acme', 'bolt-2']
const topics: Record<string, string> = { OrderPlaced: 'orders', OrderPaid: 'orders', UserJoined: 'users' }

const specs: readonly Partial<ReceiverSpec>[] = [
  {},
  { types: ['OrderPlaced'] },
  { types: ['OrderPlaced', 'UserJoined'] },
  { tenantId: 'bolt-2' },
  { topics: ['orders'] },
  { tenantId: 'acme', types: ['OrderPaid'], topics: ['orders'] },
]

interface World {
  readonly random: () => number
  readonly lab: NatsLab
  readonly broker: TemporaryNats
  readonly proxy: CuttingProxy
  relay: Relay
  restart(): Relay
}

const chance = (world: World, below: number) => Math.floor(world.random() * below)

async function publish(world: World): Promise<void> {
  const { lab } = world
  for (let left = chance(world, 30) + 1; left > 0; left -= 1) {
    const type = types[chance(world, types.length)] as string
    const tenantId = tenants[chance(world, tenants.length)] as string
    // Now and then one that is too large for the broker.
    const size = world.random() < 0.05 ? 120_000 : 10
    await lab.publish(1 + chance(world, 3), { type, tenantId, size, topic: topics[type] as string })
  }
}

/** What somebody may do to a stream. */
async function meddle(world: World): Promise<void> {
  const link = new NatsLink({ url: world.broker.url })
  const { manager, connection } = await link.open()
  const name = `${world.lab.name}_0`
  try {
    const { state } = await manager.streams.info(name)
    const some = state.first_seq + chance(world, Math.max(1, state.messages))
    const at = world.random()
    if (at < 0.25) await manager.streams.purge(name, { seq: some })
    else if (at < 0.5) await manager.streams.purge(name, { filter: `${world.lab.name}.0.*.*.OrderPaid` })
    else if (at < 0.75) await manager.streams.deleteMessage(name, some)
    else connection.publish(`${world.lab.name}.0.orders.acme.OrderPlaced`, 'not an event')
    await connection.flush()
  } catch {
    // There is no stream yet, or no such message.
  } finally {
    await link.close()
  }
}

async function step(world: World): Promise<void> {
  const at = world.random()
  if (at < 0.5) await publish(world)
  else if (at < 0.65) await meddle(world)
  else if (at < 0.8) world.proxy.cut()
  else if (at < 0.9) {
    await world.broker.kill()
    if (world.random() < 0.3) world.broker.wipe()
    await world.broker.start()
  } else {
    await world.relay.close()
    world.relay = world.restart()
  }
  await new Promise(resolve => setTimeout(resolve, world.random() * 80))
}

/** Notes what comes until the signal aborts. */
async function follow(receiver: Receiver, positions: number[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const deliveries = await receiver.pull(100, signal)
    for (const { position } of deliveries) positions.push(position)
    await receiver.complete(deliveries)
  }
}

const seeds = Array.from({ length: rounds }, (_, round) => first + round)
const cases = natsPrograms().flatMap(program => seeds.map(seed => ({ program, seed })))

describe.skipIf(lacksNats).each(cases)(
  'a stream that is meddled with, seed $seed, $program',
  ({ program, seed }) => {
    it('brings to every receiver what the log has for it, in its order', async () => {
      await using broker = await temporaryNats({ program, config: 'max_payload: 100000' })
      await using proxy = await cuttingProxy(broker.port)
      await using lab = new NatsLab(proxy.url)
      const topicOf = (type: string) => topics[type]
      const transport = lab.transport({ topicOf, lookEvery: 300, patience: 1_000 })
      const restart = () => lab.relay(transport, { batchSize: 50 })
      const world: World = { random: randomOf(seed), lab, broker, proxy, relay: restart(), restart }
      const over = new AbortController()
      const following = specs.map(spec => {
        const positions: number[] = []
        const done = follow(lab.receiver(transport, spec), positions, over.signal)
        // Where something else fails first, their end is no matter of its own.
        done.catch(() => undefined)
        return { spec, positions, done }
      })
      for (let at = 0; at < steps; at += 1) await step(world)
      for (const { spec, positions } of following) {
        const { tenantId = 'every tenant', types: ofTypes, topics: ofTopics } = spec
        const filter = { ...(ofTypes && { types: ofTypes }), ...(ofTopics && { topics: ofTopics }) }
        const log = await Array.fromAsync(lab.store.readAll({ tenantId }, { filter }))
        const wanted = log.map(({ position }) => position)
        await eventually(() => positions.length).toBeGreaterThanOrEqual(wanted.length)
        expect(positions, JSON.stringify(spec)).toEqual(wanted)
      }
      // On a busy machine all of it may have come from the log; whatever follows comes from the stream some time.
      await eventually(async () => {
        await lab.publish(1)
        return transport.status().fromStream
      }).toBeGreaterThan(0)
      over.abort()
      await Promise.all(following.map(({ done }) => done))
    }, 60_000)
  },
)
