import type { EventFilter, EventStore, RecordedEvent } from '../../../store/index.ts'
import type { Delivery } from '../../port.ts'
import type { ReceiverSpec } from '../../port-types.ts'
import type { EventSource } from '../event-source.ts'
import { LogDelivery } from '../log-delivery.ts'
import type { Progress } from '../owner/progress.ts'
import { deliverAtOf, matches, orderingKeyOf, shelfKeyOf } from '../read-event.ts'
import { KeyShelf } from './key-shelf.ts'
import type { Neighbours } from './neighbours.ts'
import { TenantBacklog } from './tenant-backlog.ts'
import type { TenantHands } from './tenant-hands.ts'

export interface IntakeTools {
  readonly store: EventStore
  readonly spec: ReceiverSpec
  readonly partition: number
  readonly filter: EventFilter | undefined
  readonly progress: Progress
  readonly source: EventSource
  readonly hands: TenantHands
  readonly neighbours: Neighbours
  readonly now: () => number
  /** Whether something is kept about it, so that it comes from elsewhere. */
  readonly isKept: (position: number) => boolean
  /** Takes what is to be delivered later. */
  readonly schedule: (delivery: LogDelivery, due: number) => void
  readonly onMore: () => void
}

/** Tenants that may be left behind at a time; where it were more the log waits for them. */
const mostBehind = 64

/**
 * What a partition's owner takes in. Of a tenant that has as much in hand as it may, what follows waits as long as
 * nobody else has anything behind it. Where others have, it is left lying and read apart as there is room, so that they
 * do not wait: it has caught up when it has been read as far as the log. Of a key that waits for a retry, what follows
 * may be shelved, and is read again when the key goes on.
 */
export class Intake {
  readonly #tools: IntakeTools
  /** In the order of their turns. */
  readonly #behind = new Map<string, TenantBacklog>()
  readonly #shelf: KeyShelf
  /** Taken from the source and not looked at yet. */
  #ahead: RecordedEvent[] = []

  constructor(tools: IntakeTools) {
    const { store, progress, spec, hands, onMore } = tools
    this.#tools = tools
    const hasRoom = (tenantId: string) => spec.tenantId !== undefined || hands.hasRoom(tenantId)
    this.#shelf = new KeyShelf({ store, progress, window: spec.window, hasRoom, onMore })
  }

  get isOver(): boolean {
    return this.#tools.source.isOver
  }

