import type { Envelope, IdSource, JsonObject } from '../../../core/index.ts'
import { completeEvent, fromBaseEvent } from '../../../core/index.ts'
import type { DeliveryOptions, DeliveryTools } from '../../delivery/index.ts'
import { DeliverySubscription } from '../../delivery/index.ts'
import { withDelivery } from '../../publish/with-delivery.ts'
import { defaultMaxHops, withHops } from '../../publish/with-hops.ts'
import type { AcceptedEvent, Carrier, RunningDelivery } from './carrier.ts'
import { crossedCopy } from './crossed-copy.ts'
import { MemoryDeadLetters } from './memory-dead-letters.ts'
import { MemoryQueue } from './memory-queue.ts'
import { memoryTransport } from './memory-receiver.ts'

type OrderingKey = NonNullable<DeliveryOptions['orderingKey']>

/**
 * Carries events to the consumers of this process, and no further: what nobody hears is gone, and so is everything with
 * the process. The place of an event in its channel is taken until every consumer is done with it.
 */
export class MemoryCarrier implements Carrier {
  readonly isDurable = false
  readonly deadLetters = new MemoryDeadLetters()
  readonly #tools: DeliveryTools
  readonly #ids: IdSource
  readonly #byChannel = new Map<string, Map<MemoryQueue, OrderingKey>>()

  constructor(tools: DeliveryTools, ids: IdSource) {
    this.#tools = tools
    this.#ids = ids
  }

  async carry(accepted: AcceptedEvent): Promise<{ readonly handled: Promise<void> | undefined }> {
    const { tenantId, event, targetTenantId } = accepted
    const envelopes = [this.#complete(tenantId, event, accepted)]
    if (targetTenantId !== undefined)
      envelopes.push(this.#complete(targetTenantId, crossedCopy(accepted, targetTenantId), accepted))
    const queues = [...(this.#byChannel.get(accepted.channel) ?? [])]
    if (queues.length === 0) return { handled: undefined }
    const now = this.#tools.alarm.now()
    const all = queues.flatMap(([queue, keyOf]) =>
      envelopes.map(envelope => queue.add(envelope, keyOf(envelope), now)),
    )
    return { handled: Promise.all(all).then(() => undefined) }
  }

  deliver(channel: string, options: DeliveryOptions): RunningDelivery {
    const queue = new MemoryQueue()
    const consumer = options.name.slice(channel.length + 1)
    const transport = memoryTransport({
      queue,
      alarm: this.#tools.alarm,
      onDeadLetter: (delivery, reason) => this.deadLetters.add(channel, consumer, delivery, reason),
    })
    const subscription = new DeliverySubscription(transport, options, this.#tools)
    const queues = this.#byChannel.get(channel) ?? new Map<MemoryQueue, OrderingKey>()
    this.#byChannel.set(channel, queues)
    queues.set(queue, options.orderingKey ?? (() => undefined))
    subscription.start()
    return {
      status: () => subscription.status(),
      close: async () => {
        queues.delete(queue)
        await subscription.close()
        queue.abandon()
      },
    }
  }

  #complete(tenantId: string, event: JsonObject, { options }: AcceptedEvent): Envelope {
    const now = this.#tools.alarm.now()
    const given = withHops(withDelivery(fromBaseEvent(event), options, now), defaultMaxHops)
    return completeEvent(given, { tenantId, ids: this.#ids, now, source: 'event-bus' }).envelope
  }
}
