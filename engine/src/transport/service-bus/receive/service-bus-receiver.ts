import type { JsonValue } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import type { EventStore, UnitPart } from '../../../store/index.ts'
import { forgetClaims } from '../../../store/index.ts'
import type { Delivery, Receiver } from '../../port.ts'
import type { ReceiverSpec, ReceiverStatus, SetAsideOptions } from '../../port-types.ts'
import { LogReceiver } from '../../receiver/log-receiver.ts'
import { partitionOf, scopeOf } from '../../receiver/read-event.ts'
import type { Attempt, DeadLetterReason } from '../../record/attempt.ts'
import { partitionName } from '../../record/collections.ts'
import type { OpenClient } from '../client/open-client.ts'
import { openClient } from '../client/open-client.ts'
import type { BusSettings } from '../service-bus-options.ts'
import { BrokerEntities, mend } from '../topology/broker-entities.ts'
import { subscriptionPlace } from '../topology/subscription-place.ts'
import type { TopicMark } from '../topology/topic-mark.ts'
import type { TopicMap } from '../topology/topic-plan.ts'
import { KeptValue } from './kept-value.ts'
import { LiveReceiver } from './live-receiver.ts'
import { PastEvents } from './past-events.ts'
import { handOverScheduled } from './scheduled-hand-over.ts'
import type { StartRecord } from './start-record.ts'
import { beginAt, markCaughtUp } from './start-record.ts'

/** The log as long as there is something of before in it. */
interface LogPhase {
  readonly kind: 'log'
  readonly receiver: LogReceiver
  readonly start: StartRecord
  /** Made when the partition is owned. */
  past: PastEvents | undefined
  /** Aborts when all of it is done. */
  readonly end: AbortController
}

/** What gives deliveries at the time. */
type Phase = LogPhase | { readonly kind: 'live'; readonly receiver: LiveReceiver }

export interface ServiceBusReceiverOptions {
  readonly map: TopicMap
  readonly mark: TopicMark
  readonly owner: string
}

/** Claims that are forgotten in one step, and steps with each renewal. */
const claimsAtOnce = 1_000
const claimSteps = 20

/**
 * A partition of a subscription. The broker has nothing of before its subscription was made: that comes from the log first,
 * by one process, and only when all of it is done does the broker's turn begin.
 */
export class ServiceBusReceiver implements Receiver {
  readonly renewEvery: number
  readonly #store: EventStore
  readonly #spec: ReceiverSpec
  readonly #settings: BusSettings
  readonly #map: TopicMap
  readonly #mark: TopicMark
  readonly #owner: string
  readonly #partition: number
  readonly #kept: KeptValue
  readonly #ended = new AbortController()
  #phase: Phase | undefined
  #open: OpenClient | undefined
  #fromLog = 0
  #isClosing = false

  constructor(
    store: EventStore,
    spec: ReceiverSpec,
    settings: BusSettings,
    { map, mark, owner }: ServiceBusReceiverOptions,
  ) {
    this.#store = store
    this.#spec = spec
    this.#settings = settings
    this.#map = map
    this.#mark = mark
    this.#owner = owner
    this.#partition = partitionOf(store, spec)
    this.renewEvery = settings.lockDuration / 3
    this.#kept = new KeptValue(store, partitionName(spec.subscription, this.#partition))
  }

