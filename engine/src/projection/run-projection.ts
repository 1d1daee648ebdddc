import { Subscription } from '../bus/index.ts'
import type { EventStore } from '../store/index.ts'
import type { ProjectionDefinition } from './define-projection.ts'
import { checkpointName } from './define-projection.ts'

/** Makes the projection's tables and keeps them up to date until the subscription is closed. */
export async function runProjection(
  store: EventStore,
  definition: ProjectionDefinition,
  onError?: (error: unknown, attempt: number) => void,
): Promise<Subscription> {
  await store.commit({ statements: definition.schema.map(sql => ({ sql, params: [] })) })
  const subscription = new Subscription(store, {
    name: checkpointName(definition),
    handle: (events, unit) => {
      for (const event of events) definition.handle(event, unit)
    },
    ...(onError === undefined ? {} : { onError }),
  })
  await subscription.start()
  return subscription
}