  /** What is at hand, at most `max`; half of it those that were shelved or left behind, where both have any. */
  take(max: number): readonly LogDelivery[] {
    const taken: LogDelivery[] = []
    for (const event of this.#shelf.take(Math.ceil(max / 2))) this.#deliver(event, taken)
    this.#shelf.fetch()
    if (taken.length < max / 2) this.#takeBehind(taken, Math.ceil(max / 2))
    this.#takeNew(taken, max)
    // Who has caught up may have something at hand that has waited for that.
    if (this.#takeBehind(taken, max)) this.#takeNew(taken, max)
    return taken
  }

  /** Looks for more where there is room for it. */
  fetch(): void {
    const { hands, progress, source } = this.#tools
    this.#shelf.fetch()
    for (const [tenantId, backlog] of this.#behind) if (hands.hasRoom(tenantId)) backlog.fetch(progress.high)
    if (this.#ahead.length === 0 && !this.#isJoining) source.fetch()
  }

  /** Shelves deliveries that stand behind one of their key; they come again when that one is done. */
  giveBack(first: Delivery, behind: readonly LogDelivery[]): void {
    const { tenantId, orderingKey, position } = first
    if (orderingKey === undefined) return
    const positions = behind.map(one => one.position)
    this.#shelf.putBack(tenantId, orderingKey, position, positions)
    for (const _ of behind) this.#tools.hands.release(tenantId)
  }

  /** A delivery is done or set aside. */
  done({ tenantId, orderingKey, position }: Delivery): void {
    if (orderingKey !== undefined && !this.#shelf.isEmpty) this.#shelf.done(tenantId, orderingKey, position)
  }

  async close(): Promise<void> {
    this.#tools.neighbours.leave(this)
    const behind = [...this.#behind.values()].map(one => one.close())
    await Promise.all([this.#tools.source.close(), this.#shelf.close(), ...behind])
  }

  get #isJoining(): boolean {
    return this.#behind.size > 0 && [...this.#behind.values()].some(({ isJoining }) => isJoining)
  }

  #takeNew(taken: LogDelivery[], max: number): void {
    this.#tools.neighbours.leave(this)
    while (taken.length < max && !this.#isJoining) {
      if (this.#ahead.length === 0) this.#ahead = [...this.#tools.source.take(max - taken.length)]
      if (this.#ahead.length === 0) return
      const used = this.#ahead.findIndex(event => taken.length >= max || !this.#admit(event, taken))
      this.#ahead = used < 0 ? [] : this.#ahead.slice(used)
      if (used >= 0) return
    }
  }

  /** False where it has to wait for its tenant. */
  #admit(event: RecordedEvent, taken: LogDelivery[]): boolean {
    const { progress } = this.#tools
    const { tenantId, position } = event
    const isDeferred = progress.isDeferred(tenantId)
    if (isDeferred && this.#isAlone(event)) return false
    if (isDeferred || !this.#isWanted(event)) {
      progress.read(position, false)
      return true
    }
    const key = this.#shelvedKeyOf(event)
    if (key !== undefined) {
      if (this.#shelf.isFull) return false
      progress.read(position, false)
      this.#shelf.add(tenantId, key, position)
      return true
    }
    if (this.#mustWait(event)) {
      if (this.#behind.size >= mostBehind || this.#isAlone(event)) return false
      this.#leaveBehind(tenantId, position - 1)
      progress.read(position, false)
      return true
    }
    progress.read(position, true)
    this.#deliver(event, taken)
    return true
  }

  #mustWait({ tenantId, position }: RecordedEvent): boolean {
    const { progress, hands, spec } = this.#tools
    if (spec.tenantId !== undefined || spec.inLogOrder === true || hands.hasRoom(tenantId)) return false
    return progress.mayDefer(position, tenantId)
  }

  /** Whether nobody else has anything behind it, so that nobody waits where it does. */
  #isAlone({ tenantId, position }: RecordedEvent): boolean {
    const { neighbours, onMore } = this.#tools
    if (neighbours.has({ tenantId, position })) return false
    neighbours.wait(this, { tenantId, position, onCome: onMore })
    return true
  }

  #leaveBehind(tenantId: string, after: number): void {
    const { store, filter, onMore, progress } = this.#tools
    progress.defer(tenantId, after)
    this.#behind.set(tenantId, new TenantBacklog(store, { tenantId, after, filter, onMore }))
  }

  /** Whether one has caught up. */
  #takeBehind(taken: LogDelivery[], max: number): boolean {
    let hasJoined = false
    for (const [tenantId, backlog] of [...this.#behind]) {
      this.#takeOf(tenantId, backlog, taken, max)
      this.#behind.delete(tenantId)
      if (backlog.isOverAt(this.#tools.progress.high)) {
        this.#tools.progress.rejoin(tenantId)
        hasJoined = true
      } else this.#behind.set(tenantId, backlog)
      if (taken.length >= max) break
    }
    return hasJoined
  }

  #takeOf(tenantId: string, backlog: TenantBacklog, taken: LogDelivery[], max: number): void {
    const { progress, hands } = this.#tools
    while (taken.length < max && hands.hasRoom(tenantId)) {
      const event = backlog.next(progress.high)
      if (event === undefined) return
      const isWanted = this.#isWanted(event)
      const key = isWanted ? this.#shelvedKeyOf(event) : undefined
      if (key !== undefined && this.#shelf.isFull) return
      backlog.take()
      progress.readApart(tenantId, event.position, isWanted && key === undefined)
      if (key !== undefined) this.#shelf.add(tenantId, key, event.position)
      else if (isWanted) this.#deliver(event, taken)
    }
  }

  #isWanted(event: RecordedEvent): boolean {
    const { progress, isKept, spec } = this.#tools
    const { position, tenantId } = event
    const keyOf = () => shelfKeyOf(event, spec)
    return !progress.isDone(position, tenantId, keyOf) && !isKept(position) && matches(event, spec)
  }

  /** The key of an event behind which others are shelved already; undefined where there is none. */
  #shelvedKeyOf(event: RecordedEvent): string | undefined {
    if (this.#shelf.isEmpty) return undefined
    const key = orderingKeyOf(event, this.#tools.spec)
    return key !== undefined && this.#shelf.has(event.tenantId, key) ? key : undefined
  }

  #deliver(event: RecordedEvent, taken: LogDelivery[]): void {
    const { partition, spec, hands, now, schedule } = this.#tools
    const delivery = new LogDelivery(event, partition, orderingKeyOf(event, spec))
    const due = spec.inLogOrder === true ? undefined : deliverAtOf(event)
    if (due !== undefined && due > now()) {
      schedule(delivery, due)
      return
    }
    hands.take(event.tenantId)
    taken.push(delivery)
  }
}
