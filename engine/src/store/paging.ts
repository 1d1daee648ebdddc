import type { HeadSignal } from './head-signal.ts'
import type { ReadOptions, RecordedEvent } from './types.ts'

/** Events in a page, unless they reach {@link pageBytes} before; two pages are in memory at a time. */
export const pageSize = 500
/** Bytes after which an adapter ends a page, having given at least one event. */
export const pageBytes = 1024 * 1024
/** How often a tail looks for what another process has written, in milliseconds. */
const pollInterval = 250

export type ReadPage = (after: number, limit: number) => Promise<readonly RecordedEvent[]>

/**
 * Reads page by page, the next one while the last one is being handled. `cursorOf` gives the place of an event in the
 * order that is read: its position or its stream version.
 */
export async function* readPages(
  read: ReadPage,
  cursorOf: (event: RecordedEvent) => number,
  options: ReadOptions,
): AsyncGenerator<RecordedEvent> {
  const backwards = options.direction === 'backwards'
  let cursor = options.after ?? (backwards ? Number.MAX_SAFE_INTEGER : 0)
  let left = options.limit ?? Number.POSITIVE_INFINITY
  let next = left > 0 ? read(cursor, Math.min(pageSize, left)) : undefined
  while (next) {
    options.signal?.throwIfAborted()
    const page = await next
    options.signal?.throwIfAborted()
    left -= page.length
    const last = page.at(-1)
    // A page may be short because its events are large, so only an empty one says that there are no more.
    const isLast = last === undefined || left <= 0
    if (last) cursor = cursorOf(last)
    next = isLast ? undefined : read(cursor, Math.min(pageSize, left))
    // A failure of the page ahead must not be unhandled while this page is still being used.
    next?.catch(() => undefined)
    yield* page
  }
}

/** Gives pages of what is there and then of what comes, until the signal aborts or the store closes. */
export async function* tailPages(
  read: ReadPage,
  head: HeadSignal,
  newest: () => Promise<number>,
  options: ReadOptions,
): AsyncGenerator<readonly RecordedEvent[]> {
  let cursor = options.after ?? 0
  let left = options.limit ?? Number.POSITIVE_INFINITY
  const isOver = () => left <= 0 || options.signal?.aborted === true || head.closed
  while (!isOver()) {
    const seen = head.head
    const page = await read(cursor, Math.min(pageSize, left))
    if (isOver()) return
    const last = page.at(-1)
    if (last) {
      cursor = last.position
      left -= page.length
      yield page
      continue
    }
    await head.wait(seen, pollInterval, options.signal)
    // Nothing was heard of: ask the database, for another process may have written.
    if (head.head === seen && !isOver()) head.advance(await newest())
  }
}

/** Puts events that were found in any order into the order that was asked for. */
export function inOrderOf(
  positions: readonly number[],
  events: readonly RecordedEvent[],
): readonly RecordedEvent[] {
  const byPosition = new Map(events.map(event => [event.position, event]))
  return positions.map(position => byPosition.get(position)).filter(event => event !== undefined)
}
