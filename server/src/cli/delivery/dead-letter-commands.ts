import type {
  AttemptView,
  DeadLetterDetail,
  DeadLetterGroupPage,
  DeadLetterItem,
  DeadLetterPageView,
} from '../../api/types.ts'
import { block, fact, page } from '../catalog/text-block.ts'
import type { Connection } from '../connection.ts'
import { printableJson } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { get, segment } from './api.ts'
import type { SelectionFlags } from './letter-selection.ts'
import { toId, toParameters } from './letter-selection.ts'
import { table } from './table.ts'

interface Flags {
  readonly json?: boolean
}

const largestPage = 500

/** Prints dead letters, one subscription after the other; as NDJSON with `--json`. */
export async function listCommand(
  connection: Connection,
  subscription: string | undefined,
  flags: Flags & SelectionFlags & { readonly limit: string },
): Promise<void> {
  const limit = Number(flags.limit)
  if (!Number.isInteger(limit) || limit < 1)
    throw new CommandFailure('--limit takes a whole number from 1', exitCodes.usage)
  const parameters = toParameters(subscription, flags)
  const items: DeadLetterItem[] = []
  let hasMore = true
  while (hasMore && items.length < limit) {
    parameters.set('limit', String(Math.min(largestPage, limit - items.length)))
    const found = await get<DeadLetterPageView>(connection, '/v1/dead-letters', parameters)
    if (flags.json) for (const item of found.data) process.stdout.write(`${printableJson(item)}\n`)
    items.push(...found.data)
    hasMore = found.page.nextCursor !== null
    if (found.page.nextCursor !== null) parameters.set('cursor', found.page.nextCursor)
  }
  if (flags.json) return
  if (items.length === 0) process.stderr.write('There are no dead letters.\n')
  else
    process.stdout.write(
      table(['SUBSCRIPTION', 'ID', 'TYPE', 'SET ASIDE', 'WHY', 'TRIES', 'ERROR'], items.map(toRow)),
    )
  if (hasMore)
    process.stderr.write(`${items.length} dead letters; there are more: raise --limit or say which\n`)
}

const toRow = (item: DeadLetterItem): readonly (string | number)[] => [
  item.subscription,
  item.id,
  item.eventType,
  item.setAsideAt.slice(0, 19).replace('T', ' '),
  item.reason,
  item.attempts,
  item.lastError === null ? '' : `${item.lastError.name}: ${item.lastError.message}`,
]

export async function groupsCommand(
  connection: Connection,
  subscription: string | undefined,
  flags: Flags & SelectionFlags,
): Promise<void> {
  const parameters = toParameters(subscription, flags)
  const { data, isComplete } = await get<DeadLetterGroupPage>(
    connection,
    '/v1/dead-letters/groups',
    parameters,
  )
  if (flags.json) for (const group of data) process.stdout.write(`${printableJson(group)}\n`)
  else if (data.length === 0) process.stderr.write('There are no dead letters.\n')
  else
    process.stdout.write(
      table(
        ['COUNT', 'SUBSCRIPTION', 'FINGERPRINT', 'WHY', 'LAST', 'ERROR'],
        data.map(group => [
          group.count,
          group.subscription,
          group.fingerprint,
          group.reason,
          group.lastAt.slice(0, 19).replace('T', ' '),
          group.error.name === '' ? '' : `${group.error.name}: ${group.error.message}`,
        ]),
      ),
    )
  if (!isComplete) process.stderr.write('There are more dead letters than were looked at.\n')
}

export async function showCommand(
  connection: Connection,
  subscription: string,
  id: string,
  flags: Flags,
): Promise<void> {
  const path = `/v1/dead-letters/${segment(subscription)}/${toId(id)}`
  const letter = await get<DeadLetterDetail>(connection, path)
  process.stdout.write(flags.json ? `${printableJson(letter)}\n` : `${toText(letter)}\n`)
}

/** For the terminal: what happened, then what it was about. */
export function toText(letter: DeadLetterDetail): string {
  const { edits, editedPayload, event } = letter
  return page([
    `${letter.subscription} ${letter.id}  ${letter.eventType}`,
    '',
    fact('Event', letter.eventId),
    fact('Ordering key', letter.orderingKey ?? undefined),
    fact('Recorded', letter.recordedAt),
    fact('Set aside', `${letter.setAsideAt} (${letter.reason})`),
    fact('Fingerprint', letter.fingerprint),
    fact('ETag', letter.etag),
    ...block('Tries', letter.tries.map(toLine)),
    ...block(
      'Edits',
      edits.map(({ at, by, diff }) => `${at}  ${by}  ${diff.map(({ pointer }) => pointer).join(', ')}`),
    ),
    ...block(editedPayload === undefined ? 'Event' : 'Event as it stands in the log', jsonLines(event)),
    ...(editedPayload === undefined ? [] : block('Payload that is delivered', jsonLines(editedPayload))),
  ])
}

const toLine = ({ at, name, message, code }: AttemptView): string =>
  `${at}  ${name}${code === null ? '' : ` [${code}]`}: ${message}`

const jsonLines = (value: unknown): string[] => JSON.stringify(value, null, 2).split('\n')
