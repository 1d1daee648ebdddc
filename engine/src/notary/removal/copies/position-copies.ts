import type { CopyStore } from '../port.ts'

export interface PositionCopiesOptions {
  readonly name: string
  /** Removes what there is of the events at these positions, at most 500; says how many copies that were, where it knows. */
  readonly forget: (
    tenantId: string,
    positions: readonly number[],
    signal: AbortSignal,
  ) => Promise<number | undefined>
  /** How many copies there are of them; default one of each. */
  readonly count?: (tenantId: string, positions: readonly number[], signal: AbortSignal) => Promise<number>
}

/** Copies that are found by where events stand in the log: read models, segments of the archive. */
export function positionCopies({ name, forget, count }: PositionCopiesOptions): CopyStore {
  return {
    name,
    async count(request, signal) {
      let sum = 0
      for await (const positions of request.positions())
        sum += count ? await count(request.tenantId, positions, signal) : positions.length
      return sum
    },
    async erase(request, signal) {
      let removed = 0
      for await (const positions of request.positions()) {
        signal.throwIfAborted()
        removed += (await forget(request.tenantId, positions, signal)) ?? positions.length
      }
      return { removed }
    },
  }
}
