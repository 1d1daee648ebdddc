import type { Sessions } from '../connection/sessions.ts'
import { addPartitions } from './locked-append.ts'

/** Knows how far a shard has partitions, and has the next one made before it is needed. */
export class Partitions {
  readonly #sessions: Sessions
  readonly #shard: number
  readonly #size: number
  #end = 0
  #ahead: Promise<void> | undefined

  constructor(sessions: Sessions, shard: number, size: number) {
    this.#sessions = sessions
    this.#shard = shard
    this.#size = size
  }

  has(position: number): boolean {
    return position <= this.#end
  }

  /** Resolves when there is a partition for the position. */
  async ensure(position: number): Promise<void> {
    if (!this.has(position)) await this.#add(position)
  }

  /** Begins to make the next partition where half of the last is used up. */
  look(position: number): void {
    const soon = position + Math.floor(this.#size / 2)
    // If this fails the next append tries again, and waits for it in the end.
    if (!this.has(soon))
      this.#ahead ??= this.#add(soon)
        .catch(() => undefined)
        .finally(() => {
          this.#ahead = undefined
        })
  }

  /** Resolves when nothing is being made any more. */
  async settled(): Promise<void> {
    await this.#ahead
  }

  async #add(upTo: number): Promise<void> {
    const end = await this.#sessions.use(client => addPartitions(client, this.#shard, upTo))
    this.#end = Math.max(this.#end, end)
  }
}
