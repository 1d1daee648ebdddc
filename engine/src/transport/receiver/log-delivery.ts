import type { Envelope } from '../../core/index.ts'
import type { RecordedEvent } from '../../store/index.ts'
import type { Delivery } from '../port.ts'
import type { Attempt } from '../record/attempt.ts'
import type { ReplayedLetter, Trouble } from '../record/trouble.ts'

/** An event of the log in hand, and what is kept about it where it did not go through. */
export class LogDelivery implements Delivery {
  readonly recorded: RecordedEvent
  readonly partition: number
  readonly orderingKey: string | undefined
  readonly dueAt: number | undefined
  /** Undefined where nothing is kept: it is done when its position is. */
  readonly trouble: Trouble | undefined
  /** Whether it is kept for its time to be delivered, and not for another try. */
  readonly isScheduled: boolean
  /** Of the document that keeps it; 0 where there is none. */
  readonly revision: number

  constructor(
    recorded: RecordedEvent,
    partition: number,
    orderingKey: string | undefined,
    kept?: {
      readonly trouble: Trouble
      readonly dueAt: number
      readonly revision: number
      readonly isScheduled?: boolean
    },
  ) {
    this.recorded = recorded
    this.partition = partition
    this.orderingKey = orderingKey
    this.trouble = kept?.trouble
    this.dueAt = kept?.dueAt
    this.isScheduled = kept?.isScheduled ?? false
    this.revision = kept?.revision ?? 0
  }

  get eventId(): string {
    return this.recorded.eventId
  }

  get tenantId(): string {
    return this.recorded.tenantId
  }

  get eventType(): string {
    return this.recorded.eventType
  }

  get position(): number {
    return this.recorded.position
  }

  get recordedAt(): number {
    return Date.parse(this.recorded.recordedAt)
  }

  get attempts(): readonly Attempt[] {
    return this.trouble?.attempts ?? []
  }

  get replayOf(): ReplayedLetter | undefined {
    return this.trouble?.replayOf
  }

  get event(): Envelope {
    const envelope = frozen(this.recorded.envelope)
    const edited = this.trouble?.edited
    return edited === undefined ? envelope : { ...envelope, payload: edited.payload }
  }

  /** What is to be kept of it, after one more try where there was one. */
  troubleAfter(attempt: Attempt | undefined): Trouble {
    const attempts = attempt === undefined ? this.attempts : [...this.attempts, attempt]
    if (this.trouble !== undefined) return { ...this.trouble, attempts }
    const { tenantId, partition, position, eventId, eventType, orderingKey, recordedAt } = this
    return { tenantId, partition, position, eventId, eventType, orderingKey, recordedAt, attempts, edits: [] }
  }
}

/** Handlers of several subscriptions have the same one: none may change it under the others' hands. */
function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
