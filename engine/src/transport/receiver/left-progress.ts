import type { EventStore } from '../../store/index.ts'
import type { ReceiverSpec } from '../port-types.ts'
import type { ProgressSnapshot } from './owner/progress.ts'
import { Progress } from './owner/progress.ts'
import { matches, scopeOf, shelfKeyOf, storeFilterOf } from './read-event.ts'
import type { InHand } from './receiver-status.ts'

/** Events behind keys that wait, or of tenants that were left behind, that are looked at. */
const mostLooked = 5_000

/**
 * What an owner would have in hand that went on where the last one left off. Exact where no more than 5,000 events are
 * to be looked at for it; of those behind them, what the last owner named one by one counts. Undefined where it left
 * nothing done above the position.
 */
export async function leftInHand(
  store: EventStore,
  spec: ReceiverSpec,
  position: number,
  left: ProgressSnapshot | undefined,
): Promise<InHand | undefined> {
  if (left === undefined || left.high <= position) return undefined
  const { high, open, deferred = [], shelved = [] } = left
  const from = Math.min(...shelved.map(([, first]) => first - 1), ...deferred.map(([, after]) => after))
  const unlooked = (isUnlooked: (at: number) => boolean) =>
    open.filter(at => at > position && isUnlooked(at)).length
  if (from >= high) return { high, open: unlooked(() => true) }
  const progress = new Progress(position, left)
  const after = Math.max(position, from)
  let last = high
  let [found, looked] = [0, 0]
  const of = { after, limit: mostLooked, filter: storeFilterOf(spec) }
  for await (const event of store.readAll(scopeOf(store, spec), of)) {
    if (event.position > high) break
    looked += 1
    if (looked === mostLooked) last = event.position
    const isDone = progress.isDone(event.position, event.tenantId, () => shelfKeyOf(event, spec))
    if (!isDone && matches(event, spec)) found += 1
  }
  return { high, open: found + unlooked(at => at <= after || at > last) }
}
