import type { Envelope } from '../../../core/index.ts'
import { toUtc } from '../../../core/index.ts'
import type { Attempt, Delivery } from '../../../transport/index.ts'

/** An event on its way to one subscription within the process. */
export interface MemoryDelivery extends Delivery {
  readonly handled: PromiseWithResolvers<void>
}

/** What a subscription has still to handle, in the order in which it came. */
export class MemoryQueue {
  #pending: MemoryDelivery[] = []
  readonly #inHand = new Map<number, MemoryDelivery>()
  #wake: (() => void) | undefined
  #position = 0

  get pending(): readonly MemoryDelivery[] {
    return this.#pending
  }

  /** Those in hand. */
  get inHand(): readonly MemoryDelivery[] {
    return [...this.#inHand.values()]
  }

  /** Number of the newest event. */
  get position(): number {
    return this.#position
  }

  /** Resolves when the event was handled or given up. */
  add(event: Envelope, orderingKey: string | undefined, now: number): Promise<void> {
    this.#position += 1
    const handled = Promise.withResolvers<void>()
    const dueAt = dueAtOf(event)
    this.#pending.push({
      eventId: event.eventId,
      tenantId: event.tenantId,
      eventType: event.eventType,
      position: this.#position,
      // What is to come later stands in nobody's way.
      orderingKey: dueAt === undefined ? orderingKey : undefined,
      recordedAt: now,
      attempts: [],
      dueAt,
      event,
      handled,
    })
    this.#wake?.()
    return handled.promise
  }

  take(max: number): readonly MemoryDelivery[] {
    const taken = this.#pending.splice(0, max)
    for (const delivery of taken) this.#inHand.set(delivery.position, delivery)
    return taken
  }

  /** Resolves when there is something, or the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    if (this.#pending.length > 0 || signal.aborted) return
    await new Promise<void>(resolve => {
      const wake = () => {
        signal.removeEventListener('abort', wake)
        this.#wake = undefined
        resolve()
      }
      this.#wake = wake
      signal.addEventListener('abort', wake, { once: true })
    })
  }

  settle(position: number): void {
    this.#inHand.get(position)?.handled.resolve()
    this.#inHand.delete(position)
  }

  /** The delivery with one more try; it stays in hand. */
  postpone({ position }: Delivery, dueAt: number, attempt: Attempt): Delivery | undefined {
    const before = this.#inHand.get(position)
    if (before === undefined) return undefined
    const after = { ...before, dueAt, attempts: [...before.attempts, attempt] }
    this.#inHand.set(position, after)
    return after
  }

  /** Puts what is in hand back before the rest. */
  giveBack(): void {
    this.#pending = [...this.inHand.toSorted((a, b) => a.position - b.position), ...this.#pending]
    this.#inHand.clear()
  }

  /** Nobody handles it any more. */
  abandon(): void {
    this.giveBack()
    for (const { handled } of this.#pending.splice(0)) handled.resolve()
  }
}

function dueAtOf({ metadata }: Envelope): number | undefined {
  const deliverAt = metadata?.['deliverAt']
  const time = typeof deliverAt === 'string' ? toUtc(deliverAt) : undefined
  return time === undefined ? undefined : Date.parse(time)
}
