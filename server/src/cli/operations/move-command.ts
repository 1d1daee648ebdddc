import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import type { MoveReport, StoreReader } from 'keelson'
import { examineStore, KeelsonError, moveStore } from 'keelson'
import { printableJson } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { Progress } from '../progress.ts'
import { interruptible } from './interrupt.ts'
import { copyKeyFile } from './key-file.ts'
import type { Opened } from './open-place.ts'
import { openDirectory, openInspection, openReader, openStore, openTarget } from './open-place.ts'
import type { Place } from './place.ts'
import { describePlace } from './place.ts'

export interface MoveFlags {
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Copies a store to another place, compares all of it, and checks the copy; exit code 6 where it is to be run again. */
export async function moveCommand(from: Place, to: Place, flags: MoveFlags): Promise<void> {
  if (isSame(from, to)) throw new CommandFailure('The source and the target are the same', exitCodes.usage)
  const started = performance.now()
  const report = await interruptible('Stopped; the same command goes on from here', signal =>
    move(from, to, flags, signal),
  )
  const keyFile = report.isFinished ? copyKeyFile(from, to) : undefined
  const seconds = (performance.now() - started) / 1000
  const rate = Math.round(report.events / Math.max(seconds, 0.001))
  process.stdout.write(
    flags.json
      ? `${printableJson({ ...report, seconds, rate, ...(keyFile && { keyFile }) })}\n`
      : `${text(report, seconds, rate)}${keyFile ? `Key file         copied to ${keyFile}\n` : ''}`,
  )
  if (!report.isFinished)
    throw new CommandFailure(
      'Not finished: a server uses the source. Stop it, and run the same command again',
      exitCodes.unavailable,
    )
}

async function move(from: Place, to: Place, flags: MoveFlags, signal: AbortSignal): Promise<MoveReport> {
  await bringUpToDate(from)
  await using source = await openSource(from, flags)
  if (to.kind === 'sqlite' && source.it.shards > 1)
    throw new KeelsonError(
      'move_refused',
      `${source.it.location} has ${source.it.shards} shards with positions of their own, SQLite has one: positions could not stay as they are`,
    )
  await refuseSame(source.it, to)
  await using target = await openTarget(to, source.it.shards, signal)
  const progress = new Progress(undefined, flags.quiet === true || flags.json === true, 'events')
  try {
    const report = await moveStore(source.it, target.it, {
      signal,
      onProgress: ({ part, done, total }) =>
        progress.update(done, part === 'copy' ? 'copying' : 'comparing', total),
    })
    if (report.isFinished) await checkTarget(to, progress, signal)
    return report
  } finally {
    progress.end()
  }
}

/** Nobody else on the source means that this run can finish. */
async function openSource(from: Place, flags: MoveFlags): Promise<Opened<StoreReader>> {
  try {
    return await openReader(from, true)
  } catch (error) {
    if (!(error instanceof KeelsonError) || error.code !== 'store_locked') throw error
    if (flags.json !== true)
      process.stderr.write('A server uses the source: copying what is there now, to be finished later.\n')
    return openReader(from)
  }
}

/** A data folder of an older version is brought to the present form first, as starting the server would. */
async function bringUpToDate(from: Place): Promise<void> {
  {
    await using inspection = await openInspection(from)
    if (inspection.it.schema === inspection.it.newestSchema) return
  }
  await using store = await openStore(from)
  await openDirectory(store.it)
}

async function checkTarget(to: Place, progress: Progress, signal: AbortSignal): Promise<void> {
  await using inspection = await openInspection(to)
  const { isSound } = await examineStore(inspection.it, {
    signal,
    onProgress: ({ done, total }) => progress.update(done, 'checking', total),
  })
  if (!isSound)
    throw new CommandFailure(
      'The copy is equal to the source, and has faults that the source has: see `keelson doctor`',
    )
}

/** A database may have several names; to open it as a target would wait for what the source holds. */
async function refuseSame(source: StoreReader, to: Place): Promise<void> {
  if (source.kind !== 'postgres' || to.kind !== 'postgres') return
  try {
    await using there = await openInspection(to)
    if (there.it.identity !== source.identity) return
  } catch (error) {
    if (error instanceof KeelsonError && error.code === 'store_not_found') return
    throw error
  }
  throw new CommandFailure('The source and the target are the same database', exitCodes.usage)
}

const fileOf = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path))

function isSame(from: Place, to: Place): boolean {
  if (from.kind === 'sqlite') return to.kind === 'sqlite' && fileOf(from.path) === fileOf(to.path)
  return to.kind === 'postgres' && describePlace(from) === describePlace(to)
}

function text({ from, to, events, copied, rows, isFinished }: MoveReport, seconds: number, rate: number) {
  const lines = [
    `From       ${from}`,
    `To         ${to}`,
    `Events     ${count(events)}, ${count(copied)} of them copied now (${count(rate)} a second, ${seconds.toFixed(1)} s)`,
  ]
  if (isFinished)
    lines.push(
      `Compared   ${count(Object.values(rows).reduce((sum, one) => sum + one, 0))} rows, all equal; the copy was checked`,
    )
  return `${lines.join('\n')}\n`
}

const count = (value: number): string => value.toLocaleString('en-US')
