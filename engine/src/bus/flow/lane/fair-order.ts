import { OptionCheck } from '../option/option-check.ts'
import { TenantTurns } from './tenant-turns.ts'

export type Priority = 'high' | 'normal' | 'low'

export const priorities = ['high', 'normal', 'low'] as const satisfies readonly Priority[]

export interface FairOrderOptions {
  /** Places of each priority among as many takes as their sum, each 1 to 100; default 16, 4 and 1. */
  readonly weights?: Readonly<Record<Priority, number>>
  /** What an item may cost, and a tenant take in one turn; default 1, which counts items. */
  readonly quantum?: number
}

/** Whose an item is; what a lane needs to know of it. */
export interface FairPlace {
  readonly tenantId: string
  readonly priority: Priority
  /** From 1, the default, to the quantum. */
  readonly cost?: number
}

const defaultWeights: Readonly<Record<Priority, number>> = { high: 16, normal: 4, low: 1 }

/**
 * Who is next: priorities by weight, and within a priority the tenants by turns. A fixed round of as many places as the
 * weights' sum is gone through, a place whose priority has nothing being passed over. So the first item of a priority
 * waits for at most (sum − its weight) items of the others: of 16 : 4 : 1, a low one for at most 20.
 */
export class FairOrder<Item extends object> {
  readonly #byPriority: readonly TenantTurns<Item>[]
  /** Indexes of `priorities`, spread evenly. */
  readonly #round: readonly number[]
  #place = 0
  #size = 0

  /** @throws KeelsonError `delivery_options_invalid`, with all faults at once. */
  constructor(options: FairOrderOptions = {}) {
    const check = new OptionCheck('The fair lanes', options)
    check.onlyNames(['weights', 'quantum'])
    const quantum = check.number('quantum', { min: 1, max: 1e9 }, 1)
    const weights = priorities.map(priority => (options.weights ?? defaultWeights)[priority])
    if (!weights.every(weight => Number.isInteger(weight) && weight >= 1 && weight <= 100))
      check.add('weights', 'must name high, normal and low, each a whole number from 1 to 100')
    check.throwAny()
    this.#round = spread(weights)
    this.#byPriority = priorities.map(() => new TenantTurns<Item>(quantum))
  }

  get size(): number {
    return this.#size
  }

  add(item: Item, { tenantId, priority, cost = 1 }: FairPlace): void {
    const lane = priority === 'high' ? 0 : priority === 'normal' ? 1 : 2
    this.#at(lane).add(item, tenantId, cost)
    this.#size += 1
  }

  /** The next items, at most `max`; where not every tenant may, those of the ones that may. */
  take(max: number, mayTake: (tenantId: string) => boolean = everyone): Item[] {
    const count = Math.min(max, this.#size)
    const taken: Item[] = []
    while (taken.length < count) {
      const next = this.#next(mayTake)
      if (next === undefined) break
      taken.push(next)
    }
    this.#size -= taken.length
    return taken
  }

  #at(lane: number): TenantTurns<Item> {
    return this.#byPriority[lane] as TenantTurns<Item>
  }

  /** That of the next place whose priority has anything. */
  #next(mayTake: (tenantId: string) => boolean): Item | undefined {
    for (let tries = this.#round.length; tries > 0; tries -= 1) {
      const lane = this.#at(this.#round[this.#place] as number)
      this.#place = this.#place + 1 === this.#round.length ? 0 : this.#place + 1
      const taken = lane.take(mayTake)
      if (taken !== undefined) return taken
    }
    return undefined
  }
}

const everyone = () => true

/** Indexes as often as their weights say, each as evenly as it goes: whoever is most in arrears is next. */
function spread(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const credit = weights.map(() => 0)
  return Array.from({ length: sum }, () => {
    for (const [index, weight] of weights.entries()) credit[index] = (credit[index] as number) + weight
    const next = credit.indexOf(Math.max(...credit))
    credit[next] = (credit[next] as number) - sum
    return next
  })
}
