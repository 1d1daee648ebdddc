import type { Message } from 'rhea'
import { BrokerFault } from '../fault.ts'

interface Scheduled {
  readonly sequence: number
  readonly message: Message
  readonly at: number
}

/** Messages that are to appear later. */
export class Schedule {
  readonly #waiting = new Map<number, Scheduled>()
  #sequence = 0

  /** `at` in milliseconds since the epoch. */
  add(message: Message, at: number): number {
    this.#sequence += 1
    this.#waiting.set(this.#sequence, { sequence: this.#sequence, message, at })
    return this.#sequence
  }

  cancel(sequence: number): void {
    if (!this.#waiting.delete(sequence))
      throw new BrokerFault('com.microsoft:message-not-found', `There is no scheduled message ${sequence}.`)
  }

  get size(): number {
    return this.#waiting.size
  }

  get nextDeadline(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...[...this.#waiting.values()].map(({ at }) => at))
  }

  /** Takes out what is due, the earliest first. */
  due(now: number): readonly Message[] {
    const due = [...this.#waiting.values()].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)
    for (const { sequence } of due) this.#waiting.delete(sequence)
    return due.map(({ message }) => message)
  }
}
