import type { EventStore } from '../store/index.ts'
import type { ProjectionDefinition } from './define-projection.ts'

/** Removes what the projection's tables have of a tenant; goes on where an earlier call was cut off. */
export async function forgetTenant(
  store: EventStore,
  definition: ProjectionDefinition,
  tenantId: string,
  signal?: AbortSignal,
): Promise<void> {
  const { sql } = store.capabilities
  if (sql === 'none' || definition.forget === undefined) return
  const { left, step } = definition.forget(tenantId, sql)
  const scope = { tenantId }
  while ((await store.query(scope, left.sql, left.params)).length > 0) {
    signal?.throwIfAborted()
    await store.commit({ scope, statements: step })
  }
}
