import type { ServiceBusReceivedMessage } from '@azure/service-bus'
import type { EventStore } from '../../../store/index.ts'
import { messageOf } from '../../filter/message/envelope-message.ts'
import type { ReceiverSpec } from '../../port-types.ts'
import type { ParkedKeys } from '../../receiver/parked-keys.ts'
import { troubleId, waitingCollection } from '../../record/collections.ts'
import { readTrouble } from '../../record/trouble.ts'
import type { BusEvent } from '../message/read-message.ts'
import { readMessage } from '../message/read-message.ts'
import type { Effects } from '../settle/effects.ts'
import type { TopicMap } from '../topology/topic-plan.ts'
import { isCounted } from '../topology/topic-plan.ts'
import type { KeptTrouble } from './bus-delivery.ts'
import { BusDelivery } from './bus-delivery.ts'
import type { Admission, HeldSession } from './held-session.ts'

export interface AdmissionTools {
  readonly store: EventStore
  readonly spec: ReceiverSpec
  readonly partition: number
  readonly map: TopicMap
  readonly listening: readonly string[]
  /** Only what stands behind it comes from the broker. */
  readonly after: number
  readonly effects: Effects
  readonly parked: ParkedKeys
  readonly isInHand: (id: string) => boolean
}

/** Decides what a message that has arrived is to this subscription. */
export class AdmissionDesk {
  readonly #tools: AdmissionTools
  /** Sessions whose key was looked up among those that stand still. */
  readonly #known = new WeakSet<HeldSession>()

  constructor(tools: AdmissionTools) {
    this.#tools = tools
  }

  async admit(message: ServiceBusReceivedMessage, session: HeldSession): Promise<Admission> {
    const facts = readMessage(message)
    if (facts === undefined) return 'foreign'
    const { after, partition, effects, isInHand } = this.#tools
    if (facts.partition !== partition || facts.position <= after || !this.#isWanted(facts)) return 'done'
    const [isClaimed, kept] = await Promise.all([
      effects.inbox.has(facts.tenantId, facts.eventId),
      this.#kept(facts),
      this.#learnKey(facts, session),
    ])
    // A second copy of what is in hand: the broker's window for repeats was too short.
    if (isClaimed || isInHand(troubleId(facts))) return 'done'
    return new BusDelivery(facts, session, message, kept)
  }

  /** Asks everything that a rule of the broker may have left out. */
  #isWanted(facts: BusEvent): boolean {
    const { spec, map, listening } = this.#tools
    const { tenantId, types, filter } = spec
    if (tenantId !== undefined && tenantId !== facts.tenantId) return false
    if (types !== undefined && !types.includes(facts.eventType)) return false
    if (!isCounted(map, facts.eventType, facts.topic, listening)) return false
    const { orderingKey } = facts
    return (
      filter?.matches(messageOf(facts.envelope, orderingKey === undefined ? {} : { orderingKey })) ?? true
    )
  }

  async #kept(facts: BusEvent): Promise<KeptTrouble | undefined> {
    const { store, spec } = this.#tools
    const collection = waitingCollection(spec.subscription, facts.partition)
    const found = await store.document(facts.tenantId, collection, troubleId(facts))
    const trouble = found && readTrouble(found)
    return trouble && { trouble, dueAt: found.due ?? 0, revision: found.revision }
  }

  /** Another process may have parked the key when it had the session. */
  async #learnKey({ tenantId, orderingKey }: BusEvent, session: HeldSession): Promise<void> {
    const { parked } = this.#tools
    if (orderingKey === undefined || this.#known.has(session)) return
    this.#known.add(session)
    if (!parked.has(tenantId, orderingKey)) await parked.look([[tenantId, orderingKey]])
  }
}
