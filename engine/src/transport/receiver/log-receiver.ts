import type { JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { EventFilter, EventStore, Scope, UnitPart } from '../../store/index.ts'
import type { Alarm } from '../alarm.ts'
import type { Delivery, Receiver } from '../port.ts'
import type { ReceiverSpec, ReceiverStatus, SetAsideOptions } from '../port-types.ts'
import type { Attempt, DeadLetterReason } from '../record/attempt.ts'
import { partitionName } from '../record/collections.ts'
import { DeliveryOutcomes } from './delivery-outcomes.ts'
import type { OpenSource } from './event-source.ts'
import { Intake } from './intake/intake.ts'
import { neighboursIn } from './intake/neighbours.ts'
import { TenantHands } from './intake/tenant-hands.ts'
import { ScheduledList } from './kept/scheduled-list.ts'
import { WaitingList } from './kept/waiting-list.ts'
import { leftInHand } from './left-progress.ts'
import type { LogDelivery } from './log-delivery.ts'
import type { OwnerRecord } from './owner/ownership.ts'
import { Ownership } from './owner/ownership.ts'
import type { Progress } from './owner/progress.ts'
import { Settler } from './owner/settler.ts'
import type { Renewable } from './owner-group.ts'
import { OwnerGroup } from './owner-group.ts'
import { ParkedKeys } from './parked-keys.ts'
import { keyingOf, matches, partitionOf, scopeOf, storeFilterOf } from './read-event.ts'
import { StatusReader } from './receiver-status.ts'
import { reopened } from './reopened.ts'
import { hearReplays } from './replay-bell.ts'
import { startPosition } from './start-position.ts'
import { WakeTimer } from './wake-timer.ts'

export interface LogReceiverOptions {
  readonly owner: string
  readonly leaseTime: number
  readonly pollEvery: number
  readonly alarm: Alarm
  readonly open: OpenSource
  /** The owners of this process; default this one alone. */
  readonly group?: OwnerGroup
}

/** Milliseconds before something is tried again that the database could not do. */
const pause = 1_000

/** Events that the filter passed over before the checkpoint goes past them by itself. */
const longestSilence = 1_000

/** What a partition's owner has in hand; made anew with each ownership. */
interface Hold {
  readonly progress: Progress
  readonly intake: Intake
}

/** Takes events in the order of the log: what goes well moves a checkpoint, only trouble is stored event by event. */
export class LogReceiver implements Receiver, Renewable {
  readonly renewEvery: number
  readonly #store: EventStore
  readonly #spec: ReceiverSpec
  readonly #options: LogReceiverOptions
  readonly #partition: number
  readonly #scope: Scope
  readonly #filter: EventFilter
  readonly #ended = new AbortController()
  readonly #group: OwnerGroup
  readonly #ownership: Ownership
  readonly #settler: Settler
  readonly #outcomes: DeliveryOutcomes
  readonly #waiting: WaitingList
  readonly #scheduled: ScheduledList
  readonly #hands: TenantHands
  readonly #parked: ParkedKeys
  readonly #status: StatusReader
  #record: OwnerRecord | undefined
  #hold: Hold | undefined
  #owning: Promise<Hold | undefined> | undefined
  #stop: { readonly of: AbortSignal; readonly stop: AbortSignal } | undefined
  readonly #timer: WakeTimer
  #polledAt = Number.NEGATIVE_INFINITY
  /** On their way to whoever pulls; they stay here where that fails. */
  readonly #pulled: LogDelivery[] = []
  #wake: () => void = () => undefined
  readonly #unhear: () => void

  constructor(store: EventStore, spec: ReceiverSpec, options: LogReceiverOptions) {
    this.#store = store
    this.#spec = spec
    this.#options = options
    this.renewEvery = options.leaseTime / 3
    this.#partition = partitionOf(store, spec)
    this.#scope = scopeOf(store, spec)
    this.#filter = storeFilterOf(spec)
    // The document of the partition is the platform's, so a unit is about every tenant.
    const scope = spec.tenantId === undefined ? this.#scope : ({ tenantId: 'every tenant' } as const)
    this.#group = options.group ?? new OwnerGroup(store)
    this.#ownership = new Ownership(store, scope, {
      ...options,
      group: this.#group,
      keying: keyingOf(spec),
      partition: this.#name,
      signal: this.#ended.signal,
    })
    this.#settler = new Settler({
      ownership: this.#ownership,
      checkpoint: this.#name,
      scope: this.#scope,
      window: spec.window,
      patience: () => this.#group.patience,
      ended: this.#ended,
      onSettled: () => this.#wake(),
    })
    const whose = [store, this.#scope, spec.subscription, this.#partition] as const
    this.#waiting = new WaitingList(...whose)
    this.#scheduled = new ScheduledList(...whose)
    this.#parked = new ParkedKeys(...whose)
    this.#status = new StatusReader(store, {
      scope: this.#scope,
      filter: this.#filter,
      subscription: spec.subscription,
      partition: this.#partition,
      countEvery: options.pollEvery,
      ...(spec.filter === undefined ? {} : { wants: event => matches(event, spec) }),
    })
    this.#hands = new TenantHands(spec.window, () => this.#wake())
    this.#outcomes = new DeliveryOutcomes({
      subscription: spec.subscription,
      settler: this.#settler,
      waiting: this.#waiting,
      scheduled: this.#scheduled,
      hands: this.#hands,
      parked: this.#parked,
      alarm: options.alarm,
      ended: this.#ended.signal,
      onBehind: () => this.#wake(),
      onDone: delivery => this.#hold?.intake.done(delivery),
    })
    this.#timer = new WakeTimer(options.alarm, () => this.#wake())
    this.#unhear = hearReplays(store, spec.subscription, () => this.#pollSoon())
  }

  get isOwner(): boolean {
    return this.#hold !== undefined && !this.#ended.signal.aborted
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
      const kept = await this.#takeKept(max)
      const room = this.#spec.window - hold.progress.open
      const read = kept.length === 0 && room > 0 ? this.#read(hold, Math.min(room, max)) : kept
      if (read.length > 0 || this.#pulled.length > 0) return this.#withKeys(read, max)
      if (hold.intake.isOver) throw new KeelsonError('store_closed')
      await this.#sleep(() => {
        if (room > 0) hold.intake.fetch()
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

  async setAside(delivery: Delivery, reason: DeadLetterReason, options: SetAsideOptions = {}): Promise<void> {
    await this.#outcomes.setAside(delivery, reason, options)
    this.#status.forget()
  }

  giveBack(first: Delivery, behind: readonly Delivery[]): void {
    const isOfKey = ({ tenantId, orderingKey, trouble }: LogDelivery) =>
      trouble === undefined && tenantId === first.tenantId && orderingKey === first.orderingKey
    const pulled = this.#pulled.filter(isOfKey)
    for (const one of pulled) this.#pulled.splice(this.#pulled.indexOf(one), 1)
    this.#hold?.intake.giveBack(first, [...(behind as readonly LogDelivery[]), ...pulled])
  }

  reopen(delivery: LogDelivery): Promise<Delivery> | undefined {
    return reopened(this.#store, delivery)
  }

  isParked(delivery: Delivery): boolean {
    return this.#outcomes.isParked(delivery)
  }

  keep(value: JsonValue): Promise<void> {
    return this.#settler.keep(value)
  }

  async renew(): Promise<void> {
    if (this.isDue) await this.#group.renew(this)
  }

  /** Whether the ownership is to be renewed: a commit of late has done it already. */
  get isDue(): boolean {
    const { leaseTime, alarm } = this.#options
    return this.#hold !== undefined && this.#ownership.until - alarm.now() <= leaseTime * 0.8
  }

  renewNow(): Promise<void> {
    return this.#settler.settle([], [], false)
  }

  async status(): Promise<ReceiverStatus> {
    const position = this.#hold?.progress.low ?? (await this.#store.checkpoint(this.#name))
    const found = await this.#ownership.read()
    const { isOwner } = this
    const now = this.#options.alarm.now()
    const kept = await this.#status.kept(now)
    const { size, isWhole } = this.#waiting
    const left = () => leftInHand(this.#store, this.#spec, position, found?.record.progress)
    const inHand = this.#hold === undefined ? await left() : this.#hold.progress.inHand
    return {
      ...kept,
      ...(isOwner ? { waiting: await this.#status.waiting(size, isWhole, now) } : {}),
      lag: await this.#status.lag(position, now, inHand),
      isOwner,
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
    this.#unhear()
    this.#hold = undefined
    this.#timer.stop()
    this.#group.leave(this)
    await hold?.intake.close()
  }

  async #finish(): Promise<void> {
    await this.#settler.idle()
    const isFirst = !this.#ended.signal.aborted
    this.#ended.abort()
    // Whoever is closed while it comes to own the partition gives it up again.
    await this.#owning?.catch(() => undefined)
    await (isFirst ? this.#settler.release() : this.#ownership.giveUp().catch(() => undefined))
  }

  /** One for all pulls with the same signal, for each that is combined is remembered by both. */
  #stopOf(signal: AbortSignal): AbortSignal {
    if (this.#stop?.of !== signal) {
      const stop = AbortSignal.any([signal, this.#ended.signal])
      stop.addEventListener('abort', () => this.#wake(), { once: true })
      this.#stop = { of: signal, stop }
    }
    return this.#stop.stop
  }

  get #name(): string {
    return partitionName(this.#spec.subscription, this.#partition)
  }

  #own(signal: AbortSignal): Promise<Hold | undefined> {
    this.#owning ??= this.#takeOver(signal).finally(() => {
      this.#owning = undefined
    })
    return this.#owning
  }

  async #takeOver(signal: AbortSignal): Promise<Hold | undefined> {
    // Where what follows fails, the next pull goes on with it: the partition is owned already.
    this.#record ??= await this.#ownership.acquire(signal, () => this.#begin())
    const record = this.#record
    if (record === undefined) return undefined
    const checkpoint = await this.#store.checkpoint(this.#name)
    const progress = this.#settler.begin(checkpoint, record)
    if (this.#ended.signal.aborted) return undefined
    await this.#parked.refresh()
    await this.#waiting.load()
    if (this.#ended.signal.aborted) return undefined
    this.#hold = { progress, intake: this.#openIntake(checkpoint, progress) }
    this.#group.join(this)
    return this.#hold
  }

  #openIntake(after: number, progress: Progress): Intake {
    const filter = Object.keys(this.#filter).length === 0 ? undefined : this.#filter
    const onMore = () => this.#wake()
    const place = { scope: this.#scope, partition: this.#partition, filter, after, onMore }
    return new Intake({
      store: this.#store,
      spec: this.#spec,
      partition: this.#partition,
      filter,
      progress,
      source: this.#options.open(this.#store, place),
      hands: this.#hands,
      neighbours: neighboursIn(this.#store, this.#partition, this.#options.alarm),
      now: () => this.#options.alarm.now(),
      isKept: position => this.#waiting.has(position) || this.#scheduled.has(position),
      schedule: (delivery, due) => void this.#schedule(delivery, due),
      onMore,
    })
  }

  async #begin(): Promise<Pick<UnitPart, 'checkpoint'>> {
    const from = await this.#store.checkpoint(this.#name)
    if (from > 0) return {}
    const to = await startPosition(this.#store, this.#scope, this.#spec.start)
    return to === 0 ? {} : { checkpoint: { name: this.#name, from, to } }
  }

  /**
   * Where not all parked keys are in memory, those of the deliveries are looked up first; and where not all that waits
   * is, what is ahead of them comes before them.
   */
  async #withKeys(deliveries: readonly LogDelivery[], max: number): Promise<readonly LogDelivery[]> {
    this.#pulled.push(...deliveries)
    if (this.#parked.isPartial)
      await this.#parked.look(
        this.#pulled.flatMap(({ tenantId, orderingKey }) =>
          orderingKey === undefined ? [] : [[tenantId, orderingKey] as const],
        ),
      )
    const ahead = await this.#waiting.takeAhead(this.#pulled)
    for (const { tenantId } of ahead) this.#hands.take(tenantId)
    this.#pulled.unshift(...ahead)
    return this.#pulled.splice(0, max)
  }

  /** Not at once: where many are given back, one look finds many. */
  #pollSoon(): void {
    const { alarm, pollEvery } = this.#options
    this.#polledAt = Math.min(this.#polledAt, alarm.now() + lookPause - pollEvery)
    this.#wake()
  }

  async #poll(): Promise<void> {
    const { alarm, pollEvery } = this.#options
    if (alarm.now() - this.#polledAt < pollEvery && !this.#waiting.isBehind) return
    this.#polledAt = alarm.now()
    if (this.#parked.size > 0) await this.#parked.refresh()
    await this.#waiting.poll(alarm.now(), this.#spec.window)
  }

  /** What comes from documents: another try, or its time has come. */
  async #takeKept(max: number): Promise<readonly LogDelivery[]> {
    const waiting = this.#waiting.take(max)
    const now = this.#options.alarm.now()
    const isDue = waiting.length === 0 && this.#scheduled.nextDue <= now
    const kept = isDue ? await this.#scheduled.take(now, max) : waiting
    for (const { tenantId } of kept) this.#hands.take(tenantId)
    return kept
  }

  /** Until it is kept as such it is in hand, and the checkpoint does not pass it. */
  async #schedule(delivery: LogDelivery, due: number): Promise<void> {
    const { signal } = this.#ended
    const document = this.#scheduled.keep(delivery, due)
    while (!signal.aborted) {
      try {
        await this.#settler.settle([delivery], [{ documents: [document] }], true)
        this.#scheduled.expect(due)
        this.#hold?.intake.done(delivery)
        this.#wake()
        return
      } catch {
        await this.#options.alarm.wait(pause, signal)
      }
    }
  }

  #read({ progress, intake }: Hold, max: number): readonly LogDelivery[] {
    const deliveries = intake.take(max)
    if (progress.low - this.#settler.position >= longestSilence && progress.open === 0)
      this.#settler.settle([], [], false).catch(() => undefined)
    return deliveries
  }

  /** Until something comes, or it is time to look for what came from elsewhere. */
  async #sleep(begin: () => void, stop: AbortSignal): Promise<void> {
    if (stop.aborted) return
    await new Promise<void>(resolve => {
      this.#wake = resolve
      begin()
      this.#timer.arm(Math.min(this.#polledAt + this.#options.pollEvery, this.#scheduled.nextDue))
    })
  }
}

/** Milliseconds from what is given back to the look for it. */
const lookPause = 50
