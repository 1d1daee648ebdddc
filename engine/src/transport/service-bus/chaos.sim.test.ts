import { setTimeout } from 'node:timers/promises'
import { it } from 'vitest'
import { Progress, randomOf, Tally } from '../../../test-support/chaos.ts'
import type { Line } from '../../../test-support/service-bus/index.ts'
import { connectionStringFor, openLine } from '../../../test-support/service-bus/index.ts'
import { DeliverySubscription, PermanentError } from '../../bus/index.ts'
import { Relay } from '../../delivery/index.ts'
import type { EventStore } from '../../store/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { severable } from '../../testing/transport-contract/fixtures/embedded-fixture.ts'
import { createEmbeddedTransport } from '../embedded/index.ts'
import { never, prepared, spec } from './fixtures/bus-setup.ts'

/** More in a long run. */
const usual = 120
const count = Number(process.env['KEELSON_CHAOS_EVENTS'] ?? usual)
const seed = Number(process.env['KEELSON_CHAOS_SEED'] ?? Date.now() % 1_000_000)
const keys = 17
/** One after another, spread over the whole of the work. */
const mostBlows = 4 + Math.floor(count / 2_000)
/** Until it is done, in milliseconds. */
const longest = 90_000 + count * 100
/** After which a line counts as broken, in milliseconds. */
const patience = 2_000

const names = ['one', 'two', 'three'] as const
type Name = (typeof names)[number]

const isPoison = (index: number) => index % 97 === 96
const isAbout = (name: Name, index: number) => name !== 'three' || index % 2 === 0
const all = Array.from({ length: count }, (_, index) => index)

interface Process {
  readonly line: Line
  readonly sever: () => void
  readonly subscription: DeliverySubscription
}

it(
  `takes ${count} events to three subscriptions through broken lines, outages and dead processes, seed ${seed}`,
  async () => {
    const random = randomOf(seed)
    const progress = new Progress(count > usual)
    const tallies = names.map(
      name =>
        new Tally(
          name,
          all.filter(index => isAbout(name, index)),
          isPoison,
        ),
    )
    await using bus = await prepared({ releasesOnDisconnect: true })
    const { store, broker } = bus
    const specs = names.map(name => ({
      ...spec,
      subscription: name,
      ...(name === 'three' ? { types: ['EvenHappened'] } : {}),
    }))
    await bus.transport().topology(specs).apply(never())
    const launch = async (tally: Tally): Promise<Process> => {
      const { name } = tally
      const line = await openLine(broker.port)
      const way = severable(store)
      const connectionString = connectionStringFor(line.port)
      const transport = bus.transport({ connectionString, lockDuration: 5_000, patience }, way.store)
      const subscription = new DeliverySubscription(transport, {
        name,
        ...(name === 'three' ? { types: ['EvenHappened'] } : {}),
        window: 100,
        concurrency: 8,
        breaker: false,
        grace: 100,
        retry: { attempts: 1_000, backoff: 'fixed', delay: 20 },
        async handle(event, { unit, delivery }) {
          const index = Number((event.payload as { index: number }).index)
          unit.add({
            documents: [
              { tenantId: 'acme', collection: `effect-${name}`, id: delivery.eventId, value: index },
            ],
          })
          await setTimeout(random() < 0.02 ? 5 : 0)
          if (isPoison(index)) throw new PermanentError('poison')
          if (random() < 0.01) throw new Error('not yet')
          tally.add(index)
        },
      })
      subscription.start()
      return { line, sever: way.sever, subscription }
    }
    const processes = await Promise.all(
      [...tallies, ...tallies].map(async tally => ({ tally, process: await launch(tally) })),
    )
    const relay = new Relay({
      store,
      source: createEmbeddedTransport(store),
      target: bus.transport({ patience }),
    })
    relay.start()
    const published = publish(store)
    const blows = { cut: 0, outages: 0, killed: 0 }
    const toText = () =>
      `${tallies.join(', ')}; lines cut ${blows.cut}, outages of the broker ${blows.outages}, processes killed ${blows.killed}`
    const most = tallies.reduce((sum, tally) => sum + tally.most, 0)
    /** The next blow falls when its share of the work is done. */
    const isDue = () => {
      const fallen = blows.cut + blows.outages + blows.killed
      return (
        fallen < mostBlows && tallies.reduce((sum, { done }) => sum + done, 0) >= (most * fallen) / mostBlows
      )
    }
    const end = Date.now() + longest
    while (!(await isDone(store, tallies))) {
      if (Date.now() > end) throw new Error(`It is not done: ${toText()}`)
      await setTimeout(150)
      progress.say(toText)
      if (!isDue() || random() < 0.3) continue
      const at = random()
      if (at < 0.4) {
        blows.cut += 1
        broker.disconnect()
      } else if (at < 0.6) {
        blows.outages += 1
        await broker.breakDown()
        await setTimeout(200)
        await broker.restore()
      } else {
        blows.killed += 1
        const victim = Math.floor(random() * processes.length)
        const { tally, process } = processes[victim] as (typeof processes)[number]
        process.sever()
        process.line.cut()
        processes[victim] = { tally, process: await launch(tally) }
      }
    }
    await published
    for (const tally of tallies) await tally.expectOutcome(store, keys)
    progress.end(() => `${count} events; ${toText()}`)
    await relay.close()
    for (const { process } of processes) await process.subscription.close()
    for (const { process } of processes) process.line.cut()
  },
  longest + 30_000,
)

async function publish(store: EventStore): Promise<void> {
  for (const index of all) {
    const eventType = index % 2 === 0 ? 'EvenHappened' : 'OddHappened'
    const event = sampleEvent('acme', { eventType, payload: { index } })
    await store.append('acme', [{ stream: `k-${index % keys}`, expected: 'any', events: [event] }])
    if (index % 100 === 0) await setTimeout(20)
  }
}

/** Looks into the store only when every event was handled: it takes long where there are many. */
async function isDone(store: EventStore, tallies: readonly Tally[]): Promise<boolean> {
  for (const tally of tallies) if (!(await tally.isIn(store))) return false
  return true
}
