import type { EventStore } from 'keelson'
import type { RememberedHead } from 'keelson/notary'
import { createHeadFile, recordedHeads } from 'keelson/notary'

interface RememberedHeads {
  readonly heads: ReadonlyMap<string, RememberedHead>
  /** Lines of the file that cannot be understood. */
  readonly faults: number
}

/** What the file and the platform's own log have of the logs' heads; of one log the longer one. */
export async function rememberedHeads(store: EventStore, file: string): Promise<RememberedHeads> {
  const { heads: kept, faults } = await createHeadFile(file).load()
  const heads = new Map(kept)
  for (const [id, head] of await recordedHeads(store))
    if ((heads.get(id)?.size ?? -1) < head.size) heads.set(id, head)
  return { heads, faults }
}
