import type { EventStore } from '../../../store/index.ts'
import type { BundleExport, ExportRange } from '../../record/bundle-exports.ts'
import { exportsCovering } from '../../record/bundle-exports.ts'
import { keyGroups, mergeReads } from '../subject-reads.ts'

/** A copy that somebody took away, which no removal reaches: whoever has it is to delete it by hand. */
export type OutOfReach = Pick<BundleExport, 'id' | 'at' | 'from' | 'to' | 'withPersonal' | 'where'>

const toOutOfReach = ({ id, at, from, to, withPersonal, where }: BundleExport): OutOfReach => ({
  id,
  at,
  from,
  to,
  withPersonal,
  where,
})

/** Exports with personal fields that have an entry in which one of the keys sealed something, the first one first. */
export async function exportsOfKeys(
  store: EventStore,
  tenantId: string,
  kids: readonly string[],
): Promise<readonly OutOfReach[]> {
  const range = await rangeOf(store, tenantId, kids)
  if (range === undefined) return []
  const covering = await exportsCovering(store, tenantId, range)
  const exports = covering.filter(({ withPersonal }) => withPersonal)
  if (exports.length === 0) return []
  const entries = await entriesOf(store, tenantId, kids)
  return exports.filter(one => hasEntry(entries, one)).map(toOutOfReach)
}

/** Whether a range has one of these entries, which rise. */
function hasEntry(entries: readonly number[], { from, to }: ExportRange): boolean {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle] as number) < from) low = middle + 1
    else high = middle
  }
  return (entries[low] ?? to) < to
}

/** Exports that have an entry as it was. */
export async function exportsOfEntry(
  store: EventStore,
  tenantId: string,
  n: number,
): Promise<readonly OutOfReach[]> {
  return (await exportsCovering(store, tenantId, { from: n, to: n + 1 })).map(toOutOfReach)
}

/** From the first entry that has something of the keys to behind the last one. */
async function rangeOf(
  store: EventStore,
  tenantId: string,
  kids: readonly string[],
): Promise<ExportRange | undefined> {
  const sequences: number[] = []
  for (const subjectKeys of keyGroups(kids))
    for (const direction of ['forwards', 'backwards'] as const) {
      const options = { filter: { subjectKeys }, removed: 'include', limit: 1, direction } as const
      for await (const { sequence } of store.readAll({ tenantId }, options)) sequences.push(sequence)
    }
  if (sequences.length === 0) return undefined
  return { from: Math.min(...sequences), to: Math.max(...sequences) + 1 }
}

/** Every entry that has something of the keys, in ascending order. */
async function entriesOf(
  store: EventStore,
  tenantId: string,
  kids: readonly string[],
): Promise<readonly number[]> {
  const reads = keyGroups(kids).map(subjectKeys =>
    store.readAll({ tenantId }, { filter: { subjectKeys }, removed: 'include' }),
  )
  const entries: number[] = []
  for await (const { sequence } of mergeReads(reads)) entries.push(sequence)
  return entries
}
