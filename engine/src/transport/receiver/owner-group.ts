import { KeelsonError } from '../../core/index.ts'
import type { EventStore, UnitOfWork } from '../../store/index.ts'
import type { Alarm } from '../alarm.ts'

/** An owner that has to say now and then that it still is one. */
export interface Renewable {
  readonly isDue: boolean
  renewNow(): Promise<void>
}

interface Waiting {
  readonly unit: UnitOfWork
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Documents of a unit; more are no cheaper together. */
const largestUnit = 256

/** Bounds, in milliseconds, of how long commits wait which nobody waits for. */
const leastPatience = 50
const mostPatience = 1_000

/**
 * The owners of a process. What they write only to stay owners goes together, a unit of work for all that comes in the
 * same turn; and where one is due, all that will be soon renew with it.
 */
export class OwnerGroup {
  readonly #store: EventStore
  readonly #members = new Set<Renewable>()
  readonly #waits = new Set<() => void>()
  #waiting: Waiting[] = []
  #releases = 0

  constructor(store: EventStore) {
    this.#store = store
  }

  /** Milliseconds that commits may wait which nobody waits for: the more owners there are, the fewer of each. */
  get patience(): number {
    return Math.min(mostPatience, Math.max(leastPatience, this.#members.size))
  }

  join(member: Renewable): void {
    this.#members.add(member)
  }

  leave(member: Renewable): void {
    this.#members.delete(member)
  }

  /** How often a partition was given up in this process. */
  get releases(): number {
    return this.#releases
  }

  /** A partition was given up: those that wait for one look at once. */
  released(): void {
    this.#releases += 1
    for (const wake of this.#waits) wake()
  }

  /** Resolves after so many milliseconds, where the signal aborts, or where a partition is given up. */
  async waitForRelease(milliseconds: number, alarm: Alarm, signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const wake = () => over.abort('it is to be looked')
    this.#waits.add(wake)
    signal.addEventListener('abort', wake, { once: true })
    if (signal.aborted) wake()
    await alarm.wait(milliseconds, over.signal)
    signal.removeEventListener('abort', wake)
    this.#waits.delete(wake)
  }

  /** Renews the member and whoever else is due. @throws what the member's own renewal failed with. */
  async renew(member: Renewable): Promise<void> {
    const renewed = member.renewNow()
    // Whoever fails finds out by itself.
    for (const other of this.#members)
      if (other !== member && other.isDue) other.renewNow().catch(() => undefined)
    await renewed
  }

  /** As the store's, and together with others' where the unit is an owner's document alone. */
  async commit(unit: UnitOfWork): Promise<void> {
    if (!isPlain(unit)) await this.#store.commit(unit)
    else
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push({ unit, resolve, reject })
        if (this.#waiting.length === 1) setImmediate(() => this.#flush())
      })
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    const byScope = Map.groupBy(waiting, ({ unit }) => JSON.stringify(unit.scope))
    for (const own of byScope.values())
      for (let at = 0; at < own.length; at += largestUnit)
        void this.#carryOut(own.slice(at, at + largestUnit))
  }

  /** Where one of them is at fault each half is tried alone, so that it is not another's fault. */
  async #carryOut(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch
    if (first === undefined) return
    const documents = batch.flatMap(({ unit }) => unit.documents ?? [])
    try {
      const durability = batch.every(({ unit }) => unit.durability === 'relaxed') ? relaxed : {}
      await this.#store.commit({ scope: first.unit.scope, documents, ...durability })
      for (const { resolve } of batch) resolve()
    } catch (error) {
      const half = Math.ceil(batch.length / 2)
      // Where the database is away it is for none of them.
      if (batch.length === 1 || isAway(error)) for (const { reject } of batch) reject(error)
      else await Promise.all([this.#carryOut(batch.slice(0, half)), this.#carryOut(batch.slice(half))])
    }
  }
}

const relaxed = { durability: 'relaxed' } as const

const isAway = (error: unknown): boolean => error instanceof KeelsonError && error.status === 503

const isPlain = ({ checkpoint, documents = [], ...others }: UnitOfWork): boolean =>
  checkpoint === undefined &&
  documents.length === 1 &&
  Object.values(others).every(part => !Array.isArray(part) || part.length === 0)
