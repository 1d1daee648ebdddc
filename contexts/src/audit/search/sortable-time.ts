/** A UTC time with nine digits of fraction: `2026-06-11T09:00:01Z` → `2026-06-11T09:00:01.000000000Z`. */
export function sortableTime(utc: string): string {
  const [seconds, fraction = ''] = utc.slice(0, -1).split('.')
  return `${seconds}.${fraction.padEnd(9, '0')}Z`
}
