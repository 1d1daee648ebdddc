import { KeelsonError } from '../../core/index.ts'
import type { EventStore } from '../../store/index.ts'
import type { Transport } from '../port.ts'
import type { ReceiverSpec } from '../port-types.ts'
import { checkSubscriptionName } from '../record/collections.ts'
import type { TransportTopology } from '../topology.ts'
import { ServiceBusReceiver } from './receive/service-bus-receiver.ts'
import { ServiceBusSender } from './send/service-bus-sender.ts'
import type { ServiceBusTransportOptions } from './service-bus-options.ts'
import { checkBusOptions } from './service-bus-options.ts'
import { createServiceBusTopology } from './topology/service-bus-topology.ts'
import { TopicMark } from './topology/topic-mark.ts'
import { createTopicMap } from './topology/topic-plan.ts'

export interface ServiceBusTransport extends Transport {
  /** Topics, and a subscription for each of these, as they should be. @throws KeelsonError `transport_unsupported`. */
  topology(subscriptions: readonly ReceiverSpec[]): TransportTopology
  /**
   * Takes the topics that are there for this log; the others are taken when they are first used.
   *
   * @throws KeelsonError `transport_taken` where one of them is another log's; as the namespace fails.
   */
  claim(): Promise<void>
}

/**
 * The transport over Azure Service Bus: a relay sends the log to topics, and each subscription receives from there, key by
 * key, in as many processes as take part. Units, retries, dead letters and claims are in the store.
 *
 * @throws KeelsonError `delivery_options_invalid` with every fault.
 */
export function createServiceBusTransport(
  store: EventStore,
  options: ServiceBusTransportOptions,
): ServiceBusTransport {
  const settings = checkBusOptions(options)
  const map = createTopicMap(settings.topics)
  const { shards, sql } = store.capabilities
  const mark = new TopicMark(store, settings)
  let receivers = 0
  return {
    capabilities: {
      name: 'service-bus',
      order: 'native',
      orderingKeys: 'refused',
      duplicates: 'native',
      schedule: 'native',
      ttl: 'native',
      filters: 'native',
      deadLetters: 'native',
      // Which session comes next is the broker's choice.
      fairness: 'refused',
      // Each key has an owner, by its session; a partition has as many as take part.
      leases: 'refused',
      partitions: shards,
      sql,
    },
    send: partition => new ServiceBusSender(settings, map, { partition, mark }),
    async claim() {
      await Promise.all(map.names.map(topic => mark.hold(topic)))
    },
    async close() {},
    topology: subscriptions => createServiceBusTopology(store, settings, map, subscriptions),
    receive(spec) {
      checkSubscriptionName(spec.subscription)
      if (spec.orderingKey !== undefined && spec.orderingKey !== settings.orderingKey)
        throw new KeelsonError(
          'transport_unsupported',
          'On Service Bus the ordering key is the session that an event is sent with: give the same function as `orderingKey` of the transport, or leave it out',
        )
      receivers += 1
      return new ServiceBusReceiver(store, spec, settings, {
        map,
        mark,
        owner: `${settings.owner}/${receivers}`,
      })
    },
  }
}
