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

/**
 * Asks them all again for what came late: a handler may have had content in hand. A store that makes its copies again has
 * waited for that.
 */
export async function eraseLate(
  context: RemovalContext,
  { value, ...erasing }: Erasing,
): Promise<Awaited<ReturnType<typeof eraseCopies>> & { readonly hasFound: boolean }> {
  const copies = context.copies.filter(({ remakes }) => remakes !== true)
  // Of those that did not all succeed the last time the rest is asked.
  const isRest = Object.values(value.copies).some(({ isDone }) => !isDone)
  const asked = isRest ? value : { ...value, copies: again(value) }
  const progress = await eraseCopies({ ...context, copies }, { ...erasing, value: asked })
  const before = (name: string) => value.copies[name]?.removed ?? 0
  const hasFound = Object.entries(progress.copies).some(([name, { removed }]) => removed > before(name))
  return { ...progress, hasFound }
}

/** The same progress with every store still to be asked. */
export const again = ({ copies }: Removal): Removal['copies'] =>
  Object.fromEntries(Object.entries(copies).map(([name, one]) => [name, { ...one, isDone: false }]))
