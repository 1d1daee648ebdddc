import type { Document, EventStore } from '../../../../store/index.ts'
import type { CheckpointState } from '../../tree/log-state.ts'
import { checkpointSize, logCollections, readCheckpoint } from '../../tree/log-state.ts'

const page = 1_000
/** Checkpoints of which one is to be readable. */
const mostTried = 10

/** What is there of a log's checkpoints. */
export interface KeptCheckpoints {
  readonly count: number
  /** Size of the newest one that is gone, and of the newest one that cannot be read. */
  readonly missing: number | undefined
  readonly unreadable: number | undefined
}

/** The newest checkpoint of those kept that can be read; looked for where nothing leads to it. */
export async function newestReadable(
  store: EventStore,
  tenantId: string,
): Promise<CheckpointState | undefined> {
  const found = await store.documents({ tenantId }, logCollections.checkpoint, { limit: mostTried })
  return found.map(readKept).find(one => one !== undefined)
}

function readKept({ value }: Document): CheckpointState | undefined {
  try {
    return readCheckpoint(value)
  } catch {
    return undefined
  }
}

/** What is wrong with them, in words. */
export function checkpointFaults({ missing, unreadable }: KeptCheckpoints): readonly string[] {
  return [
    ...(missing === undefined ? [] : [`The checkpoint of ${missing} leaves is gone`]),
    ...(unreadable === undefined ? [] : [`The checkpoint of ${unreadable} leaves cannot be read`]),
  ]
}

/**
 * Goes through all checkpoints that were published of a log, the newest first, each of which names the one before it.
 * Those of older
 * versions name none.
 */
export async function walkCheckpoints(
  store: EventStore,
  tenantId: string,
  signal?: AbortSignal,
): Promise<KeptCheckpoints> {
  let expected: number | undefined
  let missing: number | undefined
  let unreadable: number | undefined
  let count = 0
  for (let after: string | undefined; ; ) {
    signal?.throwIfAborted()
    const options = { limit: page, ...(after === undefined ? {} : { after }) }
    const found = await store.documents({ tenantId }, logCollections.checkpoint, options)
    for (const document of found) {
      const kept = readKept(document)
      const { size, before } = kept ?? { size: checkpointSize(document.id), before: undefined }
      if (kept === undefined) unreadable ??= size
      if (expected !== undefined && size !== expected) missing ??= expected
      expected = before
      count += 1
    }
    if (found.length < page)
      return { count, missing: missing ?? (expected === 0 ? undefined : expected), unreadable }
    after = found.at(-1)?.id
  }
}
