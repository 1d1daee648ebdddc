import type { EventStore } from '../../../store/index.ts'
import type { BundleExport, ExportRange } from '../../bundle/bundle-exports.ts'
import { exportsCovering } from '../../bundle/bundle-exports.ts'
import { keyGroups } from '../subject-reads.ts'

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
  const exports = await exportsCovering(store, tenantId, range)
  return exports.filter(({ withPersonal }) => withPersonal).map(toOutOfReach)
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
