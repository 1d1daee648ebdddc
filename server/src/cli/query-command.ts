import type { EventItem, EventPage } from '../api/types.ts'
import { call } from './client.ts'
import type { Connection } from './connection.ts'
import { eventLine, printableJson } from './event-line.ts'
import { CommandFailure, exitCodes } from './exit-code.ts'

export interface FilterFlags {
  readonly type?: string[]
  readonly actor?: string[]
  readonly action?: string[]
  readonly resource?: string[]
  readonly outcome?: string[]
  readonly source?: string[]
  readonly stream?: string[]
  readonly correlationId?: string[]
  readonly from?: string
  readonly to?: string
}

const maxPage = 500

/** Filter flags and words as query parameters. */
export function toParameters(flags: FilterFlags, words: readonly string[]): URLSearchParams {
  const parameters = new URLSearchParams()
  const names = [
    'type',
    'actor',
    'action',
    'resource',
    'outcome',
    'source',
    'stream',
    'correlationId',
    'from',
    'to',
  ] as const
  for (const name of names) for (const value of [flags[name] ?? []].flat()) parameters.append(name, value)
  if (words.length > 0) parameters.set('q', words.join(' '))
  return parameters
}

/** Prints matching events, newest first; as NDJSON with `--json`. */
export async function queryCommand(
  connection: Connection,
  words: readonly string[],
  flags: FilterFlags & {
    readonly by: string
    readonly limit?: string
    readonly ascending?: boolean
    readonly json?: boolean
  },
): Promise<void> {
  const limit = flags.limit === undefined ? 50 : Number(flags.limit)
  if (!Number.isInteger(limit) || limit < 1)
    throw new CommandFailure('--limit takes a whole number from 1', exitCodes.usage)
  const parameters = toParameters(flags, words)
  if (flags.by !== 'occurred' && flags.by !== 'recorded')
    throw new CommandFailure('--by takes occurred or recorded', exitCodes.usage)
  parameters.set('sort', flags.by)
  parameters.set('order', flags.ascending ? 'asc' : 'desc')
  if (!flags.json) parameters.set('view', 'summary')
  let left = limit
  let count = 0
  let missing = 0
  for (let isMore = true; isMore && left > 0; ) {
    parameters.set('limit', String(Math.min(maxPage, left)))
    const answer = await call(connection, `/v1/events?${parameters}`)
    const { data, page, head, completeTo } = (await answer.json()) as EventPage
    missing = Math.max(missing, head - completeTo)
    for (const item of data) print(item, flags.json === true)
    count += data.length
    left -= data.length
    isMore = page.nextCursor !== null
    if (page.nextCursor !== null) parameters.set('cursor', page.nextCursor)
    if (isMore && left <= 0 && !flags.json)
      process.stderr.write(`${count} events; there are more: raise --limit or narrow the filter\n`)
  }
  if (count === 0 && !flags.json) process.stderr.write('No event matches.\n')
  // Said with --json too: who reads standard output does not see it, and the answer is not whole.
  if (missing > 0)
    process.stderr.write(
      'The search is not complete: the server has not yet worked up its newest events; see /readyz\n',
    )
}

export function print(item: EventItem, isJson: boolean): void {
  process.stdout.write(isJson ? `${printableJson(item)}\n` : `${eventLine(item)}\n`)
}
