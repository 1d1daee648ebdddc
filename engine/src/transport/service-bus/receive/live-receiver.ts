import type { ServiceBusSessionReceiver } from '@azure/service-bus'
import { KeelsonError } from '../../../core/index.ts'
import type { EventStore, Scope, UnitPart } from '../../../store/index.ts'
import type { Delivery } from '../../port.ts'
import type { ReceiverSpec, ReceiverStatus, SetAsideOptions } from '../../port-types.ts'
import { ParkedKeys } from '../../receiver/parked-keys.ts'
import { readStatus } from '../../receiver/receiver-status.ts'
import type { Attempt, DeadLetterReason } from '../../record/attempt.ts'
import { troubleId } from '../../record/collections.ts'
import { toBusError } from '../client/bus-error.ts'
import type { OpenClient } from '../client/open-client.ts'
import type { BusSettings } from '../service-bus-options.ts'
import { AdmissionDesk } from '../session/admission.ts'
import type { BusDelivery } from '../session/bus-delivery.ts'
import { HeldSessions } from '../session/held-sessions.ts'
import { pumpSessions } from '../session/session-pump.ts'
import { DeadLetterSweep } from '../settle/dead-letter-sweep.ts'
import { Effects } from '../settle/effects.ts'
import { BusOutcomes } from '../settle/outcomes.ts'
import { Replays } from '../settle/replays.ts'
import type { SubscriptionPlace } from '../topology/subscription-place.ts'
import type { TopicMap } from '../topology/topic-plan.ts'

export interface LiveOptions {
  readonly store: EventStore
  readonly spec: ReceiverSpec
  readonly scope: Scope
  readonly partition: number
  readonly settings: BusSettings
  readonly map: TopicMap
  readonly place: SubscriptionPlace
  readonly open: OpenClient
  /** Only what stands behind it comes from the broker. */
  readonly after: number
}

/** Who ask a topic for sessions at the same time, as long as it has some; one of them does when it has none. */
const askers = 4

/** Gets a partition's events from the broker, session by session, beside whoever else does. */
export class LiveReceiver {
  readonly #options: LiveOptions
  readonly #ended = new AbortController()
  /** Aborts when it asks for nothing any more: it has ended, or has lost a key. */
  readonly #asking = new AbortController()
  readonly #sessions: HeldSessions
  readonly #effects: Effects
  readonly #parked: ParkedKeys
  readonly #outcomes: BusOutcomes
  readonly #replays: Replays
  readonly #sweep: DeadLetterSweep
  readonly #inHand = new Map<string, BusDelivery>()
  readonly #background = new Set<Promise<void>>()
  #ready: BusDelivery[] = []
  #busy = Promise.withResolvers<void>()
  #broken = Promise.withResolvers<undefined>()
  #trouble: unknown
  #isLost = false
  #highest: number
  #polledAt = Number.NEGATIVE_INFINITY
  #wake: () => void = () => undefined

