import { exitCodes } from './exit-code.ts'

/** Hears SIGTERM and SIGINT from here on: the first of them aborts the signal, a second one ends the process at once. */
export function hearStop(): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(130)
      stop.abort()
    })
  return stop.signal
}

/**
 * Ends the process so many seconds after it was told to stop: what does not answer cannot keep it. Nothing is lost by
 * that, for what was acknowledged is stored, and what was not is sent again.
 */
export function endInTime(stop: AbortSignal, seconds: number): void {
  const begin = () =>
    setTimeout(() => {
      process.stderr.write(
        `keelson: ended without what has not answered within ${seconds} s: the database, the broker or the key service\n`,
        () => process.exit(exitCodes.ok),
      )
    }, seconds * 1_000).unref()
  if (stop.aborted) begin()
  else stop.addEventListener('abort', begin, { once: true })
}

/** Resolves when it was told to stop. */
export const stopped = (stop: AbortSignal): Promise<void> =>
  stop.aborted
    ? Promise.resolve()
    : new Promise(resolve => stop.addEventListener('abort', () => resolve(), { once: true }))
