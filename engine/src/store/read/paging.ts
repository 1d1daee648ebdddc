import { KeelsonError, toUtc } from '../../core/index.ts'
import { checkQuery } from '../append/prepare.ts'
import { kidPattern } from '../append/prepare-secrets.ts'
import type { EventFilter, ReadOptions, RecordedEvent, TailOptions } from '../types.ts'
import type { HeadSignal } from './head-signal.ts'

/** Events in a page, unless they reach {@link pageBytes} before; two pages are in memory at a time. */
export const pageSize = 500
/** Bytes after which an adapter ends a page, having given at least one event. */
export const pageBytes = 1024 * 1024
/** Events after which the request for the page ahead is helped on its way, where it is held up. */
const eventsPerTurn = 32
/** Ways to match that a statement can have. */
const maxWays = 400
/** How often a tail looks for what another process has written, in milliseconds. */
const pollInterval = 250

export type ReadPage = (after: number, limit: number) => Promise<readonly RecordedEvent[]>

/** What a read goes through: how to get a page, how far there is anything, and what is the cursor of an event. */
export interface PageSource {
  readonly read: ReadPage
  /** The largest cursor that there is: the newest position, or the stream's version. */
  readonly end: () => Promise<number>
  readonly cursorOf: (event: RecordedEvent) => number
  /**
   * Whether the request for the page that was asked for last still waits for this process. Once the database has it,
   * nothing more is done for it: the answer need not lie in memory before the page ahead of it is used up.
   */
  readonly isHeldUp?: () => boolean
}

/** Reads page by page, the next one while the last one is being handled. */
export async function* readPages(source: PageSource, options: ReadOptions): AsyncGenerator<RecordedEvent> {
  checkReadOptions(options)
  const { read } = source
  const start = options.after ?? (options.direction === 'backwards' ? Number.MAX_SAFE_INTEGER : 0)
  let cursor = start
  let left = options.limit ?? Number.POSITIVE_INFINITY
  let next = left > 0 ? read(cursor, Math.min(pageSize, left)) : undefined
  while (next) {
    options.signal?.throwIfAborted()
    const page = await next
    options.signal?.throwIfAborted()
    left -= page.length
    const last = page.at(-1)
    if (last === undefined && cursor === start) await checkStart(source, options)
    // A page may be short because its events are large, so only an empty one says that there are no more.
    const isLast = last === undefined || left <= 0
    if (last) cursor = source.cursorOf(last)
    next = isLast ? undefined : read(cursor, Math.min(pageSize, left))
    // A failure of the page ahead must not be unhandled while this page is still being used.
    next?.catch(() => undefined)
    for (const [index, event] of page.entries()) {
      if (next && index % eventsPerTurn === 0 && source.isHeldUp?.()) await turn()
      yield event
    }
  }
}

/** Lets this process handle what has come from outside: who uses events without waiting for anything would not. */
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** A cursor that the log has not come to was made elsewhere: to read on from it would pass over what comes. */
async function checkStart({ end }: PageSource, options: TailOptions): Promise<void> {
  const { after = 0 } = options
  if (after === 0 || ('direction' in options && options.direction === 'backwards')) return
  const newest = await end()
  if (after <= newest) return
  throw new KeelsonError(
    'position_unknown',
    `There is nothing at ${after}: the newest is ${newest}; was the cursor made by another store?`,
    { after, newest },
  )
}

/** @throws KeelsonError `read_invalid` naming the option. */
export function checkReadOptions({ after, limit, direction, asOf, filter }: ReadOptions): void {
  if (after !== undefined && (!Number.isSafeInteger(after) || after < 0))
    throw invalid(`after is "${String(after)}", which is no position or version`)
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 0))
    throw invalid(`limit is "${String(limit)}", not a whole number from 0`)
  if (direction !== undefined && direction !== 'forwards' && direction !== 'backwards')
    throw invalid(`direction is "${String(direction)}", neither forwards nor backwards`)
  if (asOf !== undefined && toUtc(asOf) === undefined)
    throw invalid(`asOf is "${String(asOf)}", not a time as in RFC 3339`)
  if (filter !== undefined) checkFilter(filter)
}

function checkFilter(filter: EventFilter): void {
  const { types = [], topics = [], correlationId, causationId, query, subjectKeys } = filter
  if (!Array.isArray(types) || !Array.isArray(topics)) throw invalid('the types or topics are no lists')
  const names = [...types, ...topics, correlationId ?? 'none', causationId ?? 'none']
  if (names.length > 1_002) throw invalid('the filter names more than 1,000 types and topics')
  if (names.some(name => typeof name !== 'string' || name.length === 0 || name.length > 1024))
    throw invalid('the filter names something that is not a text of 1 to 1024 characters')
  if (subjectKeys !== undefined) checkSubjectKeys(subjectKeys, filter)
  if (query === undefined) return
  checkQuery(query, what => {
    throw invalid(`the filter ${what}`)
  })
}

/** Each key is looked up by itself, together with each other way to match. */
function checkSubjectKeys(subjectKeys: readonly string[], { query, correlationId }: EventFilter): void {
  if (
    !Array.isArray(subjectKeys) ||
    !subjectKeys.every(kid => typeof kid === 'string' && kidPattern.test(kid))
  )
    throw invalid('the filter names a key of a subject that cannot be one')
  const ways = subjectKeys.length * (query?.length ?? 1) * (correlationId === undefined ? 1 : 2)
  if (ways > maxWays)
    throw invalid(
      `the filter has ${ways} ways to match by keys of subjects; at most ${maxWays} are looked up at a time`,
    )
}

const invalid = (what: string): KeelsonError => new KeelsonError('read_invalid', `Of the read, ${what}`)

/** Gives pages of what is there and then of what comes, until the signal aborts or the store closes. */
export async function* tailPages(
  source: PageSource,
  head: HeadSignal,
  options: TailOptions,
): AsyncGenerator<readonly RecordedEvent[]> {
  checkReadOptions(options)
  const { read, end } = source
  let cursor = options.after ?? 0
  let left = options.limit ?? Number.POSITIVE_INFINITY
  let isChecked = false
  const isOver = () => left <= 0 || options.signal?.aborted === true || head.closed
  const untilMore = async (known: number) => {
    await head.wait(known, pollInterval, options.signal)
    // Nothing was heard of: ask the database, for another process may have written.
    if (head.head === known && !isOver()) head.advance(await end())
  }
  while (!isOver()) {
    const seen = head.head
    const page = await read(cursor, Math.min(pageSize, left))
    if (isOver()) return
    const last = page.at(-1)
    if (last) {
      cursor = last.position
      left -= page.length
      isChecked = true
      yield page
      // It ends with the newest event that is known of: to read on would be to ask for nothing.
      if (cursor === head.head && !isOver()) await untilMore(cursor)
      continue
    }
    if (!isChecked) await checkStart(source, options)
    isChecked = true
    // Up to the head that was known before there was nothing of these: it need not be gone through again.
    cursor = Math.max(cursor, seen)
    await untilMore(seen)
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
