import { KeelsonError } from 'keelson'

/**
 * Closes one after the other, all of them, whatever becomes of each. What is away, such as a database or a broker, closes
 * by being away.
 *
 * @throws the first other fault, when all are closed.
 */
export async function closeAll(parts: readonly (() => Promise<unknown> | undefined)[]): Promise<void> {
  const faults: unknown[] = []
  for (const close of parts)
    try {
      await close()
    } catch (error) {
      if (!isAway(error)) faults.push(error)
    }
  if (faults.length > 0) throw faults[0]
}

const isAway = (error: unknown): boolean => error instanceof KeelsonError && error.status === 503
