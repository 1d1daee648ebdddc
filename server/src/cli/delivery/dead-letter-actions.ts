import { counted } from '../../api/counted.ts'
import type {
  DeadLetterDetail,
  DeadLetterDiscardResult,
  DeadLetterReplayResult,
  UnparkResult,
} from '../../api/types.ts'
import type { Connection } from '../connection.ts'
import { printable, printableJson } from '../event-line.ts'
import { segment, send } from './api.ts'
import type { FollowFlags } from './follow-run.ts'
import { followRun } from './follow-run.ts'
import type { IdFlags } from './letter-selection.ts'
import { toId, toSelection } from './letter-selection.ts'
import { flagNumber } from './table.ts'

/** Gives a dead letter another payload and prints what has changed. */
export async function editCommand(
  connection: Connection,
  subscription: string,
  id: string,
  flags: { readonly payload: string; readonly ifMatch?: string; readonly json?: boolean },
): Promise<void> {
  const path = `/v1/dead-letters/${segment(subscription)}/${toId(id)}`
  const headers: Record<string, string> = flags.ifMatch === undefined ? {} : { 'if-match': flags.ifMatch }
  const { readJsonFile } = await import('../schema/read-json-file.ts')
  const payload = readJsonFile(flags.payload)
  const letter = await send<DeadLetterDetail>(connection, path, { payload }, { method: 'PATCH', headers })
  if (flags.json) {
    process.stdout.write(`${printableJson(letter)}\n`)
    return
  }
  const show = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value))
  for (const { pointer, from, to } of letter.edits.at(-1)?.diff ?? [])
    process.stdout.write(`${printable(`${pointer || '/'}  ${show(from)} → ${show(to)}`)}\n`)
  process.stdout.write('The new payload is delivered when the dead letter is replayed.\n')
}

export async function replayCommand(
  connection: Connection,
  subscription: string,
  flags: IdFlags & FollowFlags & { readonly rate?: string; readonly dryRun?: boolean },
): Promise<void> {
  const rate = flagNumber('rate', flags.rate)
  const body = {
    ...toSelection(subscription, flags),
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
    ...(flags.dryRun ? { dryRun: true } : {}),
  }
  const result = await send<DeadLetterReplayResult>(connection, '/v1/dead-letters/replay', body)
  if (result.run !== null) return followRun(connection, result.run, result.matched, flags)
  const { matched, held } = result
  process.stdout.write(
    flags.json
      ? `${printableJson(result)}\n`
      : `${matched - held} of ${counted(matched, 'dead letter')} would be replayed${held > 0 ? `; ${held} stand behind a parked key` : ''}.\n`,
  )
}

export async function discardCommand(
  connection: Connection,
  subscription: string,
  flags: IdFlags & { readonly reason: string; readonly dryRun?: boolean; readonly json?: boolean },
): Promise<void> {
  const body = {
    ...toSelection(subscription, flags),
    reason: flags.reason,
    ...(flags.dryRun ? { dryRun: true } : {}),
  }
  const result = await send<DeadLetterDiscardResult>(connection, '/v1/dead-letters/discard', body)
  const { matched, discarded, skipped, dryRun } = result
  const said = dryRun
    ? `${counted(matched, 'dead letter')} would be discarded.`
    : `${counted(discarded, 'dead letter')} discarded${skipped > 0 ? `, ${skipped} changed meanwhile and left` : ''}.`
  process.stdout.write(flags.json ? `${printableJson(result)}\n` : `${said}\n`)
}

export async function unparkCommand(
  connection: Connection,
  subscription: string,
  orderingKey: string,
  flags: { readonly skip?: boolean; readonly json?: boolean },
): Promise<void> {
  const how = flags.skip ? 'skip' : 'again'
  const body = { subscription, orderingKey, how }
  const result = await send<UnparkResult>(connection, '/v1/dead-letters/unpark', body)
  process.stdout.write(
    flags.json
      ? `${printableJson(result)}\n`
      : `The key goes on, and ${counted(result.released, 'event')} with it.\n`,
  )
}
