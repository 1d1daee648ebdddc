import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import type { ImportAnswer } from '../http/import-route.ts'
import { call } from './client.ts'
import { withCommands } from './command-words.ts'
import type { Connection } from './connection.ts'
import { printable, printableJson } from './event-line.ts'
import { CommandFailure, exitCodes } from './exit-code.ts'
import { Progress } from './progress.ts'

/** Refusals that are printed for people. */
const shownProblems = 10

export interface IngestFlags {
  readonly format: string
  readonly source?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Imports files (or standard input for `-` and for no file at all); exit code 1 where records were refused. */
export async function ingestCommand(
  connection: Connection,
  files: readonly string[],
  flags: IngestFlags,
): Promise<void> {
  let refused = 0
  const faults: string[] = []
  for (const file of files.length === 0 ? ['-'] : files) {
    const answer = await ingestFile(connection, file, flags)
    refused += answer.refused
    if (answer.fault)
      faults.push(`${file}: ${answer.fault.detail} [${answer.fault.code}]; what came before it is stored`)
    process.stdout.write(flags.json ? `${printableJson({ file, ...answer })}\n` : report(file, answer))
  }
  if (faults.length > 0) throw new CommandFailure(faults.join('\n'))
  if (refused > 0)
    throw new CommandFailure(`${refused} ${refused === 1 ? 'record was' : 'records were'} refused`)
}

async function ingestFile(connection: Connection, file: string, flags: IngestFlags): Promise<ImportAnswer> {
  const isStdin = file === '-'
  const size = isStdin ? undefined : sizeOf(file)
  const progress = new Progress(size, flags.quiet === true || flags.json === true)
  const input = isStdin ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 })
  let sent = 0
  const counted = Readable.from(
    count(input, bytes => {
      sent += bytes
      progress.update(sent, isStdin ? 'standard input' : basename(file))
    }),
  )
  const parameters = new URLSearchParams({ format: flags.format })
  if (!isStdin) parameters.set('name', basename(file))
  if (flags.source !== undefined) parameters.set('source', flags.source)
  try {
    const response = await call(connection, `/v1/imports?${parameters}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: Readable.toWeb(counted) as ReadableStream<Uint8Array>,
    })
    return (await response.json()) as ImportAnswer
  } finally {
    progress.end()
    counted.destroy()
  }
}

async function* count(
  input: AsyncIterable<Buffer>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of input) {
    onBytes(chunk.length)
    yield chunk
  }
}

function sizeOf(file: string): number {
  try {
    const stats = statSync(file)
    if (stats.isDirectory()) throw new CommandFailure(`${file} is a folder: name its files`, exitCodes.usage)
    return stats.size
  } catch (error) {
    if (error instanceof CommandFailure) throw error
    throw new CommandFailure(`${file} cannot be read`, exitCodes.notFound, error)
  }
}

function report(file: string, answer: ImportAnswer): string {
  const lines = [
    `${file === '-' ? 'standard input' : file}: ${answer.stored} stored, ${answer.duplicates} known before, ${answer.refused} refused (${answer.read} read, ${(answer.duration / 1000).toFixed(1)} s)`,
  ]
  for (const problem of answer.problems.slice(0, shownProblems))
    lines.push(`  line ${problem.line}: ${printable(withCommands(problem.message))} [${problem.code}]`)
  if (answer.refused > shownProblems)
    lines.push(`  … and ${answer.refused - shownProblems} more (--json lists the first 100)`)
  return `${lines.join('\n')}\n`
}
