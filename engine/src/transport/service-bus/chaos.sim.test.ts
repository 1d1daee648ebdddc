import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Line } from '../../../test-support/service-bus/index.ts'
import { connectionStringFor, openLine } from '../../../test-support/service-bus/index.ts'
import { DeliverySubscription, PermanentError } from '../../bus/index.ts'
import { listDeadLetters, Relay } from '../../delivery/index.ts'
import type { EventStore } from '../../store/index.ts'
import { sampleEvent } from '../../testing/index.ts'
import { severable } from '../../testing/transport-contract/fixtures/embedded-fixture.ts'
import { createEmbeddedTransport } from '../embedded/index.ts'
import { never, prepared, spec } from './fixtures/bus-setup.ts'

/** More in a long run. */
const count = Number(process.env['KEELSON_CHAOS_EVENTS'] ?? 120)
const seed = Number(process.env['KEELSON_CHAOS_SEED'] ?? Date.now() % 1_000_000)
const keys = 17
/** After these it is let go on undisturbed. */
const mostBlows = 3 + count / 300
/** Until it is done, in milliseconds. */
const patience = 90_000 + count * 100

const names = ['one', 'two', 'three'] as const
type Name = (typeof names)[number]

const isPoison = (index: number) => index % 97 === 96
const isAbout = (name: Name, index: number) => name !== 'three' || index % 2 === 0

/** Numbers from 0 up to, but not, 1; the same ones for the same seed (mulberry32). */
function randomOf(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Process {
  readonly line: Line
  readonly sever: () => void
  readonly subscription: DeliverySubscription
}

it(
  `takes ${count} events to three subscriptions through broken lines, outages and dead processes, seed ${seed}`,
  async () => {
    const random = randomOf(seed)
    await using bus = await prepared({ releasesOnDisconnect: true })
    const { store, broker } = bus
    const specs = names.map(name => ({
      ...spec,
      subscription: name,
      ...(name === 'three' ? { types: ['EvenHappened'] } : {}),
    }))
    await bus.transport().topology(specs).apply(never())
    const handled: Record<Name, number[]> = { one: [], two: [], three: [] }
    const launch = async (name: Name): Promise<Process> => {
      const line = await openLine(broker.port)
      const way = severable(store)
      const connectionString = connectionStringFor(line.port)
      const transport = bus.transport({ connectionString, lockDuration: 5_000 }, way.store)
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
          handled[name].push(index)
        },
      })
      subscription.start()
      return { line, sever: way.sever, subscription }
    }
    const processes = await Promise.all(
      [...names, ...names].map(async name => ({ name, process: await launch(name) })),
    )
    const relay = new Relay({ store, source: createEmbeddedTransport(store), target: bus.transport() })
    relay.start()
    const published = publish(store)
    const end = Date.now() + patience
    for (let blows = 0; !(await isDone(store)); ) {
      if (Date.now() > end) throw new Error(`It is not done: ${await progress(store)}`)
      await setTimeout(150)
      if (blows >= mostBlows || random() < 0.3) continue
      blows += 1
      const at = random()
      if (at < 0.4) broker.disconnect()
      else if (at < 0.6) {
        await broker.breakDown()
        await setTimeout(200)
        await broker.restore()
      } else {
        const victim = Math.floor(random() * processes.length)
        const { name, process } = processes[victim] as (typeof processes)[number]
        process.sever()
        process.line.cut()
        processes[victim] = { name, process: await launch(name) }
      }
    }
    await published
    for (const name of names) {
      const effects = await all(store, `effect-${name}`)
      expect(new Set(effects.map(({ revision }) => revision))).toEqual(new Set([1]))
      expect((await lettersOf(store, name)).toSorted((a, b) => a - b)).toEqual(wanted(name).filter(isPoison))
      for (let key = 0; key < keys; key += 1) {
        const firsts = [...new Set(handled[name].filter(index => index % keys === key))]
        expect(firsts).toEqual(firsts.toSorted((a, b) => a - b))
      }
    }
    await relay.close()
    for (const { process } of processes) await process.subscription.close()
    for (const { process } of processes) process.line.cut()
  },
  patience + 30_000,
)

const wanted = (name: Name) =>
  Array.from({ length: count }, (_, index) => index).filter(index => isAbout(name, index))

async function publish(store: EventStore): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const eventType = index % 2 === 0 ? 'EvenHappened' : 'OddHappened'
    const event = sampleEvent('acme', { eventType, payload: { index } })
    await store.append('acme', [{ stream: `k-${index % keys}`, expected: 'any', events: [event] }])
    if (index % 100 === 0) await setTimeout(20)
  }
}

async function all(store: EventStore, collection: string) {
  const found = []
  for (let after: string | undefined; ; ) {
    const page = await store.documents({ tenantId: 'acme' }, collection, {
      limit: 1_000,
      ...(after === undefined ? {} : { after }),
    })
    found.push(...page)
    after = page.at(-1)?.id
    if (page.length < 1_000) return found
  }
}

/** Positions begin at 1, and indexes at 0. */
async function lettersOf(store: EventStore, subscription: string): Promise<number[]> {
  const { letters } = await listDeadLetters(
    store,
    { subscription, scope: { tenantId: 'acme' } },
    { limit: 1_000 },
  )
  return letters.map(({ position }) => position - 1)
}

async function counts(store: EventStore, name: Name) {
  return [(await all(store, `effect-${name}`)).length, (await lettersOf(store, name)).length] as const
}

async function isDone(store: EventStore): Promise<boolean> {
  for (const name of names) {
    const [effects, letters] = await counts(store, name)
    if (effects + letters < wanted(name).length) return false
  }
  return true
}

async function progress(store: EventStore): Promise<string> {
  const each = await Promise.all(
    names.map(async name => `${name} ${(await counts(store, name)).join('+')} of ${wanted(name).length}`),
  )
  return each.join(', ')
}
