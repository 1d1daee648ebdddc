import { CommandFailure, exitCodes } from '../exit-code.ts'

/** Exit code of a command that a signal ended, as shells have it. */
const interrupted = 130

/**
 * Runs work that stops in order at the first SIGINT or SIGTERM, and at once at a second one.
 *
 * @throws CommandFailure saying `what` where it was stopped.
 */
export async function interruptible<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(interrupted)
    stop.abort()
  }
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal)
  try {
    return await work(stop.signal)
  } catch (error) {
    if (stop.signal.aborted) throw new CommandFailure(what, exitCodes.failed, error)
    throw error
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, onSignal)
  }
}
