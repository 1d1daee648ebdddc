import type { Envelope, JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { EventFilter, EventStore, RecordedEvent, Scope, UnitPart } from '../../store/index.ts'
import { composeUnit } from '../../store/index.ts'
import type { Alarm } from '../alarm.ts'
import { messageOf } from '../filter/message/envelope-message.ts'
import type { Delivery, Receiver, ReceiverStatus, SetAsideOptions } from '../port.ts'
import type { ReceiverSpec } from '../port-types.ts'
import type { Attempt, DeadLetterReason } from '../record/attempt.ts'
import { partitionName } from '../record/collections.ts'
import { deadLetterChange } from '../record/trouble.ts'
import type { Settlement } from './commit-queue.ts'
import { CommitQueue } from './commit-queue.ts'
import { EmbeddedDelivery } from './embedded-delivery.ts'
import { LogCursor } from './log-cursor.ts'
import { Ownership } from './ownership.ts'
import { ParkedKeys } from './parked-keys.ts'
import { Progress } from './progress.ts'
import { readStatus } from './receiver-status.ts'
import { startPosition } from './start-position.ts'
import { WaitingList } from './waiting-list.ts'

export interface EmbeddedReceiverOptions {
  readonly owner: string
  readonly leaseTime: number
  readonly pollEvery: number
  readonly alarm: Alarm
}

/** Events that the filter passed over before the checkpoint goes past them by itself. */
const longestSilence = 1_000

/** What a partition's owner has in hand; made anew with each ownership. */
interface Hold {
  readonly progress: Progress
  readonly cursor: LogCursor
}

/** Reads the log itself: what goes well moves a checkpoint, and only trouble is stored event by event. */
export class EmbeddedReceiver implements Receiver {
  readonly renewEvery: number
  readonly #store: EventStore
  readonly #spec: ReceiverSpec
  readonly #options: EmbeddedReceiverOptions
  readonly #scope: Scope
  readonly #filter: EventFilter
  readonly #ended = new AbortController()
  readonly #ownership: Ownership
  readonly #commits: CommitQueue
  readonly #waiting: WaitingList
  readonly #parked: ParkedKeys
  #hold: Hold | undefined
  #checkpoint = 0
  #kept: JsonValue | undefined
  #lost: unknown
  #polledAt = Number.NEGATIVE_INFINITY
  #wake: () => void = () => undefined

  constructor(store: EventStore, spec: ReceiverSpec, options: EmbeddedReceiverOptions) {
    this.#store = store
    this.#spec = spec
    this.#options = options
    this.renewEvery = options.leaseTime / 3
    this.#scope = scopeOf(store, spec)
    this.#filter = {
      ...(spec.types === undefined ? {} : { types: spec.types }),
      ...(spec.topics === undefined ? {} : { topics: spec.topics }),
    }
    // The document of the partition is the platform's, so a unit is about every tenant.
    const scope = spec.tenantId === undefined ? this.#scope : ({ tenantId: 'every tenant' } as const)
    this.#ownership = new Ownership(store, scope, {
      ...options,
      partition: this.#name,
      signal: this.#ended.signal,
    })
    this.#commits = new CommitQueue(
      batch => this.#commit(batch),
      () => this.#ended.signal.aborted,
    )
    this.#waiting = new WaitingList(store, this.#scope, spec.subscription)
    this.#parked = new ParkedKeys(store, this.#scope, spec.subscription)
  }

  get kept(): JsonValue | undefined {
    return this.#kept
  }

  async pull(max: number, signal: AbortSignal): Promise<readonly Delivery[]> {
    const stop = AbortSignal.any([signal, this.#ended.signal])
    while (!stop.aborted) {
      const hold = this.#hold ?? (await this.#own(stop))
      if (hold === undefined) break
      await this.#poll()
      const waiting = this.#waiting.take(max)
      if (waiting.length > 0) return waiting
      const room = this.#spec.window - hold.progress.open
      const deliveries = room > 0 ? this.#read(hold, Math.min(room, max)) : []
      if (deliveries.length > 0) return deliveries
      if (hold.cursor.isOver) throw new KeelsonError('store_closed')
      await this.#sleep(() => {
        if (room > 0) hold.cursor.fetch()
      }, stop)
    }
    this.#throwIfOver()
    return []
  }

  async complete(deliveries: readonly Delivery[], unit: UnitPart = {}): Promise<void> {
    const own = deliveries as readonly EmbeddedDelivery[]
    const writes = Object.values(unit).some(part => Array.isArray(part) && part.length > 0)
    const kept = own.flatMap(delivery => this.#waiting.drop(delivery))
    await this.#settle(own, [{ documents: kept }, unit], writes || kept.length > 0)
    for (const delivery of own) this.#waiting.forget(delivery)
  }

  async postpone(delivery: Delivery, dueAt: number, attempt: Attempt): Promise<Delivery> {
    const own = delivery as EmbeddedDelivery
    const trouble = own.troubleAfter(attempt)
    await this.#settle([own], [{ documents: [this.#waiting.keep(own, trouble, dueAt)] }], true)
    return new EmbeddedDelivery(own.recorded, own.orderingKey, { trouble, dueAt })
  }

  async setAside(delivery: Delivery, reason: DeadLetterReason, options: SetAsideOptions = {}): Promise<void> {
    const own = delivery as EmbeddedDelivery
    const { tenantId, orderingKey } = own
    const now = this.#options.alarm.now()
    const letter = deadLetterChange(this.#spec.subscription, own.troubleAfter(options.attempt), {
      reason,
      setAsideAt: now,
    })
    const parks = (options.parksKey === true || reason === 'parked') && orderingKey !== undefined
    const parked = parks ? [this.#parked.change(tenantId, orderingKey, now)] : []
    const documents = [letter, ...this.#waiting.drop(own), ...parked]
    try {
      await this.#settle([own], [{ documents }], true)
    } catch (error) {
      if (parks && !this.#ended.signal.aborted) await this.#parked.refresh()
      throw error
    }
    this.#waiting.forget(own)
  }

  isParked(delivery: Delivery): boolean {
    const { tenantId, orderingKey, trouble } = delivery as EmbeddedDelivery
    return trouble === undefined && orderingKey !== undefined && this.#parked.has(tenantId, orderingKey)
  }

  async keep(value: JsonValue): Promise<void> {
    this.#kept = value
    await this.#settle([], [], false)
  }

  async renew(): Promise<void> {
    const { leaseTime, alarm } = this.#options
    // A commit of late has renewed it already.
    if (this.#hold === undefined || this.#ownership.until - alarm.now() > leaseTime * 0.8) return
    await this.#settle([], [], false)
  }

  async status(): Promise<ReceiverStatus> {
    const position = this.#hold?.progress.low ?? (await this.#store.checkpoint(this.#name))
    const found = await this.#ownership.read()
    const scope = { scope: this.#scope, filter: this.#filter, subscription: this.#spec.subscription }
    return {
      ...(await readStatus(this.#store, scope, position, this.#options.alarm.now())),
      isOwner: this.#hold !== undefined && !this.#ended.signal.aborted,
      owner: found?.record.owner || undefined,
      position,
    }
  }

  async close(): Promise<void> {
    const hold = this.#hold
    this.#hold = undefined
    await this.#commits.idle()
    const isOwner = hold !== undefined && !this.#ended.signal.aborted
    this.#ended.abort()
    await hold?.cursor.close()
    if (!isOwner) return
    const { snapshot } = hold.progress.step(new Set(), 0)
    // Whoever owns it by now, or the end of the lease, lets the next one in.
    await this.#ownership.release(snapshot, this.#kept).catch(() => undefined)
  }

  get #name(): string {
    return partitionName(this.#spec.subscription, this.#spec.partition ?? 0)
  }

  async #own(signal: AbortSignal): Promise<Hold | undefined> {
    const record = await this.#ownership.acquire(signal, () => this.#begin())
    if (record === undefined) return undefined
    this.#checkpoint = await this.#store.checkpoint(this.#name)
    this.#kept = record.kept
    await this.#parked.refresh()
    await this.#waiting.load(this.#spec.window)
    const filter = Object.keys(this.#filter).length === 0 ? undefined : this.#filter
    this.#hold = {
      progress: new Progress(this.#checkpoint, record.progress),
      cursor: new LogCursor(this.#store, this.#scope, {
        after: this.#checkpoint,
        filter,
        onMore: () => this.#wake(),
      }),
    }
    return this.#hold
  }

  async #begin(): Promise<Pick<UnitPart, 'checkpoint'>> {
    const from = await this.#store.checkpoint(this.#name)
    if (from > 0) return {}
    const to = await startPosition(this.#store, this.#scope, this.#spec.start)
    return to === 0 ? {} : { checkpoint: { name: this.#name, from, to } }
  }

  async #poll(): Promise<void> {
    const { alarm, pollEvery } = this.#options
    if (alarm.now() - this.#polledAt < pollEvery) return
    this.#polledAt = alarm.now()
    if (this.#parked.size > 0) await this.#parked.refresh()
    await this.#waiting.poll(alarm.now(), this.#spec.window)
  }

  #read({ progress, cursor }: Hold, max: number): readonly EmbeddedDelivery[] {
    const deliveries = cursor.take(max).flatMap(event => {
      const delivery = this.#isWanted(event, progress) ? this.#deliveryOf(event) : undefined
      progress.read(event.position, delivery !== undefined)
      return delivery ?? []
    })
    if (progress.low - this.#checkpoint >= longestSilence && progress.open === 0)
      this.#settle([], [], false).catch(() => undefined)
    return deliveries
  }

  #isWanted(event: RecordedEvent, progress: Progress): boolean {
    const { position } = event
    if (progress.isDone(position) || this.#waiting.has(position)) return false
    const { filter } = this.#spec
    // What has no content here cannot be asked, and is not to be passed over silently.
    if (filter === undefined || event.bodyState !== 'present') return true
    const orderingKey = this.#keyOf(event)
    return filter.matches(messageOf(event.envelope, orderingKey === undefined ? {} : { orderingKey }))
  }

  #deliveryOf(event: RecordedEvent): EmbeddedDelivery {
    return new EmbeddedDelivery(event, this.#keyOf(event), undefined)
  }

  /** The stream stands in for a key that cannot be had. */
  #keyOf(event: RecordedEvent): string | undefined {
    const { orderingKey } = this.#spec
    if (orderingKey === undefined) return event.stream
    try {
      return orderingKey(event.envelope as Envelope)
    } catch {
      return event.stream
    }
  }

  async #settle(
    deliveries: readonly EmbeddedDelivery[],
    parts: readonly UnitPart[],
    isEffect: boolean,
  ): Promise<void> {
    this.#throwIfOver()
    const positions = deliveries.flatMap(({ trouble, position }) => (trouble === undefined ? position : []))
    const { scope: _, ...part } = composeUnit(this.#scope, ...parts)
    await this.#commits.add({ positions, part, isEffect })
  }

  async #commit(batch: readonly Settlement[]): Promise<void> {
    const hold = this.#hold
    if (hold === undefined) throw new KeelsonError('subscription_lost')
    const done = new Set(batch.flatMap(({ positions }) => positions))
    const effect = Math.max(0, ...batch.flatMap(one => (one.isEffect ? one.positions : [])))
    const { low, snapshot } = hold.progress.step(done, effect)
    const { scope: _, ...unit } = composeUnit(this.#scope, ...batch.map(({ part }) => part))
    const from = this.#checkpoint
    const checkpoint = low > from ? { checkpoint: { name: this.#name, from, to: low } } : {}
    try {
      await this.#ownership.commit({ ...unit, ...checkpoint }, snapshot, this.#kept)
    } catch (error) {
      if (error instanceof KeelsonError && endings.includes(error.code)) this.#lose(error)
      throw this.#lost ?? error
    }
    this.#checkpoint = Math.max(from, low)
    hold.progress.settle(done, effect)
    this.#wake()
  }

  #lose(error: KeelsonError): void {
    this.#lost =
      error.code === 'checkpoint_conflict' ? new KeelsonError('subscription_lost', error.message) : error
    this.#ended.abort()
  }

  #throwIfOver(): void {
    if (this.#lost !== undefined) throw this.#lost
    if (this.#ended.signal.aborted) throw new KeelsonError('subscription_closed')
  }

  /** Until something comes, or it is time to look for what came from elsewhere. */
  async #sleep(begin: () => void, signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const both = AbortSignal.any([signal, over.signal])
    await new Promise<void>(resolve => {
      this.#wake = resolve
      begin()
      this.#options.alarm.wait(this.#options.pollEvery, both).then(resolve)
    })
    over.abort()
  }
}

/** Somebody else has the partition, has moved its checkpoint by hand, or there is no store any more. */
const endings: readonly string[] = ['subscription_lost', 'checkpoint_conflict', 'store_closed']

function scopeOf(store: EventStore, { tenantId, partition = 0 }: ReceiverSpec): Scope {
  if (tenantId !== undefined) return { tenantId }
  return store.capabilities.shards === 1
    ? { tenantId: 'every tenant' }
    : { tenantId: 'every tenant', shard: partition }
}
