import type { ReceiverSpec } from '../../port-types.ts'
import type { BusSettings } from '../service-bus-options.ts'
import { subscriptionEntity } from './entity-name.ts'
import { ruleText } from './subscription-rule.ts'
import type { TopicMap } from './topic-plan.ts'

/** What a partition of a subscription is on the broker: a subscription of one name on each of its topics. */
export interface SubscriptionPlace {
  /** Names of topics as the plan has them. */
  readonly topics: readonly string[]
  readonly name: string
  readonly rule: string
}

export function subscriptionPlace(
  spec: ReceiverSpec,
  partition: number,
  partitions: number,
  settings: BusSettings,
  map: TopicMap,
): SubscriptionPlace {
  const { subscription, tenantId, types, filter } = spec
  const scope = {
    partition: partitions === 1 ? undefined : partition,
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(types === undefined ? {} : { types }),
    ...(filter === undefined ? {} : { filter }),
  }
  return {
    topics: map.listening(spec),
    name: subscriptionEntity(subscription, partition, partitions),
    rule: ruleText(scope, settings.filterProperties),
  }
}
