import type { EventStore } from '../../../store/index.ts'
import { logCollections, readCheckpoint } from '../tree/log-state.ts'

const page = 1_000

/**
 * Goes through all checkpoints that were published of a log, the newest first, each of which names the one before it.
 * Gives how many there are, and the size of the newest one that is gone. Those of older versions name none.
 */
export async function walkCheckpoints(
  store: EventStore,
  tenantId: string,
  signal?: AbortSignal,
): Promise<{ readonly count: number; readonly missing: number | undefined }> {
  let expected: number | undefined
  let missing: number | undefined
  let count = 0
  for (let after: string | undefined; ; ) {
    signal?.throwIfAborted()
    const options = { limit: page, ...(after === undefined ? {} : { after }) }
    const found = await store.documents({ tenantId }, logCollections.checkpoint, options)
    for (const { value } of found) {
      const { size, before } = readCheckpoint(value)
      if (expected !== undefined && size !== expected) missing ??= expected
      expected = before
      count += 1
    }
    if (found.length < page) return { count, missing: missing ?? (expected === 0 ? undefined : expected) }
    after = found.at(-1)?.id
  }
}
