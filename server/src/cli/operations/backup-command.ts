import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { printableJson } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { Progress } from '../progress.ts'
import { interruptible } from './interrupt.ts'
import { keyFileOf } from './key-file.ts'
import type { Place } from './place.ts'

export interface BackupFlags {
  readonly output: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Copies a data folder's database while a server runs on it. */
export async function backupCommand(place: Place, flags: BackupFlags): Promise<void> {
  if (place.kind === 'postgres')
    throw new CommandFailure(
      'A PostgreSQL database is backed up with pg_dump: docs/how-to/back-up-and-restore.md has the commands',
      exitCodes.usage,
    )
  const output = resolve(flags.output)
  if (!existsSync(dirname(output)))
    throw new CommandFailure(`There is no folder ${dirname(output)} for the backup`, exitCodes.usage)
  const { backupSqliteStore } = await import('keelson/sqlite')
  const progress = new Progress(undefined, flags.quiet === true || flags.json === true)
  const report = await interruptible('Stopped; no backup was made', signal =>
    backupSqliteStore({
      path: place.path,
      output,
      signal,
      onProgress: (done, total) => progress.update(done, 'copying', total),
    }).finally(() => progress.end()),
  )
  process.stdout.write(
    flags.json
      ? `${printableJson(report)}\n`
      : `${report.file}: ${(report.bytes / 1_048_576).toFixed(1)} MB, up to position ${report.position}; on disk and checked\n${hintOf(place)}`,
  )
}

/** A backup without its key cannot be read, and one beside it protects nothing. */
function hintOf(place: Place): string {
  const keyFile = keyFileOf(place)
  return keyFile === undefined ? '' : `${keyFile} is not in it: keep a copy of the key in another place\n`
}
