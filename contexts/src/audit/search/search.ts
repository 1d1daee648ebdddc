import type { EventStore } from 'keelson'
import type { AuditFilter, Selected } from './filter.ts'
import { ask } from './selection.ts'

/** Which page of what was found. */
export type SearchPage = Selected

/** Positions of the tenant's matching events in the order asked for; one more than `limit` where there are more. */
export async function searchEvents(
  store: EventStore,
  tenantId: string,
  filter: AuditFilter,
  page: SearchPage,
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const selected = { ...page, limit: page.limit + 1 }
  const rows = await ask(store, ['position'], tenantId, filter, selected, signal)
  return rows.map(row => row[0] as number)
}
