import type { EventStore } from '../../../store/index.ts'
import { logCollections, readCheckpoint } from '../tree/log-state.ts'

const page = 1_000

/**
 * Goes through all checkpoints that were published of a log, the newest first, each of which names the one before it.
 * Gives the size of the newest one that is gone; undefined where all are there. Those of older versions name none.
 */
export async function missingCheckpoint(
  store: EventStore,
  tenantId: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  let expected: number | undefined
  for (let after: string | undefined; ; ) {
    signal?.throwIfAborted()
    const options = { limit: page, ...(after === undefined ? {} : { after }) }
    const found = await store.documents({ tenantId }, logCollections.checkpoint, options)
    for (const { value } of found) {
      const { size, before } = readCheckpoint(value)
      if (expected !== undefined && size !== expected) return expected
      expected = before
    }
    if (found.length < page) return expected === 0 ? undefined : expected
    after = found.at(-1)?.id
  }
}
