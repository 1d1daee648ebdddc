import type { Receipt } from '../types.ts'
import type { PreparedAppend } from './prepare.ts'

/** An append that waits for its place in a batch. */
export interface WaitingAppend {
  readonly append: PreparedAppend
  resolve(receipts: readonly Receipt[]): void
  reject(error: unknown): void
}

export interface QueueLimits {
  /** Events and bytes that may wait, of all tenants together. */
  readonly maxWaitingEvents: number
  readonly maxWaitingBytes: number
}

interface Lane {
  readonly waiting: WaitingAppend[]
  /** What the tenant has in the queue and on its way to the disk. */
  events: number
  bytes: number
}

/** Events that a tenant puts into a batch before the next one's turn. */
const turn = 32

/**
 * Appends that wait, fair between tenants: their turns alternate, and a tenant may hold only as much as is still free.
 * So one that floods the queue gets half of it and the next ones find room (the dynamic threshold that network
 * switches share their buffers by); memory is bounded whatever comes. A tenant's own appends keep their order.
 */
export class AppendQueue {
  readonly #limits: QueueLimits
  readonly #lanes = new Map<string, Lane>()
  /** Lanes with something to send, in the order of their turns. */
  #turns = new Set<Lane>()
  #events = 0
  #bytes = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  /** Events that wait, and those on their way. */
  get events(): number {
    return this.#events
  }

  /** Whether there is anything to take. */
  get isEmpty(): boolean {
    return this.#turns.size === 0
  }

  /** Whether there is room for the append; then it waits. */
  add(waiting: WaitingAppend): boolean {
    const { tenantId, eventCount, bytes } = waiting.append
    const lane = this.#lanes.get(tenantId) ?? { waiting: [], events: 0, bytes: 0 }
    // A single append that is larger than its share is taken when its tenant has nothing else, else it could never be.
    const isFirst = lane.events === 0 && (this.#events === 0 || this.#fits(eventCount, bytes))
    const hasShare =
      lane.events + eventCount <= this.#limits.maxWaitingEvents - this.#events &&
      lane.bytes + bytes <= this.#limits.maxWaitingBytes - this.#bytes
    if (!isFirst && !hasShare) return false
    this.#lanes.set(tenantId, lane)
    lane.waiting.push(waiting)
    lane.events += eventCount
    lane.bytes += bytes
    this.#events += eventCount
    this.#bytes += bytes
    this.#turns.add(lane)
    return true
  }

  /** The next batch: at least one append where any waits, else as many as the bounds allow. */
  take(maxEvents: number, maxBytes: number): WaitingAppend[] {
    const taken: WaitingAppend[] = []
    let events = 0
    let bytes = 0
    for (const lane of this.#turns) {
      let own = 0
      let used = 0
      for (const next of lane.waiting) {
        const { append } = next
        if (
          taken.length > 0 &&
          (events + append.eventCount > maxEvents || bytes + append.bytes > maxBytes || own >= turn)
        )
          break
        taken.push(next)
        used += 1
        own += append.eventCount
        events += append.eventCount
        bytes += append.bytes
      }
      lane.waiting.splice(0, used)
      this.#turns.delete(lane)
      // Behind all others; this loop comes to it again if there is still room.
      if (lane.waiting.length > 0) this.#turns.add(lane)
      if (used === 0 || events >= maxEvents || bytes >= maxBytes) break
    }
    return taken
  }

  /** Frees the room of an append that was answered. */
  release({ tenantId, eventCount, bytes }: PreparedAppend): void {
    this.#events -= eventCount
    this.#bytes -= bytes
    const lane = this.#lanes.get(tenantId)
    if (!lane) return
    lane.events -= eventCount
    lane.bytes -= bytes
    if (lane.events === 0) this.#lanes.delete(tenantId)
  }

  #fits(events: number, bytes: number): boolean {
    return (
      this.#events + events <= this.#limits.maxWaitingEvents &&
      this.#bytes + bytes <= this.#limits.maxWaitingBytes
    )
  }
}
