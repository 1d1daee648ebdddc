import type { JsonValue } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import type { Scope, UnitPart } from '../../../store/index.ts'
import { composeUnit } from '../../../store/index.ts'
import type { Settlement } from '../commit-queue.ts'
import { CommitQueue } from '../commit-queue.ts'
import type { LogDelivery } from '../log-delivery.ts'
import type { OwnerRecord, Ownership } from './ownership.ts'
import { Progress } from './progress.ts'

export interface SettlerOptions {
  readonly ownership: Ownership
  /** Name of the checkpoint. */
  readonly checkpoint: string
  readonly scope: Scope
  /** Deliveries that may be in hand. */
  readonly window: number
  /** Milliseconds that what has no effect may wait to be committed. */
  readonly patience: () => number
  /** Aborted by the settler where nothing can be settled any more. */
  readonly ended: AbortController
  /** Told after each commit: there may be room. */
  readonly onSettled: () => void
}

/** Somebody else has the partition, has moved its checkpoint by hand, or there is no store any more. */
const endings: readonly string[] = ['subscription_lost', 'checkpoint_conflict', 'store_closed']

const nothing: UnitPart = {}

const isWritten = (part: unknown): boolean => !Array.isArray(part) || part.length > 0

/** Commits what becomes of deliveries, together with the step of the checkpoint, as the partition's owner. */
export class Settler {
  readonly #options: SettlerOptions
  readonly #commits: CommitQueue
  #progress: Progress | undefined
  #checkpoint = 0
  #kept: JsonValue | undefined
  #lost: unknown

  constructor(options: SettlerOptions) {
    this.#options = options
    this.#commits = new CommitQueue(batch => this.#commit(batch), {
      enough: Math.max(1, Math.floor(options.window / 4)),
      patience: options.patience,
      isOver: () => options.ended.signal.aborted,
    })
  }

  /** A small value that goes with each commit, for the next owner. */
  get kept(): JsonValue | undefined {
    return this.#kept
  }

  /** Where the checkpoint stands. */
  get position(): number {
    return this.#checkpoint
  }

  /** Goes on where the last owner has left off. */
  begin(checkpoint: number, { progress, kept }: OwnerRecord): Progress {
    this.#checkpoint = checkpoint
    this.#kept = kept
    this.#progress = new Progress(checkpoint, progress)
    return this.#progress
  }

  keep(value: JsonValue): Promise<void> {
    this.#kept = value
    return this.settle([], [], false)
  }

  /** Resolves when it is durable. `isEffect` where doing it twice would show. */
  async settle(
    deliveries: readonly LogDelivery[],
    parts: readonly UnitPart[],
    isEffect: boolean,
  ): Promise<void> {
    this.throwIfOver()
    const positions = deliveries.flatMap(({ trouble, position }) => (trouble === undefined ? position : []))
    await this.#commits.add({ positions, part: this.#join(parts), isEffect })
  }

  /** Most have nothing to write; then nothing is made for them. */
  #join(parts: readonly UnitPart[]): UnitPart {
    const written = parts.filter(part => Object.values(part).some(isWritten))
    if (written.length === 0) return nothing
    const { scope: _, ...part } = composeUnit(this.#options.scope, ...written)
    return part
  }

  idle(): Promise<void> {
    return this.#commits.idle()
  }

  /** Lets the next one own the partition. */
  async release(): Promise<void> {
    if (this.#progress === undefined || this.#lost !== undefined) return
    const { low, snapshot } = this.#progress.step(new Set(), 0)
    // Whoever owns it by now, or the end of the lease, lets the next one in.
    await this.#options.ownership.release(this.#stepTo(low), snapshot, this.#kept).catch(() => undefined)
  }

  throwIfOver(): void {
    if (this.#lost !== undefined) throw this.#lost
    if (this.#options.ended.signal.aborted) throw new KeelsonError('subscription_closed')
  }

  async #commit(batch: readonly Settlement[]): Promise<void> {
    const progress = this.#progress
    if (progress === undefined) throw new KeelsonError('subscription_lost')
    const { ownership, onSettled } = this.#options
    const done = new Set(batch.flatMap(({ positions }) => positions))
    const effect = batch
      .flatMap(one => (one.isEffect ? one.positions : []))
      .reduce((high, position) => Math.max(high, position), 0)
    const { low, snapshot } = progress.step(done, effect)
    const unit = this.#join(batch.map(({ part }) => part))
    const from = this.#checkpoint
    try {
      // What has no effect is done again at the worst, so it waits for no disk.
      const isRelaxed = batch.every(one => !one.isEffect && one.positions.length > 0)
      const durability = isRelaxed ? ({ durability: 'relaxed' } as const) : {}
      await ownership.commit({ ...unit, ...this.#stepTo(low), ...durability }, snapshot, this.#kept)
    } catch (error) {
      if (error instanceof KeelsonError && endings.includes(error.code)) this.#lose(error)
      throw this.#lost ?? error
    }
    this.#checkpoint = Math.max(from, low)
    progress.settle(done, effect)
    onSettled()
  }

  /** Also past what the filter has passed over since the last commit. */
  #stepTo(to: number): Pick<UnitPart, 'checkpoint'> {
    const from = this.#checkpoint
    return to > from ? { checkpoint: { name: this.#options.checkpoint, from, to } } : {}
  }

  #lose(error: KeelsonError): void {
    const isMoved = error.code === 'checkpoint_conflict'
    this.#lost = isMoved ? new KeelsonError('subscription_lost', error.message) : error
    this.#options.ended.abort()
  }
}
