import { toUtc } from '../../../core/index.ts'

/** RFC 3339 text or milliseconds since the epoch; undefined is never. */
export type Deadline = string | number | undefined

/** Milliseconds left, 0 where the deadline has passed, Infinity where there is none or none that can be read. */
export function remainingTime(deadline: Deadline, now: number): number {
  const at = typeof deadline === 'string' ? toTime(deadline) : deadline
  if (at === undefined || Number.isNaN(at)) return Number.POSITIVE_INFINITY
  return Math.max(0, at - now)
}

/** Whether the deadline has come or passed. */
export const isExpired = (deadline: Deadline, now: number): boolean => remainingTime(deadline, now) === 0

function toTime(text: string): number | undefined {
  const utc = toUtc(text)
  return utc === undefined ? undefined : Date.parse(utc)
}
