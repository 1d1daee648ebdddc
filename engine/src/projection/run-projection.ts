import { ShardedSubscription } from '../bus/index.ts'
import { KeelsonError } from '../core/index.ts'
import type { EventStore } from '../store/index.ts'
import type { ProjectionDefinition } from './define-projection.ts'
import { checkpointName } from './define-projection.ts'

/** Makes the projection's tables and keeps them up to date until the subscription is closed. */
export async function runProjection(
  store: EventStore,
  definition: ProjectionDefinition,
  onError?: (error: unknown, attempt: number) => void,
): Promise<ShardedSubscription> {
  const { name, sql } = store.capabilities
  if (sql === 'none')
    throw new KeelsonError(
      'store_failed',
      `The projection ${definition.name} needs SQL, which the ${name} store has not`,
    )
  await store.define('sqlite' in definition.schema ? definition.schema[sql] : definition.schema)
  const subscription = new ShardedSubscription(store, {
    name: checkpointName(definition),
    handle: (events, unit) => {
      for (const event of events) definition.handle(event, unit)
    },
    ...(onError === undefined ? {} : { onError }),
  })
  await subscription.start()
  return subscription
}
