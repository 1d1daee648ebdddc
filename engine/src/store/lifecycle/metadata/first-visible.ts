import type { EventStore } from '../../port.ts'
import type { StreamMetadata } from './stream-metadata.ts'

/** The first version of a stream that its metadata does not hide; 1 where it hides none. */
export async function firstVisible(
  store: EventStore,
  tenantId: string,
  stream: string,
  metadata: StreamMetadata,
  now: number,
): Promise<number> {
  const { maxAge, maxCount, truncateBefore = 1 } = metadata
  if (maxAge === undefined && maxCount === undefined) return truncateBefore
  const { version } = (await store.stream(tenantId, stream)) ?? { version: 0 }
  const counted = maxCount === undefined ? 1 : version - maxCount + 1
  const first = Math.max(1, truncateBefore, counted)
  if (maxAge === undefined) return first
  return firstRecorded(store, { tenantId, stream, first, version }, now - maxAge * 1000)
}

/** The first version that was recorded at this time or later, found by halving: times never decrease in a stream. */
async function firstRecorded(
  store: EventStore,
  range: {
    readonly tenantId: string
    readonly stream: string
    readonly first: number
    readonly version: number
  },
  time: number,
): Promise<number> {
  let low = range.first
  let high = range.version + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const options = { after: middle - 1, limit: 1, removed: 'include' } as const
    const [event] = await Array.fromAsync(store.readStream(range.tenantId, range.stream, options))
    if (event && Date.parse(event.recordedAt) >= time) high = middle
    else low = middle + 1
  }
  return low
}
