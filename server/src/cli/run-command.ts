import { CommanderError } from 'commander'
import type { KeelsonError } from 'keelson'
import { printable } from './event-line.ts'
import { CommandFailure, exitCodeForError, exitCodes } from './exit-code.ts'
import { program } from './program.ts'

/** Runs a command by its words, such as `['catalog', 'list']`, to its end. Gives the exit code; what failed is said. */
export async function runCommand(words: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(words, { from: 'user' })
    return exitCodes.ok
  } catch (error) {
    return await report(error)
  }
}

async function report(error: unknown): Promise<number> {
  // Help and version end as an error of the parser with exit code 0; it has printed already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  if (error instanceof CommandFailure) {
    // The message may repeat what a server or a file said.
    process.stderr.write(`keelson: ${error.message.split('\n').map(printable).join('\n')}\n`)
    return error.exitCode
  }
  if (isKeelsonError(error)) {
    const { errorTable } = await import('keelson')
    process.stderr.write(
      `keelson: ${printable(error.message)} [${error.code}]\n${errorTable[error.code].remedy}\n`,
    )
    return exitCodeForError(error)
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`keelson: ${text}\n`)
  return exitCodes.failed
}

/** By its name: who has thrown one has loaded the engine, and who has not need not. */
const isKeelsonError = (error: unknown): error is KeelsonError =>
  error instanceof Error && error.name === 'KeelsonError'
