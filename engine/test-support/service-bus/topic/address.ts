import type { Message } from 'rhea'
import { BrokerFault } from '../fault.ts'
import type { MessageQueue } from '../queue/message-queue.ts'
import { DuplicateWindow } from './duplicate-window.ts'
import { Schedule } from './schedule.ts'
import type { TopicSubscription } from './subscription.ts'

export interface AddressOptions {
  /** Milliseconds in which an id counts once; undefined where repeats are not looked for. */
  readonly duplicateWindow: number | undefined
}

/** What messages are sent to: a topic with its subscriptions, or a queue. */
export class Address {
  readonly path: string
  readonly schedule = new Schedule()
  readonly subscriptions = new Map<string, TopicSubscription>()
  /** The queue itself where it is no topic. */
  readonly queue: MessageQueue | undefined
  readonly options: AddressOptions
  description: ReadonlyMap<string, string>
  /** Refuses what is sent, as if there were no room. */
  isFull = false
  readonly #now: () => number
  readonly #seen: DuplicateWindow | undefined

  constructor(
    path: string,
    now: () => number,
    options: AddressOptions,
    {
      queue,
      description = new Map(),
    }: { queue?: MessageQueue; description?: ReadonlyMap<string, string> } = {},
  ) {
    this.path = path
    this.#now = now
    this.options = options
    this.queue = queue
    this.description = description
    const { duplicateWindow } = options
    this.#seen = duplicateWindow === undefined ? undefined : new DuplicateWindow(duplicateWindow)
  }

  /** Takes messages, all or none; what is scheduled waits. */
  send(messages: readonly Message[]): void {
    if (this.isFull)
      throw new BrokerFault(
        'amqp:resource-limit-exceeded',
        `The entity '${this.path}' has reached its quota.`,
      )
    if (this.queue?.options.requiresSession && messages.some(({ group_id }) => group_id === undefined))
      throw new BrokerFault('amqp:not-allowed', `The entity '${this.path}' requires a session id.`)
    for (const message of messages) {
      const at = scheduledAt(message)
      if (!this.#isNew(message)) continue
      if (at !== undefined && at > this.#now()) this.schedule.add(message, at)
      else this.#publish(message)
    }
  }

  /** Keeps a message for later and says under which number. */
  scheduleAt(message: Message): number {
    return this.schedule.add(message, scheduledAt(message) ?? this.#now())
  }

  sweep(): void {
    for (const message of this.schedule.due(this.#now())) this.#publish(message)
    for (const queue of this.queues) queue.sweep()
  }

  get queues(): readonly MessageQueue[] {
    return this.queue ? [this.queue] : [...this.subscriptions.values()].map(({ queue }) => queue)
  }

  get nextDeadline(): number {
    return Math.min(this.schedule.nextDeadline, ...this.queues.map(({ nextDeadline }) => nextDeadline))
  }

  #publish(message: Message): void {
    if (this.queue !== undefined) this.queue.enqueue({ message })
    for (const subscription of this.subscriptions.values()) {
      const isAbleTo = !subscription.queue.options.requiresSession || message.group_id !== undefined
      if (isAbleTo && subscription.wants(message)) subscription.queue.enqueue({ message })
    }
  }

  #isNew({ message_id }: Message): boolean {
    return (
      this.#seen === undefined ||
      message_id === undefined ||
      this.#seen.isNew(String(message_id), this.#now())
    )
  }
}

function scheduledAt({ message_annotations }: Message): number | undefined {
  const at: unknown = message_annotations?.['x-opt-scheduled-enqueue-time']
  if (at === undefined || at === null) return undefined
  return at instanceof Date ? at.getTime() : Number(at)
}
