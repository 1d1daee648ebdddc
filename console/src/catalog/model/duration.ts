import type { RetryPolicy } from '../../api/catalog-types.ts'

const UNITS: Readonly<Record<string, string>> = { Y: 'year', M: 'month', W: 'week', D: 'day' }

/** `P7Y` as `7 years`; what is no whole number of one unit stays as it is. */
export function periodText(period: string): string {
  const [, count, unit] = /^P(\d+)([YMWD])$/.exec(period) ?? []
  if (count === undefined || unit === undefined) return period
  return `${count} ${UNITS[unit]}${count === '1' ? '' : 's'}`
}

/** Milliseconds in the largest unit that says them in at most three digits. */
export function delayText(ms: number): string {
  if (ms < 1000) return `${ms} ms`
  const seconds = ms / 1000
  if (seconds < 120) return `${Number(seconds.toFixed(1))} s`
  const minutes = seconds / 60
  return minutes < 120 ? `${Number(minutes.toFixed(1))} min` : `${Number((minutes / 60).toFixed(1))} h`
}

/** How often a consumer tries, and how long it waits in between. */
export function retryText({ attempts, backoff, initialDelay, maxDelay }: RetryPolicy): string {
  const times = attempts === 1 ? 'Tried once' : `Tried ${attempts} times`
  if (attempts === 1) return times
  if (backoff === 'fixed') return `${times}, ${delayText(initialDelay)} apart`
  const most = maxDelay === undefined ? '' : `, at most ${delayText(maxDelay)}`
  return `${times}, first after ${delayText(initialDelay)}, then doubling${most}`
}

const ALERTS: Readonly<Record<string, string>> = {
  page: 'somebody is called at once',
  ticket: 'a ticket is written for working hours',
  none: 'it is only shown',
}

export function deadLetterText({ keepFor, alert }: { keepFor: string; alert: string }): string {
  const kept = keepFor === 'forever' ? 'Kept forever' : `Kept for ${periodText(keepFor)}`
  return `${kept}; ${ALERTS[alert] ?? alert}`
}
