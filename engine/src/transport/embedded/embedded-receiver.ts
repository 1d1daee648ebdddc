import type { JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { EventFilter, EventStore, Scope, UnitPart } from '../../store/index.ts'
import type { Alarm } from '../alarm.ts'
import type { Delivery, Receiver } from '../port.ts'
import type { ReceiverSpec, ReceiverStatus, SetAsideOptions } from '../port-types.ts'
import type { Attempt, DeadLetterReason } from '../record/attempt.ts'
import { partitionName } from '../record/collections.ts'
import { DeliveryOutcomes } from './delivery-outcomes.ts'
import { EmbeddedDelivery } from './embedded-delivery.ts'
import { LogCursor } from './log-cursor.ts'
import type { OwnerRecord } from './ownership.ts'
import { Ownership } from './ownership.ts'
import { ParkedKeys } from './parked-keys.ts'
import type { Progress } from './progress.ts'
import { matches, orderingKeyOf, partitionOf, scopeOf, storeFilterOf } from './read-event.ts'
import { readStatus } from './receiver-status.ts'
import { Settler } from './settler.ts'
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
  readonly #partition: number
  readonly #scope: Scope
  readonly #filter: EventFilter
  readonly #ended = new AbortController()
  readonly #ownership: Ownership
  readonly #settler: Settler
  readonly #outcomes: DeliveryOutcomes
  readonly #waiting: WaitingList
  readonly #parked: ParkedKeys
  #record: OwnerRecord | undefined
  #hold: Hold | undefined
  #stop: { readonly of: AbortSignal; readonly stop: AbortSignal } | undefined
  #polledAt = Number.NEGATIVE_INFINITY
  #wake: () => void = () => undefined

  constructor(store: EventStore, spec: ReceiverSpec, options: EmbeddedReceiverOptions) {
    this.#store = store
    this.#spec = spec
    this.#options = options
    this.renewEvery = options.leaseTime / 3
    this.#partition = partitionOf(store, spec)
    this.#scope = scopeOf(store, spec)
    this.#filter = storeFilterOf(spec)
    // The document of the partition is the platform's, so a unit is about every tenant.
    const scope = spec.tenantId === undefined ? this.#scope : ({ tenantId: 'every tenant' } as const)
    this.#ownership = new Ownership(store, scope, {
      ...options,
      partition: this.#name,
      signal: this.#ended.signal,
    })
    this.#settler = new Settler({
      ownership: this.#ownership,
      checkpoint: this.#name,
      scope: this.#scope,
      ended: this.#ended,
      onSettled: () => this.#wake(),
    })
    this.#waiting = new WaitingList(store, this.#scope, spec.subscription, this.#partition)
    this.#parked = new ParkedKeys(store, this.#scope, spec.subscription, this.#partition)
    this.#outcomes = new DeliveryOutcomes({
      subscription: spec.subscription,
      settler: this.#settler,
      waiting: this.#waiting,
      parked: this.#parked,
      alarm: options.alarm,
      ended: this.#ended.signal,
    })
  }

  get kept(): JsonValue | undefined {
    return this.#settler.kept
  }

  async pull(max: number, signal: AbortSignal): Promise<readonly Delivery[]> {
    const stop = this.#stopOf(signal)
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
    this.#settler.throwIfOver()
    return []
  }

  complete(deliveries: readonly Delivery[], unit: UnitPart = {}): Promise<void> {
    return this.#outcomes.complete(deliveries, unit)
  }

  postpone(delivery: Delivery, dueAt: number, attempt: Attempt): Promise<Delivery> {
    return this.#outcomes.postpone(delivery, dueAt, attempt)
  }

  setAside(delivery: Delivery, reason: DeadLetterReason, options: SetAsideOptions = {}): Promise<void> {
    return this.#outcomes.setAside(delivery, reason, options)
  }

  isParked(delivery: Delivery): boolean {
    return this.#outcomes.isParked(delivery)
  }

  keep(value: JsonValue): Promise<void> {
    return this.#settler.keep(value)
  }

  async renew(): Promise<void> {
    const { leaseTime, alarm } = this.#options
    // A commit of late has renewed it already.
    if (this.#hold === undefined || this.#ownership.until - alarm.now() > leaseTime * 0.8) return
    await this.#settler.settle([], [], false)
  }

  async status(): Promise<ReceiverStatus> {
    const position = this.#hold?.progress.low ?? (await this.#store.checkpoint(this.#name))
    const found = await this.#ownership.read()
    const scope = {
      scope: this.#scope,
      filter: this.#filter,
      subscription: this.#spec.subscription,
      partition: this.#partition,
    }
    return {
      ...(await readStatus(this.#store, scope, position, this.#options.alarm.now())),
      isOwner: this.#hold !== undefined && !this.#ended.signal.aborted,
      owner: found?.record.owner || undefined,
      position,
    }
  }

  async close(): Promise<void> {
    const hold = this.#hold
    const over = new AbortController()
    const { alarm, leaseTime } = this.#options
    // What the database does not answer for as long as the lease lasts is not waited for: it is another's then.
    await Promise.race([this.#finish(), alarm.wait(leaseTime, over.signal)])
    over.abort('it is closed')
    this.#ended.abort()
    this.#hold = undefined
    await hold?.cursor.close()
  }

  async #finish(): Promise<void> {
    await this.#settler.idle()
    const isFirst = !this.#ended.signal.aborted
    this.#ended.abort()
    if (isFirst) await this.#settler.release()
  }

  /** One for all pulls with the same signal, for each that is combined is remembered by both. */
  #stopOf(signal: AbortSignal): AbortSignal {
    if (this.#stop?.of !== signal)
      this.#stop = { of: signal, stop: AbortSignal.any([signal, this.#ended.signal]) }
    return this.#stop.stop
  }

  get #name(): string {
    return partitionName(this.#spec.subscription, this.#partition)
  }

  async #own(signal: AbortSignal): Promise<Hold | undefined> {
    // Where what follows fails, the next pull goes on with it: the partition is owned already.
    this.#record ??= await this.#ownership.acquire(signal, () => this.#begin())
    const record = this.#record
    if (record === undefined) return undefined
    const checkpoint = await this.#store.checkpoint(this.#name)
    const progress = this.#settler.begin(checkpoint, record)
    await this.#parked.refresh()
    await this.#waiting.load(this.#spec.window)
    const filter = Object.keys(this.#filter).length === 0 ? undefined : this.#filter
    const onMore = () => this.#wake()
    const cursor = new LogCursor(this.#store, this.#scope, { after: checkpoint, filter, onMore })
    this.#hold = { progress, cursor }
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
      const { position } = event
      const isWanted =
        !progress.isDone(position) && !this.#waiting.has(position) && matches(event, this.#spec)
      progress.read(position, isWanted)
      if (!isWanted) return []
      return new EmbeddedDelivery(event, this.#partition, orderingKeyOf(event, this.#spec), undefined)
    })
    if (progress.low - this.#settler.position >= longestSilence && progress.open === 0)
      this.#settler.settle([], [], false).catch(() => undefined)
    return deliveries
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
    over.abort('something has come')
  }
}
