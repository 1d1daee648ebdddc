import { expect } from 'vitest'
import { listDeadLetters } from '../src/delivery/index.ts'
import type { EventStore } from '../src/store/index.ts'

const scope = { tenantId: 'acme' } as const

/** Numbers from 0 up to, but not, 1; the same ones for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** How often each event has taken effect on what is kept in a collection. */
export async function effectsIn(store: EventStore, collection: string): Promise<readonly number[]> {
  const found: number[] = []
  for (let after: string | undefined; ; ) {
    const query = { limit: 1_000, ...(after === undefined ? {} : { after }) }
    const page = await store.documents(scope, collection, query)
    found.push(...page.map(({ revision }) => revision))
    after = page.at(-1)?.id
    if (page.length < 1_000) return found
  }
}

/** Indexes of the dead letters of a subscription, ascending; positions begin at 1, and indexes at 0. */
export async function lettersOf(store: EventStore, subscription: string): Promise<readonly number[]> {
  const found: number[] = []
  for (let after: string | undefined; ; ) {
    const query = { limit: 500, ...(after === undefined ? {} : { after }) }
    const page = await listDeadLetters(store, { subscription, scope }, query)
    found.push(...page.letters.map(({ position }) => position - 1))
    after = page.next
    if (after === undefined) return found.sort((a, b) => a - b)
  }
}

/** What became of the events that a subscription is about, each known by its index. */
export class Tally {
  readonly name: string
  readonly poison: readonly number[]
  /** The position of its last event. */
  readonly last: number
  /** Events that are to take effect. */
  readonly most: number
  readonly #done = new Set<number>()
  #calls = 0

  constructor(name: string, wanted: readonly number[], isPoison: (index: number) => boolean) {
    this.name = name
    this.poison = wanted.filter(isPoison)
    this.last = (wanted.at(-1) ?? -1) + 1
    this.most = wanted.length - this.poison.length
  }

  /** A call of the handler that went well. */
  add(index: number): void {
    this.#calls += 1
    this.#done.add(index)
  }

  /** Events of which a call went well. */
  get done(): number {
    return this.#done.size
  }

  get isAll(): boolean {
    return this.done === this.most
  }

  toString(): string {
    return `${this.name} ${this.done} of ${this.most} in ${this.#calls} calls`
  }

  /** Whether the effect or the dead letter of each is there; the store is asked when all were handled. */
  async isIn(store: EventStore): Promise<boolean> {
    if (!this.isAll || (await lettersOf(store, this.name)).length < this.poison.length) return false
    return (await effectsIn(store, `effect-${this.name}`)).length >= this.most
  }

  /** Each effect once, the order of each key, and the dead letters that should be. */
  async expectOutcome(store: EventStore, keys: number): Promise<void> {
    const effects = await effectsIn(store, `effect-${this.name}`)
    expect(effects.length).toBe(this.most)
    expect(new Set(effects)).toEqual(new Set([1]))
    expect(await lettersOf(store, this.name)).toEqual(this.poison)
    // A set keeps the order in which its members came first.
    for (const own of Map.groupBy(this.#done, index => index % keys).values())
      expect(own).toEqual(own.toSorted((a, b) => a - b))
  }
}

/** Milliseconds between two lines. */
const every = 5_000

/** Says how far a long run has come, every few seconds; nothing in a usual one. */
export class Progress {
  readonly #isLong: boolean
  readonly #start = performance.now()
  #saidAt = this.#start

  constructor(isLong: boolean) {
    this.#isLong = isLong
  }

  say(what: () => string): void {
    if (performance.now() - this.#saidAt >= every) this.end(what)
  }

  /** Whenever it was that something was said before. */
  end(what: () => string): void {
    if (!this.#isLong) return
    this.#saidAt = performance.now()
    process.stdout.write(`${((this.#saidAt - this.#start) / 1_000).toFixed(0)} s: ${what()}\n`)
  }
}
