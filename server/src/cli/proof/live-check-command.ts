import { setTimeout as pause } from 'node:timers/promises'
import { counted } from '../../api/counted.ts'
import type { LogCheckItem } from '../../api/types.ts'
import type { Connection } from '../connection.ts'
import { get, segment, send } from '../delivery/api.ts'
import { printableJson } from '../event-line.ts'
import { CommandFailure } from '../exit-code.ts'
import { interruptible } from '../operations/interrupt.ts'
import { Progress } from '../progress.ts'

export interface LiveCheckFlags {
  readonly json?: boolean
  readonly quiet?: boolean
}

const lookEvery = 300

/** Has the server check the tenant's log against its newest signed head; fails where something is wrong. */
export async function liveCheckCommand(
  connection: Connection,
  { json = false, quiet = false }: LiveCheckFlags,
): Promise<void> {
  const begun = await send<LogCheckItem>(connection, '/v1/log/checks', {})
  const path = `/v1/log/checks/${segment(begun.id)}`
  const progress = new Progress(undefined, quiet || json, 'events')
  const ended = await interruptible('The check goes on without this command', async signal => {
    for (let now = begun; ; now = await get<LogCheckItem>(connection, path)) {
      progress.update(now.done, 'checking', now.total ?? undefined)
      if (now.state !== 'running') return now
      await pause(lookEvery, undefined, { signal })
    }
  }).finally(() => progress.end())
  process.stdout.write(`${json ? printableJson(ended) : toLine(ended)}\n`)
  if (ended.state !== 'done')
    throw new CommandFailure(`The check was not done: ${ended.reason ?? ended.state}`)
  if (!ended.isSound) throw new CommandFailure('The log does not verify')
}

function toLine({ state, isSound, size, done, index, reason }: LogCheckItem): string {
  if (state !== 'done') return `${state} after ${counted(done, 'entry', 'entries')}`
  if (isSound)
    return `verified: ${counted(size ?? 0, 'leaf', 'leaves')} as ${size === 1 ? 'it was' : 'they were'} signed`
  return `not verified: ${reason ?? 'something is wrong'}${index === null ? '' : ` at entry ${index}`}`
}
