import type { HoldItem } from '../../../api/types.ts'
import type { Connection } from '../../connection.ts'
import { get, segment, send } from '../../delivery/api.ts'
import { table } from '../../delivery/table.ts'
import { printable, printableJson } from '../../event-line.ts'
import { CommandFailure, exitCodes } from '../../exit-code.ts'
import { counted, toTime } from '../words.ts'
import type { SubjectFlags } from './read-subject.ts'
import { readSubject } from './read-subject.ts'

interface Flags {
  readonly json?: boolean
}

export async function listCommand(connection: Connection, { json }: Flags): Promise<void> {
  const { data } = await get<{ data: readonly HoldItem[] }>(connection, '/v1/holds')
  if (json) for (const item of data) process.stdout.write(`${printableJson(item)}\n`)
  else if (data.length === 0) process.stderr.write('There are no holds.\n')
  else
    process.stdout.write(
      table(
        ['ID', 'SET', 'RELEASED', 'KEEPS', 'COVERED', 'REASON'],
        data.map(({ id, at, releasedAt, scope, matches, reason }) => [
          id,
          toTime(at),
          releasedAt === null ? '' : toTime(releasedAt),
          scopeText(scope),
          matches === null ? '' : matches === 0 ? 'nothing' : counted(matches, 'event'),
          reason,
        ]),
      ),
    )
}

function scopeText(scope: HoldItem['scope']): string {
  if ('all' in scope) return 'everything'
  return 'stream' in scope
    ? `stream ${scope.stream}`
    : `a subject (${counted(scope.subjectKeys.length, 'key')})`
}

const covering = ({ matches }: HoldItem): string =>
  matches === null ? '' : ` and covers ${counted(matches, 'event')} so far`

/** Keeps all, a stream or a subject from being removed. */
export async function setCommand(
  connection: Connection,
  flags: Flags & SubjectFlags & { readonly reason: string; readonly all?: boolean; readonly stream?: string },
): Promise<void> {
  const { all = false, stream, subjectFile, reason } = flags
  const given = [all, stream !== undefined, subjectFile !== undefined].filter(Boolean)
  if (given.length !== 1)
    throw new CommandFailure('Say what it keeps: one of --all, --stream and --subject-file', exitCodes.usage)
  const scope = all
    ? { all }
    : stream === undefined
      ? { subject: await readSubject(undefined, flags) }
      : { stream }
  const hold = await send<HoldItem>(connection, '/v1/holds', { scope, reason })
  process.stdout.write(
    flags.json ? `${printableJson(hold)}\n` : `The hold ${hold.id} is set${covering(hold)}.\n`,
  )
  if (hold.warning !== undefined) process.stderr.write(`${printable(hold.warning)}.\n`)
}

export async function releaseCommand(
  connection: Connection,
  id: string,
  { json, reason }: Flags & { readonly reason: string },
): Promise<void> {
  const hold = await send<HoldItem>(connection, `/v1/holds/${segment(id)}/release`, { reason })
  process.stdout.write(
    json
      ? `${printableJson(hold)}\n`
      : `The hold ${hold.id} ${hold.isRepeat ? 'was released already' : 'is released; what waited for it goes on'}.\n`,
  )
}
