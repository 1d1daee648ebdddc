import type { ServiceBusClient } from '@azure/service-bus'
import type { Document, EventStore, RecordedEvent, Scope } from '../../../store/index.ts'
import type { ReceiverSpec } from '../../port-types.ts'
import { waitingCollection } from '../../record/collections.ts'
import type { Trouble } from '../../record/trouble.ts'
import { readTrouble } from '../../record/trouble.ts'
import { busCodeOf, toBusError } from '../client/bus-error.ts'
import type { OpenClient } from '../client/open-client.ts'
import type { BusEvent } from '../message/read-message.ts'
import { sessionIdOf } from '../message/session-id.ts'
import type { BusSettings } from '../service-bus-options.ts'
import { BusDelivery } from '../session/bus-delivery.ts'
import type { HeldSession } from '../session/held-session.ts'
import type { HeldSessions } from '../session/held-sessions.ts'
import { sessionOptions } from '../session/session-pump.ts'
import type { SubscriptionPlace } from '../topology/subscription-place.ts'
import type { TopicMap } from '../topology/topic-plan.ts'
import type { Effects } from './effects.ts'

export interface ReplayTools {
  readonly store: EventStore
  readonly scope: Scope
  readonly spec: ReceiverSpec
  readonly partition: number
  readonly settings: BusSettings
  readonly map: TopicMap
  readonly place: SubscriptionPlace
  readonly open: OpenClient
  readonly after: number
  readonly effects: Effects
  readonly sessions: HeldSessions
  readonly ended: AbortSignal
  readonly isInHand: (id: string) => boolean
}

const mostAtOnce = 500

/**
 * What was given back from the dead letters: the broker does not have it any more, so it is taken from the log, within the
 * session of its key, which is locked for it. Where another process has the session, that one finds it by itself.
 */
export class Replays {
  readonly #tools: ReplayTools

  constructor(tools: ReplayTools) {
    this.#tools = tools
  }

  async poll(): Promise<void> {
    const { store, scope, spec, partition, settings, isInHand } = this.#tools
    const collection = waitingCollection(spec.subscription, partition)
    const dueUntil = Math.floor(settings.alarm.now())
    const page = await store.documents(scope, collection, { dueUntil, limit: mostAtOnce })
    const due = page.flatMap(document => {
      const trouble = readTrouble(document)
      return trouble === undefined || isInHand(document.id) ? [] : [{ trouble, document }]
    })
    const locked = new Map<string, HeldSession | undefined>()
    for (const one of due.toSorted((a, b) => a.trouble.position - b.trouble.position))
      await this.#take(one, locked)
  }

  async #take(
    { trouble, document }: { readonly trouble: Trouble; readonly document: Document },
    locked: Map<string, HeldSession | undefined>,
  ): Promise<void> {
    const { store, after, effects } = this.#tools
    const { tenantId, eventId, position } = trouble
    // What only waits for its next try is still with the broker, and comes from there.
    const isGivenBack = position <= after || (await effects.inbox.has(tenantId, eventId))
    if (!isGivenBack) return
    const [event] = await store.readPositions(tenantId, [position])
    // What was erased meanwhile is not there to be delivered; its record goes with its tenant.
    if (event === undefined) return
    const topic = this.#topicOf(event.eventType)
    const id = sessionIdOf(tenantId, trouble.orderingKey, eventId)
    if (!locked.has(id)) locked.set(id, await this.#lock(topic, id))
    const kept = { trouble, dueAt: document.due ?? 0, revision: document.revision }
    locked.get(id)?.add(session => new BusDelivery(toFacts(event, trouble, topic), session, undefined, kept))
  }

  /** The session of a key; undefined where another process has it, which polls too. */
  async #lock(topic: string, id: string): Promise<HeldSession | undefined> {
    const { sessions, open, place, settings, ended } = this.#tools
    const name = `${settings.topicPrefix}${topic}`
    const held = sessions.get(name, id)
    if (held !== undefined || ended.aborted || !sessions.hasRoom) return held
    return this.#accept(open.client, name, place.name, id)
  }

  async #accept(
    client: ServiceBusClient,
    topic: string,
    name: string,
    id: string,
  ): Promise<HeldSession | undefined> {
    const { sessions, ended } = this.#tools
    try {
      const receiver = await client.acceptSession(topic, name, id, { ...sessionOptions })
      if (!ended.aborted) return sessions.add(receiver, topic)
      await receiver.close()
      return undefined
    } catch (error) {
      if (busCodeOf(error) === 'SessionCannotBeLocked') return undefined
      throw toBusError(error, `to lock a key of the subscription ${name}`)
    }
  }

  #topicOf(eventType: string): string {
    const { map, place } = this.#tools
    const topics = map.topicsOf(eventType)
    return topics.find(topic => place.topics.includes(topic)) ?? topics[0] ?? ''
  }
}

const toFacts = (
  event: RecordedEvent,
  { orderingKey, partition, recordedAt }: Trouble,
  topic: string,
): BusEvent => ({
  eventId: event.eventId,
  tenantId: event.tenantId,
  eventType: event.eventType,
  position: event.position,
  partition,
  orderingKey,
  recordedAt,
  topic,
  // Read when it is asked for: it may have been erased.
  get envelope() {
    return event.envelope
  },
})
