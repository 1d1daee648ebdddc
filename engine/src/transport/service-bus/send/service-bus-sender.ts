import type {
  ServiceBusMessage,
  ServiceBusMessageBatch,
  ServiceBusSender as TopicSender,
} from '@azure/service-bus'
import { KeelsonError, toKeelsonError } from '../../../core/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
import type { Sender, SendResult } from '../../sender-port.ts'
import { toBusError } from '../client/bus-error.ts'
import { inTime } from '../client/in-time.ts'
import type { OpenClient } from '../client/open-client.ts'
import { openClient } from '../client/open-client.ts'
import { toMessage } from '../message/to-message.ts'
import type { BusSettings } from '../service-bus-options.ts'
import type { TopicMark } from '../topology/topic-mark.ts'
import type { TopicMap } from '../topology/topic-plan.ts'

/** An event's message for one topic, and which of the events it is. */
interface Outgoing {
  readonly at: number
  readonly message: ServiceBusMessage
}

/** To a topic. */
interface Way {
  readonly sender: TopicSender
  readonly signal: AbortSignal
  readonly patience: number
}

const sent: SendResult = { duplicate: false }

/**
 * Sends the events of a partition to their topics in batches. The broker drops repeats without a word, so none is ever
 * told of, and it does not know what it has: the relay's checkpoint says where to begin.
 */
export class ServiceBusSender implements Sender {
  readonly #settings: BusSettings
  readonly #topics: TopicMap
  readonly #partition: number
  readonly #mark: TopicMark
  readonly #senders = new Map<string, TopicSender>()
  /** Topics that are this log's. */
  readonly #held = new Set<string>()
  #open: Promise<OpenClient> | undefined
  #isClosed = false

  constructor(
    settings: BusSettings,
    topics: TopicMap,
    { partition, mark }: { readonly partition: number; readonly mark: TopicMark },
  ) {
    this.#settings = settings
    this.#topics = topics
    this.#partition = partition
    this.#mark = mark
  }

  async begin(): Promise<undefined> {
    // Somebody may have deleted a topic, and somebody else have made it.
    this.#held.clear()
    await this.#connect()
  }

  async send(events: readonly RecordedEvent[], signal: AbortSignal): Promise<readonly SendResult[]> {
    const results: SendResult[] = events.map(() => sent)
    const byTopic = new Map<string, Outgoing[]>()
    for (const [at, event] of events.entries()) {
      try {
        for (const topic of this.#topics.topicsOf(event.eventType)) {
          const outgoing = { at, message: toMessage(event, topic, this.#partition, this.#settings) }
          const others = byTopic.get(topic)
          if (others === undefined) byTopic.set(topic, [outgoing])
          else others.push(outgoing)
        }
      } catch (error) {
        // What was erased has no content to send.
        results[at] = { error: toKeelsonError(error) }
      }
    }
    const open = this.#connect()
    const { client } = await open
    await this.#hold([...byTopic.keys()], signal)
    await Promise.all(
      [...byTopic].map(async ([topic, outgoing]) => {
        const name = `${this.#settings.topicPrefix}${topic}`
        const sender = this.#senders.get(name) ?? client.createSender(name)
        this.#senders.set(name, sender)
        try {
          await sendAll({ sender, signal, patience: this.#settings.patience }, outgoing, results)
        } catch (error) {
          signal.throwIfAborted()
          const fault = toBusError(error, `to take events on the topic ${name}`)
          if (fault.code === 'transport_unreachable') this.#forget(open)
          throw fault
        }
      }),
    )
    return results
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const open = this.#open
    this.#open = undefined
    const closing = [...this.#senders.values()].map(sender => sender.close())
    const never = new AbortController().signal
    await inTime(this.#settings.patience, never, () => Promise.allSettled(closing)).catch(() => undefined)
    await (await open)?.close()
  }

  /** The next try goes over another line: of one that broke it is not known what still waits on it. */
  #forget(open: Promise<OpenClient>): void {
    if (this.#open !== open) return
    this.#open = undefined
    for (const sender of this.#senders.values()) sender.close().catch(() => undefined)
    this.#senders.clear()
    open.then(({ close }) => close()).catch(() => undefined)
  }

  async #hold(topics: readonly string[], signal: AbortSignal): Promise<void> {
    const fresh = topics.filter(topic => !this.#held.has(topic))
    await Promise.all(
      fresh.map(async topic => {
        if (await this.#mark.hold(topic, signal)) this.#held.add(topic)
      }),
    )
  }

  #connect(): Promise<OpenClient> {
    if (this.#isClosed) throw new KeelsonError('transport_unreachable', 'The sender is closed')
    this.#open ??= openClient(this.#settings)
    return this.#open
  }
}

/** In the order given, as many together as a message may be large. */
async function sendAll(
  { sender, signal, patience }: Way,
  outgoing: readonly Outgoing[],
  results: SendResult[],
): Promise<void> {
  const toBatch = () => inTime(patience, signal, abortSignal => sender.createMessageBatch({ abortSignal }))
  const send = (full: ServiceBusMessageBatch) =>
    inTime(patience, signal, abortSignal => sender.sendMessages(full, { abortSignal }))
  let batch = await toBatch()
  for (const { at, message } of outgoing) {
    if (batch.tryAddMessage(message)) continue
    if (batch.count > 0) {
      await send(batch)
      batch = await toBatch()
      if (batch.tryAddMessage(message)) continue
    }
    const error = `The event's message is larger than the ${batch.maxSizeInBytes} bytes that the broker takes`
    results[at] = { error: new KeelsonError('event_too_large', error) }
  }
  if (batch.count > 0) await send(batch)
}
