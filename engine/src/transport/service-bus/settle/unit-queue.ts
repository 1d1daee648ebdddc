import type { UnitPart } from '../../../store/index.ts'

interface Waiting {
  readonly part: UnitPart
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Units that go together at most. */
const largestBatch = 256

/**
 * Commits parts, one unit of work at a time: what comes while one is on its way goes with the next. Where a batch fails each
 * of it is tried alone, so that one's fault is not another's.
 */
export class UnitQueue {
  readonly #commit: (parts: readonly UnitPart[]) => Promise<void>
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined

  constructor(commit: (parts: readonly UnitPart[]) => Promise<void>) {
    this.#commit = commit
  }

  /** Resolves when it is durable. */
  add(part: UnitPart): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ part, resolve, reject })
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
    while (this.#waiting.length > 0) await this.#carryOut(this.#waiting.splice(0, largestBatch))
    this.#running = undefined
  }

  async #carryOut(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#commit(batch.map(({ part }) => part))
      for (const { resolve } of batch) resolve()
    } catch (error) {
      if (batch.length === 1) for (const { reject } of batch) reject(error)
      else for (const one of batch) await this.#carryOut([one])
    }
  }
}
