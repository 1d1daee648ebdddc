import type { SubjectView } from '../../../api/types.ts'
import { block, fact, page } from '../../catalog/text-block.ts'
import type { Connection } from '../../connection.ts'
import { send } from '../../delivery/api.ts'
import { printableJson } from '../../event-line.ts'
import { counted, toTime } from '../words.ts'
import type { SubjectFlags } from './read-subject.ts'
import { readSubject } from './read-subject.ts'

/** Prints what there is of a subject, whose name is in no output. */
export async function findCommand(
  connection: Connection,
  given: string | undefined,
  flags: SubjectFlags & { readonly json?: boolean },
): Promise<void> {
  const subject = await readSubject(given, flags)
  const found = await send<SubjectView>(connection, '/v1/subjects/search', { subject })
  if (flags.json) process.stdout.write(`${printableJson(found)}\n`)
  else if (found.keys.length === 0) process.stderr.write('There is nothing of this subject.\n')
  else process.stdout.write(`${toText(found)}\n`)
}

function toText({ keys, events, streams, firstAt, lastAt, ...found }: SubjectView): string {
  return page([
    `${counted(events, 'event')} in ${counted(streams, 'stream')}`,
    '',
    fact('First', firstAt === null ? undefined : toTime(firstAt)),
    fact('Last', lastAt === null ? undefined : toTime(lastAt)),
    ...block(
      'Types',
      found.types.map(({ type, count }) => `${type}  ${count}`),
    ),
    ...block('Keys', keys),
    ...block(
      'Copies',
      found.copies.map(({ name, count }) => `${name}  ${count ?? 'not known'}`),
    ),
    ...block(
      'Holds that keep it',
      found.holds.map(({ id, reason }) => `${id}  ${reason}`),
    ),
    ...block(
      'Exported, and out of reach',
      found.exports.map(
        ({ id, at, from, to, where }) => `${toTime(at)}  leaves ${from} to ${to - 1}, ${where}  ${id}`,
      ),
    ),
  ])
}
