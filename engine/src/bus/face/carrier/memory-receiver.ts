import type { JsonValue } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import type {
  Alarm,
  Attempt,
  DeadLetterReason,
  Delivery,
  Receiver,
  ReceiverStatus,
  SetAsideOptions,
  Transport,
} from '../../../transport/index.ts'
import type { MemoryQueue } from './memory-queue.ts'

/** Nobody else could own what is in this process; it is asked all the same. */
const renewEvery = 60_000

export interface MemoryReceiverTools {
  readonly queue: MemoryQueue
  readonly alarm: Alarm
  readonly onDeadLetter: (delivery: Delivery, reason: DeadLetterReason) => void
}

/** A transport of one subscription: what the queue has. */
export const memoryTransport = (tools: MemoryReceiverTools): Transport => ({
  capabilities: {
    name: 'in process',
    order: 'native',
    duplicates: 'refused',
    schedule: 'emulated',
    ttl: 'native',
    filters: 'native',
    deadLetters: 'native',
    leases: 'refused',
    partitions: 1,
    sql: 'none',
  },
  receive: () => new MemoryReceiver(tools),
  send: undefined,
  close: () => Promise.resolve(),
})

/** Deliveries of a queue in memory; what is set aside goes to whoever keeps dead letters. */
export class MemoryReceiver implements Receiver {
  readonly renewEvery = renewEvery
  readonly #tools: MemoryReceiverTools
  #kept: JsonValue | undefined
  #setAside = 0
  #closed = false

  constructor(tools: MemoryReceiverTools) {
    this.#tools = tools
  }

  get isOwner(): boolean {
    return !this.#closed
  }

  get kept(): JsonValue | undefined {
    return this.#kept
  }

  async pull(max: number, signal: AbortSignal): Promise<readonly Delivery[]> {
    this.#throwIfClosed()
    await this.#tools.queue.wait(signal)
    return signal.aborted ? [] : this.#tools.queue.take(max)
  }

  async complete(deliveries: readonly Delivery[]): Promise<void> {
    this.#throwIfClosed()
    for (const { position } of deliveries) this.#tools.queue.settle(position)
  }

  async postpone(delivery: Delivery, dueAt: number, attempt: Attempt): Promise<Delivery> {
    this.#throwIfClosed()
    return this.#tools.queue.postpone(delivery, dueAt, attempt) ?? delivery
  }

  async setAside(
    delivery: Delivery,
    reason: DeadLetterReason,
    { attempt }: SetAsideOptions = {},
  ): Promise<void> {
    this.#throwIfClosed()
    const attempts = attempt === undefined ? delivery.attempts : [...delivery.attempts, attempt]
    this.#setAside += 1
    this.#tools.onDeadLetter({ ...delivery, attempts }, reason)
    this.#tools.queue.settle(delivery.position)
  }

  isParked(): boolean {
    return false
  }

  async keep(value: JsonValue): Promise<void> {
    this.#kept = value
  }

  async renew(): Promise<void> {
    this.#throwIfClosed()
  }

  async status(): Promise<ReceiverStatus> {
    const { queue, alarm } = this.#tools
    const [oldest] = queue.pending
    const since = oldest === undefined ? 0 : alarm.now() - oldest.recordedAt
    // What was tried before waits for a retry.
    const later = queue.inHand.flatMap(({ attempts, dueAt }) =>
      attempts.length === 0 && dueAt !== undefined ? [dueAt] : [],
    )
    return {
      isOwner: this.isOwner,
      owner: 'this process',
      position: queue.position - queue.pending.length - queue.inHand.length,
      lag: { events: queue.pending.length, seconds: Math.max(0, since / 1_000) },
      waiting: queue.inHand.filter(({ attempts }) => attempts.length > 0).length,
      setAside: this.#setAside,
      scheduled: { waiting: later.length, nextAt: later.toSorted((a, b) => a - b)[0] },
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#tools.queue.giveBack()
  }

  #throwIfClosed(): void {
    if (this.#closed) throw new KeelsonError('subscription_closed')
  }
}
