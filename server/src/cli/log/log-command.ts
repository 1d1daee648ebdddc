import { counted } from '../../api/counted.ts'
import type { CheckpointPage, LogKeyRotation, LogStatusView } from '../../api/types.ts'
import { fact, page } from '../catalog/text-block.ts'
import { writeOutput } from '../catalog/write-output.ts'
import { call } from '../client.ts'
import type { Connection } from '../connection.ts'
import { get, segment, send } from '../delivery/api.ts'
import { table } from '../delivery/table.ts'
import { printable, printableJson } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { confirmName } from '../operations/ask.ts'
import { readAll } from './pages.ts'
import { toLimit, toTime } from './words.ts'

interface Flags {
  readonly json?: boolean
}

interface TextFlags extends Flags {
  readonly output?: string
}

/** Prints how the log stands. @throws CommandFailure where it is not signed any more, or its last check failed. */
export async function statusCommand(connection: Connection, { json }: Flags): Promise<void> {
  const status = await get<LogStatusView>(connection, '/v1/log')
  process.stdout.write(json ? `${printableJson(status)}\n` : `${statusText(status)}\n`)
  const { state, reason, lastCheck } = status
  if (state === 'forked' || state === 'stopped')
    throw new CommandFailure(`The log is not signed any more: ${reason ?? state}`)
  if (lastCheck?.isSound === false)
    throw new CommandFailure(
      `The last check found a fault: ${lastCheck.reason ?? 'see "keelson verify --live"'}`,
    )
}

/** What is printed of how a log stands. */
export function statusText({ checkpoint, lastCheck, ...status }: LogStatusView): string {
  return page([
    `${status.origin}  ${status.state}`,
    '',
    fact('Signed', `${leaves(status.size)}${status.pending > 0 ? `, ${status.pending} to be signed` : ''}`),
    fact('Checkpoint', checkpoint ? `${toTime(checkpoint.at)}, root ${checkpoint.root}` : 'none yet'),
    fact('Witnesses', witnessText(status)),
    fact('Time stamp', status.stampedAt === null ? undefined : stampText(status.stampedAt, status.isStamped)),
    fact('Last check', lastCheck ? checkText(lastCheck) : 'none yet'),
    fact('Reason', status.reason ?? undefined),
  ])
}

function witnessText({
  witnesses,
  missing,
  hasQuorum,
}: Pick<LogStatusView, 'witnesses' | 'missing' | 'hasQuorum'>): string | undefined {
  const others = missing.length > 0 ? `; without ${missing.join(', ')}` : ''
  if (witnesses.length > 0)
    return `${witnesses.join(', ')} (${hasQuorum ? 'enough' : 'not enough of them'})${others}`
  return hasQuorum && others === '' ? undefined : `none${hasQuorum ? '' : ', which is not enough'}${others}`
}

const leaves = (size: number): string => counted(size, 'leaf', 'leaves')

const stampText = (at: string, isOfNewest: boolean): string =>
  `${toTime(at)}, of ${isOfNewest ? 'this' : 'an earlier'} checkpoint`

const checkText = ({ at, size, isSound, reason }: NonNullable<LogStatusView['lastCheck']>): string =>
  `${toTime(at)}, ${leaves(size)}, ${isSound ? 'sound' : (reason ?? 'not sound')}`

/** Prints a signed note, of the newest head or of that of a size. */
export async function checkpointCommand(
  connection: Connection,
  flags: TextFlags & { readonly size?: string; readonly now?: boolean },
): Promise<void> {
  const { size, now = false } = flags
  if (now && size !== undefined)
    throw new CommandFailure('--now signs up to the end of the log: leave --size out', exitCodes.usage)
  if (size !== undefined && !/^\d{1,15}$/.test(size))
    throw new CommandFailure('--size takes a whole number from 0', exitCodes.usage)
  if (now) return printText(await call(connection, '/v1/log/checkpoints', { method: 'POST' }), flags)
  const query = size === undefined ? '' : `?size=${size}`
  await printText(await call(connection, `/v1/log/checkpoint${query}`), flags)
}

export async function checkpointsCommand(
  connection: Connection,
  flags: Flags & { readonly limit: string },
): Promise<void> {
  const limit = toLimit(flags.limit)
  const ask = (query: URLSearchParams) => get<CheckpointPage>(connection, '/v1/log/checkpoints', query)
  const { items, hasMore } = await readAll(ask, limit)
  if (flags.json) for (const item of items) process.stdout.write(`${printableJson(item)}\n`)
  else if (items.length === 0) process.stderr.write('The log is not signed yet.\n')
  else
    process.stdout.write(
      table(
        ['LEAVES', 'SIGNED'],
        items.map(({ size, at }) => [size, toTime(at)]),
      ),
    )
  if (hasMore && !flags.json) process.stderr.write(`${items.length} of them; there are more: raise --limit\n`)
}

export async function policyCommand(connection: Connection, flags: TextFlags): Promise<void> {
  await printText(await call(connection, '/v1/log/policy'), flags)
}

export async function proofCommand(connection: Connection, event: string, flags: TextFlags): Promise<void> {
  await printText(await call(connection, `/v1/events/${segment(event)}/proof`), flags)
}

/** What is verified byte by byte is written as it came. */
async function printText(answer: Response, { json, output }: TextFlags): Promise<void> {
  const text = await answer.text()
  if (output !== undefined && output !== '-') return writeOutput(text, output, false)
  process.stdout.write(json ? `${printableJson({ text })}\n` : text)
}

export async function rotateKeyCommand(
  connection: Connection,
  flags: Flags & { readonly yes?: boolean },
): Promise<void> {
  await confirmName(
    'rotate',
    'Whoever verifies the log needs its new key from then on.\nType rotate to go on: ',
    flags.yes === true,
  )
  const rotation = await send<LogKeyRotation>(connection, '/v1/log/keys/rotation', {})
  const { before, after } = rotation
  process.stdout.write(
    flags.json
      ? `${printableJson(rotation)}\n`
      : `Before  ${printable(before)}\nNow     ${printable(after)}\nThe new policy is printed by "keelson log policy".\n`,
  )
}
