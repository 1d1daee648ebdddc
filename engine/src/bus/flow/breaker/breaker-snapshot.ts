import type { BreakerSettings } from './breaker-options.ts'

export type BreakerState = 'closed' | 'open' | 'half-open'

/** What is kept of a breaker over a restart; plain JSON. Times are milliseconds since the epoch. */
export interface BreakerSnapshot {
  readonly state: BreakerState
  /** When it came into this state. */
  readonly since: number
  /** Why, in words. */
  readonly reason: string
  /** When an open breaker lets a probe through; null where it was opened by hand and waits for a hand to close it. */
  readonly until: number | null
  /** Openings since it was last closed: the cooling period grows with them. */
  readonly openings: number
}

export const closedAt = (since: number, reason: string): BreakerSnapshot => ({
  state: 'closed',
  since,
  reason,
  until: null,
  openings: 0,
})

/**
 * The snapshot that a breaker begins with. What is no snapshot begins closed: the breaker finds out anew. A half-open
 * one is open and due at once, since its probe is lost; and none stays open for longer than its longest cooling period
 * from now, whatever became of the clock.
 */
export function restoreSnapshot(kept: unknown, settings: BreakerSettings, now: number): BreakerSnapshot {
  if (!isSnapshot(kept) || kept.state === 'closed') return closedAt(now, 'started')
  const { since, reason, openings } = kept
  const until =
    kept.state === 'half-open' ? now : kept.until && Math.min(kept.until, now + settings.maxCooling)
  return { state: 'open', since, reason: reason.slice(0, 200), until, openings }
}

function isSnapshot(kept: unknown): kept is BreakerSnapshot {
  if (typeof kept !== 'object' || kept === null) return false
  const { state, since, reason, until, openings } = kept as Partial<BreakerSnapshot>
  return (
    (state === 'closed' || state === 'open' || state === 'half-open') &&
    Number.isFinite(since) &&
    typeof reason === 'string' &&
    (until === null || Number.isFinite(until)) &&
    Number.isSafeInteger(openings) &&
    (openings as number) >= 0
  )
}
