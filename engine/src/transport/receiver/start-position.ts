import { KeelsonError, toUtc } from '../../core/index.ts'
import type { EventStore, Scope } from '../../store/index.ts'
import type { Start } from '../port-types.ts'

/**
 * Position behind which a new subscription begins.
 * @throws KeelsonError `position_unknown` where the log has not come to it.
 */
export async function startPosition(store: EventStore, scope: Scope, start: Start): Promise<number> {
  if (start === 'beginning') return 0
  if (start === 'now') return store.head(scope)
  if ('position' in start) {
    if (!Number.isSafeInteger(start.position) || start.position < 0)
      throw new KeelsonError('delivery_options_invalid', 'A subscription starts at a position from 0')
    // The log itself refuses a position that it has not come to, with `position_unknown`.
    await Array.fromAsync(store.readAll(scope, { after: start.position, limit: 1 }))
    return start.position
  }
  const time = toUtc(start.time)
  if (time === undefined)
    throw new KeelsonError('delivery_options_invalid', 'A subscription starts at a time as RFC 3339 has it')
  return firstBefore(store, scope, Date.parse(time))
}

/** Position before the first event of this time or later; found by halves, as times rise with positions. */
async function firstBefore(store: EventStore, scope: Scope, time: number): Promise<number> {
  let [low, high] = [0, await store.head(scope)]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [next] = await Array.fromAsync(
      store.readAll(scope, { after: middle, limit: 1, removed: 'include' }),
    )
    if (next === undefined || Date.parse(next.recordedAt) >= time) high = middle
    else low = next.position
  }
  return low
}
