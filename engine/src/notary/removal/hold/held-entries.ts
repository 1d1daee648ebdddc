import { rangesOf } from '../../../proof/index.ts'
import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import type { RemovalContext } from '../removal-context.ts'
import { keyGroups, mergeReads } from '../subject-reads.ts'
import type { HoldScope } from './hold.ts'

/** Of what is longer the record names the beginning: a record has its bounds, too. */
const mostRanges = 20_000

/**
 * The entries that a hold on a part of the log covers now, as ranges of indexes: what its record says, so that whoever
 * removes one of them cannot make it look lawful. Undefined for a hold on everything.
 */
export async function heldEntries(
  { store }: Pick<RemovalContext, 'store'>,
  tenantId: string,
  scope: HoldScope,
): Promise<readonly (readonly [number, number])[] | undefined> {
  if ('all' in scope) return undefined
  const reads =
    'stream' in scope
      ? [await streamEvents(store, tenantId, scope.stream)]
      : keyGroups(scope.subjectKeys).map(subjectKeys =>
          store.readAll({ tenantId }, { filter: { subjectKeys } }),
        )
  const indexes: number[] = []
  let ranges = 0
  for await (const { sequence, bodyState } of mergeReads(reads)) {
    if (bodyState === 'removed') continue
    if (sequence !== (indexes.at(-1) ?? -2) + 1) ranges += 1
    if (ranges > mostRanges) break
    indexes.push(sequence)
  }
  return rangesOf(indexes)
}

/** Also of a tombstoned stream, of which the store reads nothing by its name any more. */
async function streamEvents(
  store: EventStore,
  tenantId: string,
  stream: string,
): Promise<AsyncIterable<RecordedEvent>> {
  const info = await store.stream(tenantId, stream)
  if (info === undefined) return noEvents()
  return info.state === 'tombstoned' ? eventsIn(store, tenantId, stream) : store.readStream(tenantId, stream)
}

async function* eventsIn(store: EventStore, tenantId: string, stream: string): AsyncGenerator<RecordedEvent> {
  for await (const event of store.readAll({ tenantId })) if (event.stream === stream) yield event
}

async function* noEvents(): AsyncGenerator<RecordedEvent> {}
