import { setTimeout as pause } from 'node:timers/promises'
import type { ReplayItem } from '../../api/types.ts'
import type { Connection } from '../connection.ts'
import { printableJson } from '../event-line.ts'
import { CommandFailure } from '../exit-code.ts'
import { interruptible } from '../operations/interrupt.ts'
import { Progress } from '../progress.ts'
import { get, segment } from './api.ts'

const lookEvery = 300

export interface FollowFlags {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly wait?: boolean
}

/**
 * Waits for the end of a run, and says what came of it; an interrupt leaves it running.
 *
 * @throws CommandFailure where it was aborted or has failed.
 */
export async function followRun(
  connection: Connection,
  run: ReplayItem,
  total: number,
  { json = false, quiet = false, wait = true }: FollowFlags,
): Promise<void> {
  if (!wait) {
    process.stdout.write(json ? `${printableJson(run)}\n` : `Replay ${run.id} has begun.\n`)
    return
  }
  const progress = new Progress(total, quiet || json, 'events')
  const left = `The replay goes on without this command: see "keelson replay show ${run.id}"`
  const ended = await interruptible(left, async signal => {
    for (let now = run; ; now = await get<ReplayItem>(connection, `/v1/replays/${segment(run.id)}`)) {
      progress.update(now.progress.matched, now.state)
      if (now.endedAt !== null) return now
      await pause(lookEvery, undefined, { signal })
    }
  }).finally(() => progress.end())
  process.stdout.write(json ? `${printableJson(ended)}\n` : `${toLine(ended)}\n`)
  if (ended.state !== 'done')
    throw new CommandFailure(`The replay was ${ended.state}${ended.error === null ? '' : `: ${ended.error}`}`)
}

export function toLine({ id, kind, subscription, state, progress }: ReplayItem): string {
  const { replayed, failed, held, skipped } = progress
  const parts = [
    `${replayed} replayed`,
    ...(failed > 0 ? [`${failed} failed (dead letters of replay:${id})`] : []),
    ...(held > 0 ? [`${held} held back by their keys`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ]
  const what = kind === 'log' ? 'the log' : 'dead letters'
  return `${id}  ${state}  ${what} to ${subscription}: ${parts.join(', ')}`
}
