import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus'
import type { EventStore, Scope } from '../../../store/index.ts'
import type { ReceiverSpec } from '../../port-types.ts'
import type { Attempt, DeadLetterReason } from '../../record/attempt.ts'
import { deadLetterCollection, troubleId, waitingCollection } from '../../record/collections.ts'
import { deadLetterChange } from '../../record/trouble.ts'
import type { OpenClient } from '../client/open-client.ts'
import { property } from '../message/properties.ts'
import type { BusEvent } from '../message/read-message.ts'
import { readMessage } from '../message/read-message.ts'
import type { BusSettings } from '../service-bus-options.ts'
import type { SubscriptionPlace } from '../topology/subscription-place.ts'
import type { Effects } from './effects.ts'

export interface SweepTools {
  readonly store: EventStore
  readonly scope: Scope
  readonly spec: ReceiverSpec
  readonly partition: number
  readonly settings: BusSettings
  readonly place: SubscriptionPlace
  readonly open: OpenClient
  readonly after: number
  readonly effects: Effects
  readonly ended: AbortSignal
}

/** Messages that one look takes; the next look goes on. */
const mostAtOnce = 200

/**
 * Keeps the broker's dead letters and those of the store alike: what the broker has given up by itself gets a record, and
 * the copy of what was replayed or discarded is taken away.
 */
export class DeadLetterSweep {
  readonly #tools: SweepTools
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor(tools: SweepTools) {
    this.#tools = tools
  }

  async run(): Promise<void> {
    const { settings, place } = this.#tools
    const now = settings.alarm.now()
    if (now - this.#sweptAt < settings.sweepEvery) return
    this.#sweptAt = now
    for (const topic of place.topics) await this.#sweepTopic(`${settings.topicPrefix}${topic}`)
  }

  async #sweepTopic(topic: string): Promise<void> {
    const { open, place, ended } = this.#tools
    const options = {
      subQueueType: 'deadLetter',
      skipParsingBodyAsJson: true,
      maxAutoLockRenewalDurationInMs: 0,
    } as const
    const receiver = open.client.createReceiver(topic, place.name, options)
    try {
      // Looked at first: to receive is to lock, and most of the time there is nothing to be done.
      const seen = await receiver.peekMessages(1)
      if (seen.length === 0 || ended.aborted) return
      const messages = await receiver.receiveMessages(mostAtOnce, { maxWaitTimeInMs: 1_000 })
      for (const message of messages) await this.#settle(receiver, message)
    } finally {
      await receiver.close()
    }
  }

  async #settle(receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage): Promise<void> {
    const facts = readMessage(message)
    const isOurs = facts !== undefined && facts.partition === this.#tools.partition
    if (!isOurs || (await this.#isKept(facts))) await receiver.abandonMessage(message)
    else if (await this.#isNew(facts, message)) {
      await this.#record(facts, message)
      await receiver.abandonMessage(message)
    } else await receiver.completeMessage(message)
  }

  async #isKept({ tenantId, partition, position }: BusEvent): Promise<boolean> {
    const { store, spec } = this.#tools
    const id = troubleId({ partition, position })
    return (await store.document(tenantId, deadLetterCollection(spec.subscription), id)) !== undefined
  }

  /** Whether the broker itself gave it up, before anybody had handled it. */
  async #isNew(
    { tenantId, eventId, position }: BusEvent,
    { applicationProperties }: ServiceBusReceivedMessage,
  ): Promise<boolean> {
    if (applicationProperties?.[property.setAside] === true || position <= this.#tools.after) return false
    return !(await this.#tools.effects.inbox.has(tenantId, eventId))
  }

  async #record(facts: BusEvent, message: ServiceBusReceivedMessage): Promise<void> {
    const { store, scope, spec, settings, effects } = this.#tools
    const { tenantId, eventId, eventType, orderingKey, recordedAt, partition, position } = facts
    const at = settings.alarm.now()
    const place = { partition, position }
    const trouble = {
      ...place,
      tenantId,
      eventId,
      eventType,
      orderingKey,
      recordedAt,
      edits: [],
      attempts: [attemptOf(message, at)],
    }
    const letter = deadLetterChange(
      spec.subscription,
      trouble,
      { reason: reasonOf(message), setAsideAt: at },
      0,
    )
    const waiting = {
      tenantId,
      collection: waitingCollection(spec.subscription, partition),
      id: troubleId(place),
    }
    const [claim] = effects.inbox.claim(tenantId, eventId).documents ?? []
    if (claim === undefined) return
    const { due: _, ...lasting } = claim
    await store.commit({ scope, documents: [letter, lasting, waiting] })
  }
}

/** What the broker says of a message, as a try that failed. */
function attemptOf(
  { deadLetterReason, deadLetterErrorDescription }: ServiceBusReceivedMessage,
  at: number,
): Attempt {
  const name = (deadLetterReason ?? 'DeadLettered').slice(0, 128)
  return {
    at,
    name,
    message: (deadLetterErrorDescription ?? name).slice(0, 1_000),
    fingerprint: `service-bus/${name}`,
  }
}

const reasonOf = ({ deadLetterReason }: ServiceBusReceivedMessage): DeadLetterReason =>
  deadLetterReason === 'TTLExpiredException' ? 'expired' : 'exhausted'
