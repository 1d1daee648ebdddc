import type { ServiceBusMessage, ServiceBusSender as TopicSender } from '@azure/service-bus'
import { KeelsonError, toKeelsonError } from '../../../core/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
import type { Sender, SendResult } from '../../sender-port.ts'
import { toBusError } from '../client/bus-error.ts'
import type { OpenClient } from '../client/open-client.ts'
import { openClient } from '../client/open-client.ts'
import { toMessage } from '../message/to-message.ts'
import type { BusSettings } from '../service-bus-options.ts'
import type { TopicMap } from '../topology/topic-plan.ts'

/** An event's message for one topic, and which of the events it is. */
interface Outgoing {
  readonly at: number
  readonly message: ServiceBusMessage
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
  readonly #senders = new Map<string, TopicSender>()
  #open: Promise<OpenClient> | undefined
  #isClosed = false

  constructor(settings: BusSettings, topics: TopicMap, partition: number) {
    this.#settings = settings
    this.#topics = topics
    this.#partition = partition
  }

  async begin(): Promise<undefined> {
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
    const { client } = await this.#connect()
    await Promise.all(
      [...byTopic].map(async ([topic, outgoing]) => {
        const name = `${this.#settings.topicPrefix}${topic}`
        const sender = this.#senders.get(name) ?? client.createSender(name)
        this.#senders.set(name, sender)
        try {
          await sendAll(sender, outgoing, results, signal)
        } catch (error) {
          signal.throwIfAborted()
          throw toBusError(error, `to take events on the topic ${name}`)
        }
      }),
    )
    return results
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const open = this.#open
    this.#open = undefined
    await Promise.allSettled([...this.#senders.values()].map(sender => sender.close()))
    await (await open)?.close()
  }

  #connect(): Promise<OpenClient> {
    if (this.#isClosed) throw new KeelsonError('transport_unreachable', 'The sender is closed')
    this.#open ??= openClient(this.#settings.address)
    return this.#open
  }
}

/** In the order given, as many together as a message may be large. */
async function sendAll(
  sender: TopicSender,
  outgoing: readonly Outgoing[],
  results: SendResult[],
  signal: AbortSignal,
): Promise<void> {
  const options = { abortSignal: signal }
  let batch = await sender.createMessageBatch(options)
  for (const { at, message } of outgoing) {
    if (batch.tryAddMessage(message)) continue
    if (batch.count > 0) {
      await sender.sendMessages(batch, options)
      batch = await sender.createMessageBatch(options)
      if (batch.tryAddMessage(message)) continue
    }
    const error = `The event's message is larger than the ${batch.maxSizeInBytes} bytes that the broker takes`
    results[at] = { error: new KeelsonError('event_too_large', error) }
  }
  if (batch.count > 0) await sender.sendMessages(batch, options)
}
