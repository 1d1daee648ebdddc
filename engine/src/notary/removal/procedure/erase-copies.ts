import { KeelsonError } from '../../../core/index.ts'
import type { CopyRequest } from '../port.ts'
import type { RemovalContext } from '../removal-context.ts'
import type { CopyProgress, Removal } from './removal.ts'

interface Erasing {
  readonly tenantId: string
  readonly id: string
  readonly value: Removal
  readonly request: CopyRequest
  readonly signal: AbortSignal
}

/** Asks each store of copies that has not succeeded yet, one after another; gives the progress of those asked. */
export async function eraseCopies(
  { copies: stores, onAlarm }: RemovalContext,
  { tenantId, id, value, request, signal }: Erasing,
): Promise<{ readonly copies: Readonly<Record<string, CopyProgress>>; readonly failed: number }> {
  const copies: Record<string, CopyProgress> = {}
  let failed = 0
  for (const store of stores) {
    const before = value.copies[store.name] ?? { removed: 0, isDone: false, failures: 0 }
    if (before.isDone) continue
    signal.throwIfAborted()
    try {
      const { removed } = await store.erase(request, signal)
      const all = store.remakes === true ? Math.max(before.removed, removed) : before.removed + removed
      copies[store.name] = { removed: all, isDone: true, failures: before.failures }
    } catch (error) {
      if (signal.aborted) throw error
      failed += 1
      copies[store.name] = { ...before, failures: before.failures + 1, error: nameOf(error) }
      onAlarm({ tenantId, id, what: 'copies', detail: store.name })
    }
  }
  return { copies, failed }
}

/** Messages may hold content. */
const nameOf = (error: unknown): string =>
  error instanceof KeelsonError ? error.code : error instanceof Error ? error.name.slice(0, 100) : 'Error'

/** The same progress with every store still to be asked. */
export const again = ({ copies }: Removal): Removal['copies'] =>
  Object.fromEntries(Object.entries(copies).map(([name, one]) => [name, { ...one, isDone: false }]))
