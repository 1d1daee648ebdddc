import type { RecordedEvent } from '../../../../store/index.ts'

const batchSize = 200

/** Entries of a log in batches, so that what they need is read at once. */
export async function* eventBatches(
  events: AsyncIterable<RecordedEvent>,
): AsyncGenerator<readonly RecordedEvent[]> {
  let batch: RecordedEvent[] = []
  for await (const event of events) {
    batch.push(event)
    if (batch.length < batchSize) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
