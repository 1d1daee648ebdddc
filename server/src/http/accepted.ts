import type { Catalog, RecordedEvent } from 'keelson'
import { KeelsonError, readAs } from 'keelson'
import type { View } from '../api/event-item.ts'
import { toEventItem, toListItem } from '../api/event-item.ts'
import type { EventItem } from '../api/types.ts'
import type { QueryReader } from './query.ts'

const form = /^[A-Za-z][A-Za-z0-9._:/-]{0,127}(@\d{1,4}(\.\d{1,4})?)?$/

/** The versions in which a caller wants its events, as the parameter `accepts` names them. */
export function acceptsOf(query: QueryReader): readonly string[] {
  return (
    query.list('accepts', name =>
      form.test(name)
        ? undefined
        : 'must be like SubscriptionActivated@1.0, SubscriptionActivated@1 or SubscriptionActivated',
    ) ?? []
  )
}

/** Among several events one that cannot be cast comes as it is stored, with the reason: the others are not held up. */
export function toAcceptedItem(
  event: RecordedEvent,
  view: View,
  catalog: Catalog,
  accepts: readonly string[],
): EventItem {
  if (accepts.length === 0) return toListItem(event, view)
  try {
    return toListItem(readAs(event, catalog, accepts), view)
  } catch (error) {
    if (!(error instanceof KeelsonError)) throw error
    return { ...toEventItem(event, view), unreadable: { code: error.code, detail: error.message } }
  }
}
