import { KeelsonError, tenantIdPattern } from '../core/index.ts'
import type { EventFilter, EventStore, ReadOptions, RecordedEvent } from '../store/index.ts'

/** A place in a tenant's log, inclusive: a position, or an RFC 3339 time of recording. */
export type AsOf = { readonly position: number } | { readonly time: string }

export interface AsOfQuery {
  readonly tenantId: string
  readonly at: AsOf
  /** Only events of this stream. */
  readonly stream?: string
  readonly filter?: EventFilter
  readonly signal?: AbortSignal
}

/**
 * A tenant's events up to a place, the earliest first.
 * @throws KeelsonError `read_invalid` where the place or the tenant is none.
 */
export async function* readAsOf(store: EventStore, query: AsOfQuery): AsyncGenerator<RecordedEvent> {
  const { tenantId, at, stream, filter, signal } = query
  if (!tenantIdPattern.test(tenantId)) throw new KeelsonError('read_invalid', 'The tenant is none')
  const isPlace =
    'time' in at ? !Number.isNaN(Date.parse(at.time)) : Number.isSafeInteger(at.position) && at.position >= 0
  if (!isPlace) throw new KeelsonError('read_invalid', 'A position or an RFC 3339 time is needed')
  const options: ReadOptions = {
    ...('time' in at ? { asOf: at.time } : {}),
    ...(filter === undefined ? {} : { filter }),
    ...(signal === undefined ? {} : { signal }),
  }
  const events =
    stream === undefined ? store.readAll({ tenantId }, options) : store.readStream(tenantId, stream, options)
  for await (const event of events) {
    if ('position' in at && event.position > at.position) return
    yield event
  }
}