  constructor(options: LiveOptions) {
    this.#options = options
    this.#highest = options.after
    const { store, spec, scope, partition, settings, map, place, after } = options
    const { alarm, claimsFor } = settings
    const { subscription } = spec
    const ended = this.#ended.signal
    this.#effects = new Effects({ store, scope, subscription, claimsFor, alarm, ended })
    this.#parked = new ParkedKeys(store, scope, subscription, partition)
    const desk = new AdmissionDesk({
      store,
      spec,
      partition,
      map,
      listening: place.topics,
      after,
      effects: this.#effects,
      parked: this.#parked,
      isInHand: id => this.#inHand.has(id),
    })
    this.#sessions = new HeldSessions({
      sessions: settings.sessions,
      window: spec.window,
      admit: (message, session) => desk.admit(message, session),
      deliver: delivery => this.#deliver(delivery),
      onLost: () => this.#lose(),
    })
    const tools = { ...options, sessions: this.#sessions, effects: this.#effects, ended: this.#asking.signal }
    this.#replays = new Replays({ ...tools, isInHand: id => this.#inHand.has(id) })
    this.#sweep = new DeadLetterSweep(tools)
    this.#outcomes = new BusOutcomes({
      subscription,
      effects: this.#effects,
      parked: this.#parked,
      alarm,
      ended,
      inBackground: work => this.#follow(work),
    })
  }

  /** Begins to ask for sessions. */
  async start(): Promise<void> {
    await this.#parked.refresh()
    const { open, settings, place } = this.#options
    const asking = place.topics.flatMap(topic =>
      Array.from({ length: askers }, (_, helper) => ({ topic, helper })),
    )
    for (const { topic, helper } of asking)
      void pumpSessions({
        client: open.client,
        topic: `${settings.topicPrefix}${topic}`,
        subscription: place.name,
        ended: this.#asking.signal,
        answersWithin: open.answersWithin,
        room: () => this.#sessions.room(),
        isHelper: helper > 0,
        busy: () => this.#busy.promise,
        broken: () => this.#broken.promise,
        onSession: (receiver: ServiceBusSessionReceiver, name: string) => {
          // Several were asked for, and there is room for less: who asks next has it.
          if (!this.#sessions.hasRoom) return this.#follow(receiver.close())
          this.#sessions.add(receiver, name)
          const { resolve } = this.#busy
          this.#busy = Promise.withResolvers<void>()
          resolve()
        },
        onTrouble: error => {
          this.#trouble = error
          this.#wake()
          this.#tellBroken()
        },
      })
  }

  async pull(max: number, signal: AbortSignal): Promise<readonly Delivery[]> {
    while (!signal.aborted) {
      this.#throwIfOver()
      await this.#poll()
      if (this.#ready.length > 0) return this.#ready.splice(0, max)
      const trouble = this.#trouble
      this.#trouble = undefined
      if (trouble !== undefined) throw toBusError(trouble, 'to give a session of the subscription')
      await this.#sleep(signal)
    }
    return []
  }

  complete(deliveries: readonly Delivery[], unit: UnitPart): Promise<void> {
    return this.#settle(deliveries, own => this.#outcomes.complete(own, unit))
  }

  async postpone(delivery: Delivery, dueAt: number, attempt: Attempt): Promise<Delivery> {
    this.#throwIfOver()
    const later = await this.#outcomes.postpone(delivery as BusDelivery, dueAt, attempt)
    this.#inHand.set(troubleId(later.facts), later)
    return later
  }

  setAside(delivery: Delivery, reason: DeadLetterReason, options: SetAsideOptions): Promise<void> {
    return this.#settle([delivery], ([own]) => this.#outcomes.setAside(own as BusDelivery, reason, options))
  }

  isParked(delivery: Delivery): boolean {
    return this.#outcomes.isParked(delivery as BusDelivery)
  }

  async renew(): Promise<void> {
    this.#throwIfOver()
    await this.#sessions.renew()
    this.#throwIfOver()
  }

  async status(): Promise<ReceiverStatus> {
    const { store, scope, spec, partition, settings, place } = this.#options
    const lowest = [...this.#inHand.values()].reduce(
      (low, { position }) => Math.min(low, position - 1),
      this.#highest,
    )
    const filter = { ...(spec.types && { types: spec.types }), ...(spec.topics && { topics: spec.topics }) }
    const about = { scope, filter, subscription: spec.subscription, partition }
    const status = await readStatus(store, about, lowest, settings.alarm.now())
    const count = await this.#brokerCount(place)
    const lag =
      count === undefined
        ? status.lag
        : { ...status.lag, events: count, ...(count === 0 ? { seconds: 0 } : {}) }
    const own = { isOwner: !this.#isOver, owner: settings.owner, position: lowest }
    // What is for later lies at the broker, which tells of topics as a whole alone.
    return { ...status, ...own, lag, scheduled: undefined }
  }

  async close(): Promise<void> {
    const over = new AbortController()
    const { alarm, lockDuration } = this.#options.settings
    // What is not answered for as long as the locks last is not waited for: it is another's then.
    await Promise.race([this.#finish(), alarm.wait(lockDuration, over.signal)])
    over.abort()
    this.#ended.abort()
    this.#asking.abort()
    this.#busy.resolve()
    this.#tellBroken()
    await this.#sessions.close()
  }

  async #finish(): Promise<void> {
    await this.#effects.idle()
    await Promise.allSettled([...this.#background])
  }

  get #isOver(): boolean {
    return this.#isLost || this.#ended.signal.aborted
  }

  #throwIfOver(): void {
    if (this.#ended.signal.aborted) throw new KeelsonError('subscription_closed')
    if (this.#isLost) throw new KeelsonError('subscription_lost', 'The session of a key in hand is lost')
  }

  #lose(): void {
    this.#isLost = true
    this.#asking.abort()
    this.#wake()
  }

  #tellBroken(): void {
    const { resolve } = this.#broken
    this.#broken = Promise.withResolvers<undefined>()
    resolve(undefined)
  }

  #deliver(delivery: BusDelivery): void {
    const { facts } = delivery
    this.#inHand.set(troubleId(facts), delivery)
    this.#highest = Math.max(this.#highest, facts.position)
    this.#ready.push(delivery)
    this.#wake()
  }

  async #settle(
    deliveries: readonly Delivery[],
    run: (own: readonly BusDelivery[]) => Promise<void>,
  ): Promise<void> {
    this.#throwIfOver()
    const own = deliveries as readonly BusDelivery[]
    const done = run(own)
    // Who closes the receiver need not have waited for it.
    this.#follow(done)
    await done
    for (const { facts } of own) this.#inHand.delete(troubleId(facts))
  }

  #follow(work: Promise<void>): void {
    const done = work
      // The session is given up then, and its messages come again; what the store has is known by its claim.
      .catch(() => undefined)
      .finally(() => this.#background.delete(done))
    this.#background.add(done)
  }

  async #poll(): Promise<void> {
    const { alarm, pollEvery } = this.#options.settings
    if (alarm.now() - this.#polledAt < pollEvery) return
    this.#polledAt = alarm.now()
    if (this.#parked.size > 0) await this.#parked.refresh()
    await this.#replays.poll()
    // Nobody waits for it: what it could not do it does the next time.
    void this.#sweep.run().catch(() => undefined)
  }

  async #sleep(signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const both = AbortSignal.any([signal, over.signal])
    await new Promise<void>(resolve => {
      this.#wake = resolve
      if (this.#ready.length > 0 || this.#isOver || this.#trouble !== undefined) resolve()
      void this.#options.settings.alarm.wait(this.#options.settings.pollEvery, both).then(resolve)
    })
    over.abort()
  }

  /** What the broker holds for this partition; undefined where it cannot be asked. */
  async #brokerCount(place: SubscriptionPlace): Promise<number | undefined> {
    const { administration, topicPrefix } = this.#options.settings
    if (administration === undefined) return undefined
    try {
      const counts = place.topics.map(topic =>
        administration.getSubscriptionRuntimeProperties(`${topicPrefix}${topic}`, place.name),
      )
      return (await Promise.all(counts)).reduce((sum, { activeMessageCount }) => sum + activeMessageCount, 0)
    } catch {
      return undefined
    }
  }
}
