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

export interface CommitQueueOptions {
  /** What has no effect waits for no more than so many settlements; with 1 it does not wait. */
  readonly enough: number
  /** Milliseconds that it waits for more at the most; default 10. A commit is an fsync, which publishers wait for too. */
  readonly patience?: () => number
  /** Whether nothing that fails can succeed alone. */
  readonly isOver: () => boolean
}

/**
 * Commits settlements, one unit of work at a time: what comes while one is on its way goes with the next. Where a batch
 * fails each of it is tried alone, so that one settlement's fault is not another's.
 */
export class CommitQueue {
  readonly #commit: (batch: readonly Settlement[]) => Promise<void>
  readonly #options: CommitQueueOptions
  #waiting: Waiting[] = []
  #hurried = 0
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined

  constructor(commit: (batch: readonly Settlement[]) => Promise<void>, options: CommitQueueOptions) {
    this.#commit = commit
    this.#options = options
  }

  /** Resolves when the settlement is durable. */
  add(settlement: Settlement): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ settlement, resolve, reject })
      if (isHurried(settlement)) this.#hurried += 1
      this.#begin()
    })
  }

  /** Resolves when nothing waits or is on its way. */
  async idle(): Promise<void> {
    while (this.#waiting.length > 0 || this.#running !== undefined) {
      this.#running ??= this.#run(true)
      await this.#running
    }
  }

  /** At once where somebody waits for it, else with what comes in a moment. */
  #begin(): void {
    if (this.#running !== undefined || this.#waiting.length === 0) return
    if (this.#isReady) this.#running = this.#run(false)
    else
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined
        this.#running ??= this.#run(true)
      }, this.#options.patience?.() ?? 10)
  }

  get #isReady(): boolean {
    return this.#hurried > 0 || this.#waiting.length >= this.#options.enough
  }

  async #run(isForced: boolean): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // What is added within the same turn goes together.
    await undefined
    for (let isFirst = isForced; this.#waiting.length > 0 && (isFirst || this.#isReady); isFirst = false) {
      const batch = this.#waiting.slice(0, this.#batchSize)
      this.#waiting = this.#waiting.slice(batch.length)
      this.#hurried -= batch.filter(({ settlement }) => isHurried(settlement)).length
      await this.#carryOut(batch)
    }
    this.#running = undefined
    this.#begin()
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
      if (batch.length === 1 || this.#options.isOver()) for (const { reject } of batch) reject(error)
      else for (const one of batch) await this.#carryOut([one])
    }
  }
}

/** What has no effect comes again at the worst, so nobody waits for it. */
const isHurried = ({ isEffect, positions }: Settlement): boolean => isEffect || positions.length === 0
