import { describe, it } from 'vitest'
import { Progress, randomOf, Tally } from '../../../test-support/chaos.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { embeddedFixture } from '../../testing/transport-contract/fixtures/embedded-fixture.ts'
import type { TransportProcess } from '../../testing/transport-contract/transport-case.ts'
import type { Following } from '../../testing/transport-contract/transport-steps.ts'
import { follow, range, turns, until } from '../../testing/transport-contract/transport-steps.ts'
import { PermanentError } from '../index.ts'

/** Events, and how often with another seed; once where there are many. */
const usual = 400
const count = Number(process.env['KEELSON_CHAOS_EVENTS'] ?? usual)
const first = Number(process.env['KEELSON_CHAOS_SEED'] ?? 1)
const seeds = count <= usual ? 12 : 1
/** Real milliseconds that it may take. */
const longest = Math.max(20_000, count * 50)
const keys = 17
const names = ['one', 'two', 'three'] as const
type Name = (typeof names)[number]

const isPoison = (index: number) => index % 83 === 82
const isAbout = (name: Name, index: number) => name !== 'three' || index % 2 === 0
const events = range(count).map(index => ({
  index,
  key: `k-${index % keys}`,
  type: index % 2 === 0 ? 'EvenHappened' : 'OddHappened',
}))

interface Process {
  readonly process: TransportProcess
  readonly followings: readonly Following[]
}

/** Processes of a subscription each on one store, and what they have done. */
function setUp(random: () => number) {
  const store = createMemoryStore()
  const fixture = embeddedFixture(store)
  const tallies = names.map(name => {
    const wanted = range(count).filter(index => isAbout(name, index))
    return new Tally(name, wanted, isPoison)
  })
  const subscribe = (tally: Tally, process: TransportProcess) =>
    follow(
      fixture,
      {
        name: tally.name,
        ...(tally.name === 'three' ? { types: ['EvenHappened'] } : {}),
        // So few that keys that wait take up more than half of it, and what stands behind them is shelved.
        window: 50,
        concurrency: 8,
        batchSize: 20,
        retry: { attempts: 30, backoff: 'exponential', initialDelay: 20, maxDelay: 500, jitter: 'full' },
        async handle(index, { delivery, signal, unit }) {
          const collection = `effect-${tally.name}`
          unit.add({ documents: [{ tenantId: 'acme', collection, id: delivery.eventId, value: true }] })
          await turns(Math.floor(random() * 4))
          if (isPoison(index)) throw new PermanentError('poison')
          if (random() < 0.15) throw new Error('not yet')
          if (random() < 0.2) signal.throwIfAborted()
          tally.add(index)
        },
      },
      process,
    )
  const start = (): Process => {
    const process = fixture.open()
    return { process, followings: tallies.map(tally => subscribe(tally, process)) }
  }
  return { store, fixture, tallies, start }
}

type Setup = ReturnType<typeof setUp>

/** One process or the store is hit at a time. */
class Blows {
  readonly #setup: Setup
  readonly #random: () => number
  readonly #counts = { started: 2, killed: 0, closed: 0, outages: 0 }
  #processes: readonly Process[]
  #restore: (() => void) | undefined

  constructor(setup: Setup, random: () => number) {
    this.#setup = setup
    this.#random = random
    this.#processes = [setup.start(), setup.start()]
  }

  strike(): void {
    if (this.#restore !== undefined && this.#random() < 0.3) this.end()
    if (this.#random() < 0.02) {
      this.#counts.outages += 1
      this.#restore ??= this.#setup.fixture.interrupt()
    }
    if (this.#random() < 0.08) this.#replace()
  }

  /** The store is there from now on. */
  end(): void {
    this.#restore?.()
    this.#restore = undefined
  }

  toString(): string {
    const { started, killed, closed, outages } = this.#counts
    return `${started} processes, ${killed} killed, ${closed} closed, ${outages} outages of the store`
  }

  #replace(): void {
    const [victim, ...rest] = this.#random() < 0.5 ? this.#processes : this.#processes.toReversed()
    if (this.#random() < 0.5) {
      this.#counts.killed += 1
      victim?.process.crash()
    } else {
      this.#counts.closed += 1
      for (const { subscription } of victim?.followings ?? []) void subscription.close()
    }
    this.#counts.started += 1
    this.#processes = [...rest, this.#setup.start()]
  }
}

describe.each(range(seeds, first))('processes that die and fail at random, seed %i', seed => {
  it(
    'have every effect once for each subscription, in the order of each key, and the dead letters that should be',
    async () => {
      const random = randomOf(seed)
      const setup = setUp(random)
      const { fixture, store, tallies } = setup
      const blows = new Blows(setup, random)
      const progress = new Progress(count > usual)
      const publishing = fixture.publish(events)
      // The checkpoint passes what waits for another try.
      const isDone = async ({ name, last, isAll }: Tally) =>
        isAll &&
        (await store.checkpoint(`delivery/${name}#0`)) >= last &&
        (await store.documents({ tenantId: 'acme' }, `delivery-waiting/${name}#0`)).length === 0
      await until(
        async () => {
          fixture.alarm.advance(Math.floor(random() * 1_500))
          await turns(2)
          blows.strike()
          progress.say(() => `${tallies.join(', ')}; ${blows}`)
          return (await Promise.all(tallies.map(isDone))).every(Boolean)
        },
        'all effects, dead letters and checkpoints',
        longest,
      )
      blows.end()
      await publishing
      for (const tally of tallies) await tally.expectOutcome(store, keys)
      progress.end(() => `${count} events; ${tallies.join(', ')}; ${blows}`)
    },
    longest + 40_000,
  )
})