  get isOwner(): boolean {
    const phase = this.#phase
    if (phase === undefined || this.#ended.signal.aborted) return false
    return phase.kind === 'live' || phase.receiver.isOwner
  }

  get kept(): JsonValue | undefined {
    return this.#kept.value
  }

  async pull(max: number, signal: AbortSignal): Promise<readonly Delivery[]> {
    while (!signal.aborted) {
      if (this.#ended.signal.aborted) throw new KeelsonError('subscription_closed')
      this.#phase ??= await this.#begin()
      const phase = this.#phase
      if (phase.kind === 'live') return phase.receiver.pull(max, signal)
      const deliveries = await phase.receiver.pull(max, AbortSignal.any([signal, phase.end.signal]))
      this.#fromLog += deliveries.length
      if (deliveries.length > 0) return deliveries
      if (phase.end.signal.aborted) this.#phase = await this.#endLog(phase)
    }
    return []
  }

  async complete(deliveries: readonly Delivery[], unit: UnitPart = {}): Promise<void> {
    const phase = this.#current
    await phase.receiver.complete(deliveries, unit)
    if (phase.kind === 'log') await this.#logDone(phase, deliveries.length)
  }

  postpone(delivery: Delivery, dueAt: number, attempt: Attempt): Promise<Delivery> {
    return this.#current.receiver.postpone(delivery, dueAt, attempt)
  }

  async setAside(delivery: Delivery, reason: DeadLetterReason, options: SetAsideOptions = {}): Promise<void> {
    const phase = this.#current
    await phase.receiver.setAside(delivery, reason, options)
    if (phase.kind === 'log') await this.#logDone(phase, 1)
  }

  isParked(delivery: Delivery): boolean {
    return this.#current.receiver.isParked(delivery)
  }

  keep(value: JsonValue): Promise<void> {
    return this.#kept.keep(value)
  }

  async renew(): Promise<void> {
    await this.#phase?.receiver.renew()
    const scope = scopeOf(this.#store, this.#spec)
    const now = this.#settings.alarm.now()
    for (let step = 0; step < claimSteps; step += 1)
      if ((await forgetClaims(this.#store, scope, now, claimsAtOnce)) < claimsAtOnce) return
  }

  async status(): Promise<ReceiverStatus> {
    if (this.#phase !== undefined) return this.#phase.receiver.status()
    const none = { events: 0, seconds: 0 }
    const nobody = { isOwner: false, owner: undefined, scheduled: undefined } as const
    return { ...nobody, position: 0, lag: none, waiting: 0, setAside: 0 }
  }

  async close(): Promise<void> {
    if (this.#isClosing) return
    this.#isClosing = true
    await this.#phase?.receiver.close()
    this.#ended.abort()
    await this.#open?.close()
  }

  get #current(): Phase {
    if (this.#phase === undefined || this.#ended.signal.aborted) throw new KeelsonError('subscription_closed')
    return this.#phase
  }

  async #begin(): Promise<Phase> {
    const scope = scopeOf(this.#store, this.#spec)
    await this.#prepare()
    const start = await beginAt(this.#store, this.#spec, scope, this.#partition)
    await this.#kept.load()
    return start.isCaughtUp ? this.#beginLive(start) : this.#beginLog(start)
  }

  /** Makes what is missing on the broker, where that can be done. */
  async #prepare(): Promise<void> {
    const { administration } = this.#settings
    if (administration === undefined) return
    const entities = new BrokerEntities(administration, this.#settings)
    const place = this.#place
    for (const topic of place.topics) {
      const isThere = await this.#mark.hold(topic, this.#ended.signal)
      await mend(await entities.topic(topic, this.#ended.signal))
      if (!isThere) await this.#mark.hold(topic, this.#ended.signal)
      await mend(await entities.subscription(topic, place, this.#ended.signal))
    }
  }

  #beginLog(start: StartRecord): Phase {
    const { lockDuration, pollEvery, alarm } = this.#settings
    const receiver = new LogReceiver(
      this.#store,
      { ...this.#spec, start: { position: start.from } },
      {
        owner: this.#owner,
        leaseTime: lockDuration,
        pollEvery,
        alarm,
        open: (store, options) => {
          phase.past = new PastEvents(store, options, start.live, () => void this.#checkLog(phase))
          return phase.past
        },
      },
    )
    const phase: LogPhase = { kind: 'log', receiver, start, past: undefined, end: new AbortController() }
    return phase
  }

  /** Everything of before is done: now the broker's turn begins, and each key has kept its order. */
  async #endLog({ receiver, start }: LogPhase): Promise<Phase> {
    const scope = scopeOf(this.#store, this.#spec)
    await handOverScheduled(this.#store, scope, this.#spec.subscription, this.#partition)
    await markCaughtUp(this.#store, this.#spec, this.#partition, start)
    await receiver.close()
    return this.#beginLive(start)
  }

  async #logDone(phase: LogPhase, count: number): Promise<void> {
    this.#fromLog -= count
    await this.#checkLog(phase)
  }

  /** What the log's receiver has read ahead counts too: its position stands before it. */
  async #checkLog({ receiver, past, end }: LogPhase): Promise<void> {
    if (this.#fromLog > 0 || past?.isExhausted !== true) return
    try {
      const { position } = await receiver.status()
      if (this.#fromLog === 0 && position >= past.last) end.abort()
    } catch {
      // It is looked at again with the next event, or when more is asked for.
    }
  }

  async #beginLive({ from, live }: StartRecord): Promise<Phase> {
    this.#open ??= await openClient(this.#settings)
    const receiver = new LiveReceiver({
      store: this.#store,
      spec: this.#spec,
      scope: scopeOf(this.#store, this.#spec),
      partition: this.#partition,
      settings: this.#settings,
      map: this.#map,
      place: this.#place,
      open: this.#open,
      after: Math.max(from, live),
    })
    await receiver.start()
    return { kind: 'live', receiver }
  }

  get #place() {
    const { shards } = this.#store.capabilities
    return subscriptionPlace(this.#spec, this.#partition, shards, this.#settings, this.#map)
  }
}
