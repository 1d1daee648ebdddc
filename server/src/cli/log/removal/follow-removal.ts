import { setTimeout as pause } from 'node:timers/promises'
import type { Connection } from '../../connection.ts'
import { get, segment } from '../../delivery/api.ts'
import { printable, printableJson } from '../../event-line.ts'
import { CommandFailure } from '../../exit-code.ts'
import { interruptible } from '../../operations/interrupt.ts'
import { Progress } from '../../progress.ts'
import type { RemovalItem, RemovalKind } from './removal-kind.ts'
import { pathOf } from './removal-kind.ts'
import { toLine } from './removal-text.ts'

const lookEvery = 300

export interface FollowFlags {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly wait?: boolean
}

/**
 * Waits until a removal is done, or waits itself for somebody, and says which; an interrupt leaves it running.
 *
 * @throws CommandFailure where copies could not be removed, or it was taken back.
 */
export async function followRemoval(
  connection: Connection,
  kind: RemovalKind,
  begun: RemovalItem,
  { json = false, quiet = false, wait = true }: FollowFlags,
): Promise<void> {
  const path = `${pathOf(kind)}/${segment(begun.id)}`
  const progress = new Progress(undefined, quiet || json, 'events')
  const left = `The ${kind} goes on without this command: see "keelson ${kind}s show ${begun.id}"`
  const ended = await interruptible(left, async signal => {
    for (let now = begun; ; now = await get<RemovalItem>(connection, path)) {
      progress.update(
        now.copies.reduce((sum, { removed }) => sum + removed, 0),
        'removing copies',
      )
      if (!wait || now.status !== 'running') return now
      await pause(lookEvery, undefined, { signal })
    }
  }).finally(() => progress.end())
  const line = printable(toLine(kind, ended))
  const hasFailed = ended.status === 'failed-copies' || ended.status === 'withdrawn'
  if (json) process.stdout.write(`${printableJson(ended)}\n`)
  else if (!hasFailed) process.stdout.write(`${line}\n`)
  if (hasFailed) throw new CommandFailure(line)
}
