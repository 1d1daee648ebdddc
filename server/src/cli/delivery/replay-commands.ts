import { counted } from '../../api/counted.ts'
import type { ReplayItem, ReplayPage, ReplayResult } from '../../api/types.ts'
import { fact, page } from '../catalog/text-block.ts'
import type { Connection } from '../connection.ts'
import { printable, printableJson } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { get, segment, send } from './api.ts'
import type { FollowFlags } from './follow-run.ts'
import { followRun, toLine } from './follow-run.ts'
import { flagNumber } from './table.ts'

interface Flags {
  readonly json?: boolean
}

interface StartFlags extends FollowFlags {
  readonly from?: string
  readonly to?: string
  readonly type?: string[]
  readonly topic?: string[]
  readonly filter?: string
  readonly rate?: string
  readonly withSideEffects?: boolean
  readonly dryRun?: boolean
}

export async function startCommand(
  connection: Connection,
  subscription: string,
  flags: StartFlags,
): Promise<void> {
  const { from, to, type, topic, filter, withSideEffects, dryRun } = flags
  const rate = flagNumber('rate', flags.rate)
  const result = await send<ReplayResult>(connection, '/v1/replays', {
    subscription,
    ...(from === undefined ? {} : { from: toPlace(from) }),
    ...(to === undefined ? {} : { to: toPlace(to) }),
    ...(type === undefined ? {} : { types: type }),
    ...(topic === undefined ? {} : { topics: topic }),
    ...(filter === undefined ? {} : { filter }),
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
    ...(withSideEffects ? { withSideEffects } : {}),
    ...(dryRun ? { dryRun } : {}),
  })
  if (result.run !== null) return followRun(connection, result.run, result.matched, flags)
  process.stdout.write(
    flags.json ? `${printableJson(result)}\n` : `${counted(result.matched, 'event')} would be replayed.\n`,
  )
}

/** Digits are a position, all else is a time. */
const toPlace = (text: string) => (/^\d+$/.test(text) ? { position: Number(text) } : { time: text })

export async function listCommand(
  connection: Connection,
  flags: Flags & { readonly limit: string },
): Promise<void> {
  const limit = Number(flags.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > 500)
    throw new CommandFailure('--limit takes a whole number from 1 to 500', exitCodes.usage)
  const parameters = new URLSearchParams({ limit: String(limit) })
  const { data, page: more } = await get<ReplayPage>(connection, '/v1/replays', parameters)
  for (const run of data)
    process.stdout.write(flags.json ? `${printableJson(run)}\n` : `${printable(toLine(run))}\n`)
  if (flags.json) return
  if (data.length === 0) process.stderr.write('There are no replays.\n')
  if (more.hasMore) process.stderr.write(`${data.length} replays; there are more: raise --limit\n`)
}

export async function showCommand(connection: Connection, id: string, { json }: Flags): Promise<void> {
  const run = await get<ReplayItem>(connection, `/v1/replays/${segment(id)}`)
  process.stdout.write(json ? `${printableJson(run)}\n` : `${toText(run)}\n`)
}

function toText(run: ReplayItem): string {
  const { position, from, to } = run.progress
  const place = position === null || to === null ? undefined : `${position}, from ${from} to ${to}`
  return page([
    toLine(run),
    '',
    fact('Started', `${run.startedAt} by ${run.startedBy}`),
    fact('Ended', run.endedAt ?? undefined),
    fact('Position', place),
    fact('Query', JSON.stringify(run.query)),
    fact('Rate', run.ratePerSecond === null ? undefined : `${run.ratePerSecond} events a second`),
    fact('Side effects', run.withSideEffects ? 'yes' : 'no'),
    fact('Error', run.error ?? undefined),
  ])
}

export async function steerCommand(
  connection: Connection,
  verb: 'pause' | 'resume' | 'abort',
  id: string,
  { json }: Flags,
): Promise<void> {
  const run = await send<ReplayItem>(connection, `/v1/replays/${segment(id)}/${verb}`, {})
  process.stdout.write(json ? `${printableJson(run)}\n` : `The replay is ${run.state}.\n`)
}
