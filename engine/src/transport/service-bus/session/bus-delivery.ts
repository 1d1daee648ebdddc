import type { ServiceBusReceivedMessage } from '@azure/service-bus'
import type { Envelope } from '../../../core/index.ts'
import type { Delivery } from '../../port.ts'
import type { Attempt } from '../../record/attempt.ts'
import type { ReplayedLetter, Trouble } from '../../record/trouble.ts'
import type { BusEvent } from '../message/read-message.ts'
import type { KeyHold } from './key-hold.ts'

/** What the store keeps of an event that waits for another try. */
export interface KeptTrouble {
  readonly trouble: Trouble
  readonly dueAt: number
  readonly revision: number
}

/** An event in hand: within a session of the broker, and with its message where it has not been set aside before. */
export class BusDelivery implements Delivery {
  readonly facts: BusEvent
  readonly session: KeyHold
  /** Undefined for what was given back from the dead letters. */
  readonly message: ServiceBusReceivedMessage | undefined
  readonly kept: KeptTrouble | undefined

  constructor(
    facts: BusEvent,
    session: KeyHold,
    message: ServiceBusReceivedMessage | undefined,
    kept: KeptTrouble | undefined,
  ) {
    this.facts = facts
    this.session = session
    this.message = message
    this.kept = kept
  }

  get eventId(): string {
    return this.facts.eventId
  }

  get tenantId(): string {
    return this.facts.tenantId
  }

  get eventType(): string {
    return this.facts.eventType
  }

  get position(): number {
    return this.facts.position
  }

  get orderingKey(): string | undefined {
    return this.facts.orderingKey
  }

  get recordedAt(): number {
    return this.facts.recordedAt
  }

  get attempts(): readonly Attempt[] {
    return this.kept?.trouble.attempts ?? []
  }

  get dueAt(): number | undefined {
    return this.kept?.dueAt
  }

  get replayOf(): ReplayedLetter | undefined {
    return this.kept?.trouble.replayOf
  }

  get event(): Envelope {
    const { envelope } = this.facts
    const edited = this.kept?.trouble.edited
    return edited === undefined ? envelope : { ...envelope, payload: edited.payload }
  }

  /** What is to be kept of it, after one more try where there was one. */
  troubleAfter(attempt: Attempt | undefined): Trouble {
    const attempts = attempt === undefined ? this.attempts : [...this.attempts, attempt]
    if (this.kept !== undefined) return { ...this.kept.trouble, attempts }
    const { tenantId, position, eventId, eventType, orderingKey, recordedAt } = this
    const { partition } = this.facts
    return { tenantId, partition, position, eventId, eventType, orderingKey, recordedAt, attempts, edits: [] }
  }
}
