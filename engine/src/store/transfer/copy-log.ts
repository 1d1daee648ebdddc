import type { StoreReader, StoreTarget, TableChange } from './port.ts'
import { RowsByPosition } from './rows-by-position.ts'

/** Copies the log after a position, page by page: each page is one transaction with all that points at its events. */
export async function copyLog(
  source: StoreReader,
  target: StoreTarget,
  shard: number,
  after: number,
  onPage: (position: number) => void,
): Promise<void> {
  const pages = logPages(source, shard, after)
  try {
    let next = await pages.next()
    while (!next.done) {
      const { changes, last } = next.value
      const writing = target.write(shard, changes)
      // Handled below; without this a failure while the next page is read would be nobody's.
      writing.catch(() => undefined)
      const reading = await pages.next()
      await writing
      onPage(last)
      next = reading
    }
  } finally {
    await pages.return(undefined)
  }
}

interface LogPage {
  readonly changes: readonly TableChange[]
  /** Position of its last event. */
  readonly last: number
}

async function* logPages(
  source: StoreReader,
  shard: number,
  after: number,
): AsyncGenerator<LogPage, undefined> {
  const ids = new RowsByPosition(source.scan('eventId', { shard, after }))
  const links = new RowsByPosition(source.scan('link', { shard, after }))
  const keys = new RowsByPosition(source.scan('key', { shard, after }))
  try {
    for await (const events of source.scan('event', { shard, after })) {
      const last = events.at(-1)?.position ?? after
      yield {
        last,
        changes: [
          { table: 'event', put: events, remove: [] },
          { table: 'eventId', put: await ids.through(last), remove: [] },
          { table: 'link', put: await links.through(last), remove: [] },
          { table: 'key', put: await keys.through(last), remove: [] },
        ],
      }
    }
  } finally {
    for (const rows of [ids, links, keys]) await rows.close()
  }
}
