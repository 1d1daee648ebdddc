import { KeelsonError } from '../../../core/index.ts'
import type { EventStore } from '../../../store/index.ts'
import type { ReceiverSpec } from '../../port-types.ts'
import { partitionOf, scopeOf } from '../../receiver/read-event.ts'
import type { TopologyDifference, TransportTopology } from '../../topology.ts'
import { announceStart } from '../receive/start-record.ts'
import type { BusSettings } from '../service-bus-options.ts'
import { BrokerEntities, mend } from './broker-entities.ts'
import { subscriptionPlace } from './subscription-place.ts'
import type { TopicMap } from './topic-plan.ts'

/**
 * The topics of the plan, and the subscriptions that are named; what the namespace has beside them on these topics is told
 * of and left alone.
 *
 * @throws KeelsonError `transport_unsupported` where no administration client was given.
 */
export function createServiceBusTopology(
  store: EventStore,
  settings: BusSettings,
  map: TopicMap,
  specs: readonly ReceiverSpec[],
): TransportTopology {
  const { administration } = settings
  if (administration === undefined)
    throw new KeelsonError(
      'transport_unsupported',
      'Topics are made and compared with an administration client: give `administration`',
    )
  const entities = new BrokerEntities(administration, settings)
  const { shards } = store.capabilities
  const parts = specs.flatMap(spec =>
    Array.from({ length: spec.tenantId === undefined ? shards : 1 }, (_, at) => ({
      spec: { ...spec, partition: at },
      partition: partitionOf(store, { ...spec, partition: at }),
    })),
  )
  const places = parts.map(({ spec, partition }) => subscriptionPlace(spec, partition, shards, settings, map))
  const topicsFirst = async (signal: AbortSignal) =>
    (await Promise.all(map.names.map(topic => entities.topic(topic, signal)))).flat()
  const subscriptions = async (signal: AbortSignal) => {
    const wanted = places.flatMap(place =>
      place.topics.map(topic => entities.subscription(topic, place, signal)),
    )
    const others = map.names.map(topic =>
      entities.strangers(
        topic,
        new Set(places.filter(({ topics }) => topics.includes(topic)).map(({ name }) => name)),
        signal,
      ),
    )
    return (await Promise.all([...wanted, ...others])).flat()
  }
  return {
    async diff(signal) {
      const work = [...(await topicsFirst(signal)), ...(await subscriptions(signal))]
      return work.map(({ difference }) => difference)
    },
    async apply(signal): Promise<readonly TopologyDifference[]> {
      const left = [...(await mend(await topicsFirst(signal)))]
      left.push(...(await mend(await subscriptions(signal))))
      // What is recorded from now on comes from the broker, whenever a subscription first runs.
      for (const { spec, partition } of parts)
        await announceStart(store, spec.subscription, scopeOf(store, spec), partition)
      return left
    },
  }
}
