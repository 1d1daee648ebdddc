import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'
import type { EventStore } from '../../store/index.ts'

const collection = 'bundle-export'
const pageSize = 1_000

/** Entries `from` to before `to`. */
export interface ExportRange {
  readonly from: number
  readonly to: number
}

/** An export that was made: a copy of events that Keelson cannot reach any more. */
export interface BundleExport extends ExportRange {
  readonly id: string
  /** When, RFC 3339. */
  readonly at: string
  /** Of the checkpoint. */
  readonly size: number
  readonly withPersonal: boolean
  /** `downloaded`, or what the folder or container is called. */
  readonly where: string
}

/** Remembered before the first event leaves, so that no copy is unknown. */
export async function recordExport(
  store: EventStore,
  tenantId: string,
  { id, at, from, to, size, withPersonal, where }: BundleExport,
): Promise<void> {
  const value: JsonObject = { at, range: [from, to], size, withPersonal, where: where.slice(0, 200) }
  await store.commit({
    scope: { tenantId },
    documents: [{ tenantId, collection, id, value, expected: 0 }],
  })
}

/** The exports that have an entry of a range, the first one first: an erasure cannot reach what they hold. */
export async function exportsCovering(
  store: EventStore,
  tenantId: string,
  range: ExportRange,
): Promise<readonly BundleExport[]> {
  const found: BundleExport[] = []
  for (let after: string | undefined; ; ) {
    const page = await store.documents(
      { tenantId },
      collection,
      after === undefined ? { limit: pageSize } : { after, limit: pageSize },
    )
    const exports = page.flatMap(({ id, value }) => toExport(id, value))
    found.push(...exports.filter(({ from, to }) => from < range.to && range.from < to))
    if (page.length < pageSize) return found
    after = page.at(-1)?.id
  }
}

function toExport(id: string, value: JsonValue): readonly BundleExport[] {
  if (!isJsonObject(value) || !Array.isArray(value['range'])) return []
  const [from, to] = value['range']
  const { at, size, withPersonal, where } = value
  return [
    {
      id,
      at: String(at),
      from: Number(from),
      to: Number(to),
      size: Number(size),
      withPersonal: withPersonal === true,
      where: String(where),
    },
  ]
}
