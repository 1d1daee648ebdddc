const MINUTE = 60_000

export const RANGES = {
  '15m': { label: 'Last 15 minutes', ms: 15 * MINUTE },
  '1h': { label: 'Last hour', ms: 60 * MINUTE },
  '24h': { label: 'Last 24 hours', ms: 24 * 60 * MINUTE },
  '7d': { label: 'Last 7 days', ms: 7 * 24 * 60 * MINUTE },
  '30d': { label: 'Last 30 days', ms: 30 * 24 * 60 * MINUTE },
  all: { label: 'All time', ms: Number.POSITIVE_INFINITY },
} as const

export type Range = keyof typeof RANGES

export const RANGE_NAMES = Object.keys(RANGES) as Range[]

export function isRange(value: unknown): value is Range {
  return typeof value === 'string' && Object.hasOwn(RANGES, value)
}

/** Where a relative range begins, counted back from `anchor`; undefined for all time. */
export function rangeStart(range: Range, anchor: number): string | undefined {
  const { ms } = RANGES[range]
  return Number.isFinite(ms) ? new Date(anchor - ms).toISOString() : undefined
}
