import { createInterface } from 'node:readline/promises'
import { CommandFailure, exitCodes } from '../exit-code.ts'

/**
 * Has a name typed again before something is done that cannot be undone.
 *
 * @throws CommandFailure with exit code 2 where it is not, or there is nobody to ask.
 */
export async function confirmName(name: string, question: string, isConfirmed: boolean): Promise<void> {
  if (isConfirmed) return
  if (process.stdin.isTTY !== true)
    throw new CommandFailure('Nobody is there to confirm it: pass --yes', exitCodes.usage)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    if ((await terminal.question(question)).trim() === name) return
  } finally {
    terminal.close()
  }
  throw new CommandFailure('Not confirmed; nothing was done', exitCodes.usage)
}
