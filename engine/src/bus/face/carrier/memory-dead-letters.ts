import type { DomainEvent } from '../../../core/index.ts'
import { toBaseEvent } from '../../../core/index.ts'
import type { Attempt, DeadLetterReason, Delivery } from '../../../transport/index.ts'

/** An event that a consumer in this process could not handle. */
export interface MemoryDeadLetter {
  readonly channel: string
  readonly consumer: string
  readonly event: DomainEvent
  readonly reason: DeadLetterReason
  /** Every try that failed, the first one first. */
  readonly attempts: readonly Attempt[]
}

const most = 1_000

/** The newest dead letters of a process, a thousand at most: what is to be kept for certain needs a log. */
export class MemoryDeadLetters {
  #letters: MemoryDeadLetter[] = []
  #dropped = 0

  /** The oldest one first. */
  get letters(): readonly MemoryDeadLetter[] {
    return this.#letters
  }

  /** How many were dropped for newer ones. */
  get dropped(): number {
    return this.#dropped
  }

  add(channel: string, consumer: string, delivery: Delivery, reason: DeadLetterReason): void {
    const event = toBaseEvent(delivery.event) as DomainEvent
    this.#letters.push({ channel, consumer, event, reason, attempts: delivery.attempts })
    if (this.#letters.length <= most) return
    this.#letters.shift()
    this.#dropped += 1
  }
}
