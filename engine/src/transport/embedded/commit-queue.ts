import type { UnitPart } from '../../store/index.ts'

/** What is done at once about some deliveries. */
export interface Settlement {
  /** Positions of the log that are done with it. */
  readonly positions: readonly number[]
  readonly part: UnitPart
  /** Whether doing it twice would show. */
  readonly isEffect: boolean
}

interface Waiting {
  readonly settlement: Settlement
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** More settlements than this are no faster together; those with effects are larger. */
const largestBatch = 1_000
const mostEffects = 256

/**
 * Commits settlements, one unit of work at a time: what comes while one is on its way goes with the next. Where a batch
 * fails each of it is tried alone, so that one settlement's fault is not another's.
 */
export class CommitQueue {
  readonly #commit: (batch: readonly Settlement[]) => Promise<void>
  readonly #isOver: () => boolean
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined

  /** `isOver` says whether nothing that fails can succeed alone. */
  constructor(commit: (batch: readonly Settlement[]) => Promise<void>, isOver: () => boolean) {
    this.#commit = commit
    this.#isOver = isOver
  }

  /** Resolves when the settlement is durable. */
  add(settlement: Settlement): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ settlement, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    // What is added within the same turn goes together.
    await undefined
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, this.#batchSize)
      this.#waiting = this.#waiting.slice(batch.length)
      await this.#carryOut(batch)
    }
    this.#running = undefined
  }

  get #batchSize(): number {
    let effects = 0
    const past = this.#waiting.findIndex(({ settlement }) => {
      if (settlement.isEffect) effects += 1
      return effects > mostEffects
    })
    return Math.min(largestBatch, past < 0 ? this.#waiting.length : past)
  }

  async #carryOut(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#commit(batch.map(({ settlement }) => settlement))
      for (const { resolve } of batch) resolve()
    } catch (error) {
      if (batch.length === 1 || this.#isOver()) for (const { reject } of batch) reject(error)
      else for (const one of batch) await this.#carryOut([one])
    }
  }
}
