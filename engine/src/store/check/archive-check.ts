import { commitBody } from '../../proof/index.ts'
import type { BlobStore } from '../blob/port.ts'
import type { Segment } from '../lifecycle/archive/segment.ts'
import { segmentCollection, segmentOf } from '../lifecycle/archive/segment.ts'
import type { SegmentContent } from '../lifecycle/archive/segment-content.ts'
import { decodeSegment } from '../lifecycle/archive/segment-content.ts'
import { shardOf } from '../names.ts'
import type { DocumentRow } from '../transfer/rows.ts'
import { bodyNumbers } from '../transfer/rows.ts'
import { parseLeaf } from './event-check.ts'
import type { Findings } from './fault.ts'
import type { StoreInspection } from './inspection.ts'

/** Holds archived bodies to the archive, both ways: each segment is what was written, and each body is in one. */
export async function checkArchive(
  store: StoreInspection,
  blobs: BlobStore,
  findings: Findings,
): Promise<void> {
  const found = Array.from({ length: store.shards }, () => 0)
  for await (const page of store.scan('document'))
    for (const row of page) {
      if (row.collection !== segmentCollection) continue
      const segment = segmentOf(toDocument(row))
      const shard = shardOf(segment.tenantId, store.shards)
      found[shard] = (found[shard] ?? 0) + (await checkSegment(store, shard, blobs, segment, findings))
    }
  for (const [shard, events] of found.entries()) {
    const archived = (await store.bodyCounts(shard)).get(bodyNumbers.archived) ?? 0
    if (archived > events)
      findings.add('archive-incomplete', {
        shard,
        problem: `${archived - events} of ${archived} archived bodies are in no sound segment`,
      })
  }
}

/** How many archived events have their content in the segment. */
async function checkSegment(
  store: StoreInspection,
  shard: number,
  blobs: BlobStore,
  segment: Segment,
  findings: Findings,
): Promise<number> {
  const where = { shard, tenant: segment.tenantId }
  const name = `the blob ${segment.blob} of the stream "${segment.stream}"`
  const damaged = (problem: string) =>
    findings.add('archive-damaged', { ...where, problem: `${name}: ${problem}` })
  const bytes = await blobs.get(segment.blob)
  if (bytes === undefined) {
    findings.add('archive-missing', { ...where, problem: `${name} is not there` })
    return 0
  }
  let content: SegmentContent
  try {
    content = await decodeSegment({ bytes, hash: segment.hash })
  } catch (error) {
    damaged((error as Error).message)
    return 0
  }
  const rows = await store.events(
    shard,
    content.events.map(({ position }) => position),
  )
  const byPosition = new Map(rows.map(row => [row.position, row]))
  let found = 0
  for (const { position, eventId, body, blind } of content.events) {
    const row = byPosition.get(position)
    if (row?.state !== bodyNumbers.archived) continue
    const leaf = parseLeaf(row.leaf)
    if (leaf?.id === eventId && leaf.body === commitBody(body, Buffer.from(blind, 'base64url'))) found += 1
    else damaged(`the body for position ${position} is not the one that its leaf commits to`)
  }
  return found
}

const toDocument = ({ tenant, value, due, ...row }: DocumentRow) => ({
  ...row,
  tenantId: tenant,
  due: due ?? undefined,
  value: JSON.parse(value),
})
